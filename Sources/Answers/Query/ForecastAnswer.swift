public import Contract
public import Records
public import Snapshots

/// `forecast.get`: history and forecast of a metric for one client or for any selection of clients.
public enum ForecastAnswer {
    public struct Question: Sendable, Hashable {
        public var filter: ClientFilter
        public var customerID: String?
        public var metric: ForecastMetric
        /// One of `DailyForecast.horizons`.
        public var horizon: Int
        /// Days of history that are wanted.
        public var historyDays: Int
        public var withComponents: Bool
        public var assumptions: ForecastAssumptions

        public init(_ parameters: Parameters) throws(Problem) {
            filter = ClientFilter(parameters)
            customerID = parameters.text("customer_id")
            metric = parameters.choice("metric", ForecastMetric.self) ?? .engagement
            horizon = parameters.requiredInteger("horizon")
            historyDays = parameters.requiredInteger("history")
            withComponents = parameters.flag("components")
            assumptions = ForecastAssumptions(
                capacity: parameters.number("capacity"),
                leavesOut: parameters.choice("leave_out", ForecastAssumptions.Exclusion.self))
            if metric == .mrr, !assumptions.isEmpty {
                throw Problem(
                    .invalidParams,
                    "parameter \"\(assumptions.capacity == nil ? "leave_out" : "capacity")\" does not go with the metric mrr",
                    hint: "leave it out, or forecast revenue")
            }
            if customerID != nil, !filter.isEmpty {
                throw Problem(
                    .invalidParams, "parameter \"customer_id\" does not go with filters",
                    hint: "ask for one client, or for those of a selection")
            }
        }
    }

    /// - Throws: `notFound` for a client that is not there, and `invalidParams` for an attribute nobody has.
    public static func subject(_ question: Question, _ snapshot: Snapshot) throws(Problem) -> ForecastSubject {
        if let id = question.customerID {
            guard let position = snapshot.position(ofCustomer: id) else {
                throw Problem(
                    .notFound, "no client \"\(id.excerpt)\" as of \(snapshot.asOf)",
                    hint: "aurac clients --search TEXT finds clients by name or id")
            }
            return .customer(position)
        }
        let filter = question.filter
        try filter.validate(snapshot)
        if filter.isEmpty { return .total }
        if filter.isDimensional, filter.tiers.isEmpty, filter.products.isEmpty, filter.segments.count <= 1,
            filter.regions.count <= 1
        {
            switch (filter.segments.first, filter.regions.first) {
            case (let segment?, let region?): return .segmentRegion(segment, region)
            case (let segment?, nil): return .segment(segment)
            case (nil, let region?): return .region(region)
            case (nil, nil): return .total
            }
        }
        return .clients(
            Population(filter, snapshot).includes ?? Array(repeating: true, count: snapshot.count))
    }

    /// A capacity that the data has exceeded already.
    public static func capacityBelowData(_ capacity: Double, highest: Double, day: Day) -> Problem {
        Problem(
            .invalidParams,
            "parameter \"capacity\" is \(NumberText.shortest(capacity)), below the \(NumberText.shortest(highest)) "
                + "seen on \(day)",
            hint: "give the most a day can come to, at least what has been seen, or leave it out")
    }

    /// A capacity that has nothing to do with the data.
    public static func capacityBeyondData(_ capacity: Double, highest: Double) -> Problem {
        Problem(
            .invalidParams,
            "parameter \"capacity\" is \(NumberText.shortest(capacity)), more than a million times the "
                + "\(NumberText.shortest(highest)) that a day has come to at most",
            hint: "give the most a day can come to, or leave it out")
    }

    /// What is known of the subject.
    public struct Content: Sendable {
        public var forecast: DailyForecast
        public var series: DailySeries
        public var clientCount: Int
        public var components: [ForecastComponent]

        public init(
            forecast: DailyForecast, series: DailySeries, clientCount: Int, components: [ForecastComponent]
        ) {
            self.forecast = forecast
            self.series = series
            self.clientCount = clientCount
            self.components = components
        }
    }

