import Words

/// What is to come.
public enum ForecastEndpoints {
    public static let all: [Endpoint] = [.forecastGet]
}

enum ForecastShapes {
    static let model = [
        Field(
            "name", .string,
            "`blend`, the one method that carries it, `segment_pattern`, or `invoices` for revenue where payments "
                + "recur (`level` or `level_and_trend` for `mrr`): what is due, by the rhythm of each line of payments and the company's habits of renewal and "
                + "payment, and what history adds to it"),
        Field(
            "basis", .choice(["backtested", "untested", "pooled"]),
            "`untested`: the history is too short for a back-test; `pooled`: an estimate from the segment"),
        Field("history_days", .integer, unit: "days"),
        Field(
            "members",
            .objects([
                Field("name", .string, "of `invoices`: `coming_invoices` and `unannounced`"),
                Field(
                    "weight", .fraction,
                    "its mean share over the days; of `invoices` its share of the sum, of a blend by its error in the "
                        + "back-test and less on days on which it "
                        + "strays from "
                        + "the others by far more than the blend is usually off"),
                Field("backtest_mae", .number.orNull),
            ])),
    ]

    private static let bounds: [Field] = [
        Field("yhat", .number), Field("yhat_lower", .number), Field("yhat_upper", .number),
    ]

    private static let accuracy: [Field] = [
        Field("tests", .integer, "past days that such totals were forecast at"),
        Field("error", .number, "median of the errors, as shares of what came"),
        Field("bias", .number, "median of what came minus the forecast, as shares of what came"),
    ]

    /// By days.
    static let totals = ["30", "60", "90"].map {
        Field(
            $0,
            .object(
                bounds + [
                    Field(
                        "accuracy", .object(accuracy).orNull,
                        "how far off such totals were on this history itself; null where none could be tried")
                ]))
    }

    static let points =
        [Field("day", .day)] + bounds
        + [Field("trend", .number.orNull, "of the regression model; null where there is none")]
}

extension Endpoint {
    public static let forecastGet = Endpoint(
        "forecast.get", "history and forecast, day by day",
        about: "The days to come of one metric, for one client or for the sum over any selection of clients.",
        permission: .read, day: .applied, takesFilters: true,
        parameters: [
            Parameter(
                "metric", .choice(of: ForecastMetric.self), isRequired: true,
                "`engagement` (events), `revenue` (all amounts, refunds included), `mrr` (recurring revenue as it stands at the end of "
                    + "each day; where it is known), `active_customers` (clients "
                    + "active on "
                    + "the day) or `tickets` (created)"),
            Parameter("customer_id", .customer, "one client alone; does not go with filters"),
            Parameter("horizon", .integers([30, 60, 90], default: 30), unit: "days", "days of `points`"),
            Parameter("history", .integer(0...1096, default: 90), unit: "days", "days of `history`"),
            Parameter("components", .boolean(default: false), "adds `components`"),
            Parameter(
                "capacity", .positive,
                "the most a day can come to, not below what has been seen: growth levels off towards it (a "
                    + "logistic trend), "
                    + "and nothing is forecast above it"),
            Parameter(
                "leave_out", .choice(of: LeftOutDays.self),
                "which days say nothing about what is to come: `outliers` (values far outside the usual spread "
                    + "around level "
                    + "and season, at most a tenth of the days) or `outliers_and_stock_outs` (also runs of at "
                    + "least three "
                    + "zeros where there are hardly ever any)"),
        ],
        result: [
            Field("metric", .choice(of: ForecastMetric.self), "as asked"),
            Field("customer_id", .string.orNull, "as asked"),
            Field("unit", .choice(["events", "currency", "client_days", "tickets"]), "of the values"),
            Field("horizon_days", .integer, unit: "days"),
            Field("interval", .fraction, "probability that a value lies between its bounds"),
            Field("customers", .integer, "clients it is about"), Field("model", .object(ForecastShapes.model)),
            Field(
                "backtest",
                .objects([
                    Field("days", .integer, "7, 14, 30, 60, 90"), Field("mae", .number, "mean absolute error"),
                    Field("bias", .number, "observation minus forecast"),
                ]),
                "errors of the blend on the history itself, means over the first `days`; empty without a back-test"),
            Field(
                "reconciled", .boolean,
                "adjusted, so that clients add up to their segment in their region, and these to segments, "
                    + "regions and the "
                    + "total"), Field("capacity", .number.orNull, "as asked"),
            Field("leave_out", .choice(of: LeftOutDays.self).orNull, "as asked"),
            Field("notes", .array(.string), "what whoever reads the numbers should know"),
            Field(
                "points", .objects(ForecastShapes.points),
                "below 0 only for revenue, where more went back than came on some day of the history"),
            Field(
                "totals", .object(ForecastShapes.totals),
                "by days, of the sum of these days, or of `mrr` what stands on the last of them; its interval is its own, not the sum of the days'"
            ),
            Field(
                "components",
                .objects([
                    Field("name", .string),
                    Field("mode", .choice(["additive", "multiplicative"]), "`multiplicative`: ratios to the trend"),
                    Field("values", .array(.number), "one per point"),
                ]), when: "`components` is asked for",
                "trend, seasons, holidays and events of the regression model, which is one of the methods that "
                    + "are blended "
                    + "(days that the history itself shows to stand out every year are applied to the blend, "
                    + "and no part of "
                    + "it); empty for a pooled forecast. Of `invoices`: `coming_invoices` and `unannounced`, which add up "
                    + "to it"),
            Field(
                "history", .objects([Field("day", .day), Field("y", .number)]),
                "up to the last day of the data; a day that is still running is left out"), Field("currency", .string),
        ],
        errors: [
            (
                .invalidParams,
                "`capacity` is below the highest value of the history, or more than a million times as high; or an "
                    + "assumption is made about `mrr`"
            ),
            (.notFound, "there is no such client, or nobody passes the filters"),
            (
                .notReady,
                "there is no data of the metric, or less than two days of it; `mrr` where payments do not recur"
            ),
        ],
        remarks:
            "Where payments recur, revenue is what is due and what history adds to it. Populations add up as they are; "
            + "no new business is in the forecast of a client alone. "
            + "The total, single segments, single regions and a segment in a region are reconciled, and so is a client "
            + "once the forecasts of the generation are made in the background (a few seconds to minutes after "
            + "new data); "
            + "until then, for other selections, and with `capacity` or `leave_out`, the sum is fitted by "
            + "itself, and a note "
            + "says so.")
}
