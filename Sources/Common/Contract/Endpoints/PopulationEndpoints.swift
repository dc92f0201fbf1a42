import Words

/// How a population moves: cohorts, hours of the week, revenue, and the rules that look for those at risk.
public enum PopulationEndpoints {
    public static let all: [Endpoint] = [.cohortsGet, .engagementHeatmap, .mrrMovements, .riskRules]
}

extension Endpoint {
    public static let cohortsGet = Endpoint(
        "cohorts.get", "retention by cohort",
        about: "How many clients of each month stay, or how much they pay.", permission: .read, day: .applied,
        takesFilters: true, isKept: true,
        parameters: [
            Parameter(
                "by", .choice(of: CohortStart.self, default: .signupMonth),
                "what puts clients together: the month of the account's creation, or the first active month"),
            Parameter(
                "measure", .choice(of: CohortMeasure.self, default: .retention),
                "what is followed: active clients or recurring revenue"),
        ],
        result: [
            Field("by", .choice(of: CohortStart.self), "as asked"),
            Field("measure", .choice(of: CohortMeasure.self), "as asked"),
            Field(
                "cohorts",
                .objects([
                    Field("cohort", .month), Field("size", .integer, "clients"),
                    Field(
                        "active", .array(.number.orNull),
                        "index k is the month k after the cohort's: clients active then, with `revenue` what they were "
                            + "worth at its end, null before payments are known"),
                    Field(
                        "retention", .array(.number.orNull),
                        "fractions: `active` / `size`, with `revenue` / the revenue of month 0; may exceed 1"),
                    Field(
                        "complete", .integer, "how many of the months are over; the last one is still running"),
                ]), "by month"),
            Field(
                "overall", .array(.number.orNull),
                "fractions: retention of all cohorts together, month by month, complete months only; empty with "
                    + "`revenue`"
            ),
            Field("currency", .string),
        ])

    public static let engagementHeatmap = Endpoint(
        "engagement.heatmap", "events by weekday and hour", about: "When clients are active.", permission: .read,
        day: .applied, takesFilters: true, isKept: true,
        result: [
            Field("total", .integer, "events"),
            Field(
                "weekdays",
                .objects([
                    Field("weekday", .integer, "1…7, Monday first"),
                    Field("hours", .array(.integer), "24: events in the hours of UTC, from 00"),
                ]), "seven"),
        ])

    public static let mrrMovements = Endpoint(
        "mrr.movements", "how recurring revenue moves",
        about: "How monthly recurring revenue moves from month to month.", permission: .read, day: .applied,
        takesFilters: true, isKept: true,
        parameters: [
            Parameter(
                "from", .day, fallback: "the first month with recurring revenue", "any day of the first month"),
            Parameter("to", .day, fallback: "the month of the as-of day", "any day of the last month"),
        ],
        result: [
            Field("currency", .string),
            Field(
                "months",
                .objects([
                    Field("month", .month),
                    Field(
                        "complete", .boolean,
                        "it is over, and all of it lies in the data"),
                    Field("starting", .money, "recurring revenue at the end of the month before"),
                    Field("new", .money, "≥ 0: of clients who pay for the first time"),
                    Field("expansion", .money, "≥ 0: of clients who pay more"),
                    Field("contraction", .money, "≤ 0: of clients who pay less"),
                    Field("churned", .money, "≤ 0: of clients who pay no more"),
                    Field("reactivated", .money, "≥ 0: of clients who pay again"),
                    Field("fx", .money, "what exchange rates alone did; in no other movement, and not in retention"),
                    Field("ending", .money, "recurring revenue at the end of this month"),
                    Field(
                        "nrr", .number.orNull,
                        "a fraction: what the payers of the start are worth at the end / what they were worth, both at the "
                            + "rates of the end; null when nobody was"),
                    Field("grr", .fraction.orNull, "the same, of each at most what he was worth"),
                    Field("logo_churn", .fraction.orNull, "`churned_customers` / `starting_customers`"),
                    Field("starting_customers", .integer, "clients behind the sums, like those below"),
                    Field("new_customers", .integer), Field("expansion_customers", .integer),
                    Field("contraction_customers", .integer), Field("churned_customers", .integer),
                    Field("reactivated_customers", .integer),
                ])),
        ],
        remarks: "`starting` + `new` + `reactivated` + `expansion` + `contraction` + `churned` = `ending`, exactly.")

    public static let riskRules = Endpoint(
        "risk.rules", "the rules in force",
        about: "The rules in force and how many clients each hits; or the rules tried on one client.",
        permission: .read,
        day: .applied, isKept: true, parameters: [Parameter("customer_id", .customer, "one client to try them on")],
        result: [
            Field("customer_id", .string.orNull, "as asked"),
            Field(
                "score", .fraction.orNull, when: "`customer_id` is given",
                "of that client by the rules; null when he has left"),
            Field(
                "level", .choice(of: RiskLevel.self).orNull, when: "`customer_id` is given",
                "of that client by the rules; null when he has left"),
            Field("customers", .integer, "clients who are there"),
            Field(
                "rules",
                .objects([
                    Field("rule", .string, "its name"),
                    Field("category", .choice(["engagement", "support", "revenue", "contract"])),
                    Field("weight", .fraction),
                    Field(
                        "when",
                        .objects([
                            Field("metric", .string),
                            Field(
                                "otherwise", .string.orNull,
                                "metric that counts when the first is unknown; `tenure_days` in the place of "
                                    + "days since something "
                                    + "counts from the day on which anyone was first seen to do it, and is "
                                    + "unknown where "
                                    + "nobody was"),
                            Field("comparison", .choice([">", ">=", "<", "<=", "==", "!="])),
                            Field("threshold", .number),
                        ]), "all must hold"),
                    Field("text", .string, "with `{value}`, `{threshold}`, `{percent}` to fill in"),
                    Field("playbook", .string.orNull), Field("hits", .integer, "clients"),
                    Field("not_evaluated", .integer, "clients whose metric is unknown"),
                    Field("fired", .boolean, when: "`customer_id` is given"),
                    Field("evaluated", .boolean, when: "`customer_id` is given"),
                    Field("observed", .number.orNull, when: "`customer_id` is given"),
                ])),
            .riskRecord,
        ], errors: [(.notFound, "there is no such client")])
}