    public static func write(
        _ question: Question, _ content: Content, _ snapshot: Snapshot, to writer: inout JSONWriter
    ) {
        let forecast = content.forecast
        let days = min(question.horizon, forecast.count)
        writer.beginObject()
        writer.member("metric", text: question.metric.rawValue)
        writer.member("unit", text: question.metric.unit)
        writer.member("horizon_days", integer: question.horizon)
        writer.member("interval", double: DailyForecast.intervalWidth)
        writer.member("customer_id", text: question.customerID)
        writer.member("customers", integer: content.clientCount)
        writer.key("model")
        writeModel(forecast, to: &writer)
        writer.key("backtest")
        writer.beginArray()
        for error in forecast.errors {
            writer.beginObject()
            writer.member("days", integer: error.days)
            writer.member("mae", double: error.mae)
            writer.member("bias", double: error.bias)
            writer.endObject()
        }
        writer.endArray()
        writer.member("reconciled", bool: forecast.reconciled != nil)
        writer.member("capacity", double: question.assumptions.capacity)
        writer.member("leave_out", text: question.assumptions.leavesOut?.rawValue)
        writer.key("notes")
        writer.beginArray()
        for note in forecast.notes { writer.string(note) }
        writer.endArray()
        writer.key("points")
        writer.beginArray()
        for index in 0..<days {
            writer.beginObject()
            writer.member("day", text: forecast.first.advanced(by: index).description)
            writer.member("yhat", double: forecast.yhat(index))
            writer.member("yhat_lower", double: forecast.lower(index))
            writer.member("yhat_upper", double: forecast.upper(index))
            writer.member("trend", double: Double(forecast.trend[index]))
            writer.endObject()
        }
        writer.endArray()
        writer.key("totals")
        writeTotals(forecast, to: &writer)
        if question.withComponents {
            writer.key("components")
            writeComponents(content.components, days: days, to: &writer)
        }
        writer.key("history")
        writer.beginArray()
        let skipped = max(0, content.series.values.count - question.historyDays)
        for (index, value) in content.series.values.enumerated().dropFirst(skipped) {
            writer.beginObject()
            writer.member("day", text: content.series.first.advanced(by: index).description)
            writer.member("y", double: value)
            writer.endObject()
        }
        writer.endArray()
        writer.member("currency", text: snapshot.baseCurrency)
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }

    /// The member `forecast` of `clients.get`: what is kept of the client; null when nothing is.
    static func writeSummary(ofCustomer id: String, _ snapshot: Snapshot, to writer: inout JSONWriter) {
        let kept = snapshot.forecasts.map { book in
            ForecastMetric.allCases.compactMap { metric in
                book[ForecastKey(metric, .customer(id))].map { (metric, $0) }
            }
        }
        guard let book = snapshot.forecasts, let kept, !kept.isEmpty else {
            writer.null()
            return
        }
        writer.beginObject()
        writer.member("as_of", text: book.asOf.description)
        writer.member("snapshot", text: book.snapshotID)
        writer.member("interval", double: DailyForecast.intervalWidth)
        writer.key("metrics")
        writer.beginArray()
        for (metric, forecast) in kept {
            writer.beginObject()
            writer.member("metric", text: metric.rawValue)
            writer.member("unit", text: metric.unit)
            writer.key("model")
            writeModel(forecast, to: &writer)
            writer.member("backtest_mae", double: forecast.errors.last?.mae)
            writer.member("reconciled", bool: forecast.reconciled != nil)
            writer.key("totals")
            writeTotals(forecast, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static func writeModel(_ forecast: DailyForecast, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("name", text: forecast.model)
        writer.member("basis", text: forecast.basis.rawValue)
        writer.member("history_days", integer: forecast.historyDays)
        writer.key("members")
        writer.beginArray()
        for member in forecast.members {
            writer.beginObject()
            writer.member("name", text: member.name)
            writer.member("weight", double: member.weight)
            writer.member("backtest_mae", double: member.backtestMAE)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }

    private static func writeTotals(_ forecast: DailyForecast, to writer: inout JSONWriter) {
        writer.beginObject()
        for days in DailyForecast.horizons {
            guard let total = forecast.total(days) else { continue }
            writer.key(text: String(days))
            writer.beginObject()
            writer.member("yhat", double: total.yhat)
            writer.member("yhat_lower", double: total.lower)
            writer.member("yhat_upper", double: total.upper)
            writer.key("accuracy")
            if let accuracy = total.accuracy {
                writer.beginObject()
                writer.member("tests", integer: accuracy.tests)
                writer.member("error", double: accuracy.error)
                writer.member("bias", double: accuracy.bias)
                writer.endObject()
            } else {
                writer.null()
            }
            writer.endObject()
        }
        writer.endObject()
    }

    private static func writeComponents(
        _ components: [ForecastComponent], days: Int, to writer: inout JSONWriter
    ) {
        writer.beginArray()
        for component in components {
            writer.beginObject()
            writer.member("name", text: component.name)
            writer.member("mode", text: component.isMultiplicative ? "multiplicative" : "additive")
            writer.key("values")
            writer.beginArray()
            for value in component.values.prefix(days) { writer.double(value) }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
    }
}
