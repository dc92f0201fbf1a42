/// The metrics of a client, each said once: what it is called and means, and how it is kept. Exports, `gold.db`, answers,
/// filters, sort keys, conditions of rules, the client's screens and the page of the protocol are all made of this list,
/// in this order.
///
/// Where a metric is worked out is one line in `ClientMetrics.append` (or `.store`), or, for one that follows from others,
/// in `ClientMetrics.values`.
public enum ClientMetric: Int, CaseIterable, Sendable {
    case tenureDays
    case eventsTotal
    case eventsLast30Days
    case eventsPrevious30Days
    case activeDaysLast30Days
    case distinctFeaturesLast30Days
    case averageEvents30Days
    case engagementScore
    case transactionsTotal
    case totalAmount
    case positiveAmount
    case averageTransactionValue
    case revenue90Days
    case revenuePrevious90Days
    case revenueDecline90Days
    case daysSinceLastLogin
    case daysSinceLastEvent
    case daysSinceLastTransaction
    case ticketsTotal
    case tickets30Days
    case openTickets
    case openTicketsOlderThan7Days
    case meanResolutionHours
    case meanSatisfaction
    case recentSatisfaction
    case lastNPS
    case daysSinceLastSurvey
    case daysToRenewal
    case contractMonths
    case mrr
    case mrrDecline
    case activeDaysLast28Days
    case eventsLast28Days
    case eventsPrevious28Days
    case distinctFeaturesLast28Days

    private var entry: Entry {
        switch self {
        case .tenureDays: .whole("tenure_days", "Tenure", .days, .neutral, "as-of day - account_creation_date")
        case .eventsTotal:
            .whole("events_total", "Events", .count, .higherIsBetter, "accepted events", in: .engagement)
        case .eventsLast30Days:
            .whole(
                "events_last_30_days", "Events, 30 days", .count, .higherIsBetter, "events of the last 30 days",
                in: .engagement)
        case .eventsPrevious30Days:
            .whole(
                "events_previous_30_days", "Events, 30 days before", .count, .neutral,
                "events of the 30 days before the last 30", in: .engagement)
        case .activeDaysLast30Days:
            .whole(
                "active_days_last_30_days", "Active days, 30 days", .count, .higherIsBetter,
                "distinct days with an event in the last 30 days", in: .engagement)
        case .distinctFeaturesLast30Days:
            .whole(
                "distinct_features_last_30_days", "Features, 30 days", .count, .higherIsBetter,
                "distinct features used in the last 30 days", in: .engagement)
        case .averageEvents30Days:
            .real(
                "avg_events_30d", "Usual events, 30 days", .count, .neutral,
                "events_total * 30 / max(30, days observed)", in: .engagement)
        case .engagementScore:
            .real(
                "engagement_score", "Engagement", .ratio, .higherIsBetter,
                "events_last_30_days / avg_events_30d; 0 without events", in: .engagement)
        case .transactionsTotal:
            .whole(
                "transactions_total", "Payments", .count, .higherIsBetter, "transactions with an amount above 0",
                in: .money)
        case .totalAmount:
            .money("total_amount", "Total amount", .higherIsBetter, "sum of all amounts, refunds included", in: .money)
        case .positiveAmount: .inside(.money, "sum of the amounts above 0")
        case .averageTransactionValue:
            .derived(
                "avg_transaction_value", "Mean payment", .money, .higherIsBetter, "mean of the amounts above 0",
                canBeUnknown: true, in: .money)
        case .revenue90Days:
            .money(
                "revenue_90d", "Revenue, 90 days", .higherIsBetter, "sum of all amounts of the last 90 days", in: .money
            )
        case .revenuePrevious90Days:
            .money(
                "revenue_prev_90d", "Revenue, 90 days before", .neutral, "sum of all amounts of the 90 days before",
                in: .money)
        case .revenueDecline90Days:
            .derived(
                "revenue_decline_90d", "Revenue decline", .fraction, .lowerIsBetter,
                "(revenue_prev_90d - revenue_90d) / revenue_prev_90d; unknown when that is not above 0. Of who does not pay "
                    + "in each 90 days it follows the calendar of payments: mrr_decline does not",
                canBeUnknown: true)
        case .daysSinceLastLogin:
            .whole(
                "days_since_last_login", "Last login", .days, .lowerIsBetter,
                "as-of day - day of the last login; unknown where the data does not tell who logs in" + Self.stillClock,
                canBeUnknown: true, in: .engagement)
        case .daysSinceLastEvent:
            .whole(
                "days_since_last_event", "Last event", .days, .lowerIsBetter,
                "as-of day - day of the last event" + Self.stillClock, canBeUnknown: true, in: .engagement)
        case .daysSinceLastTransaction:
            .whole(
                "days_since_last_transaction", "Last payment", .days, .lowerIsBetter,
                "as-of day - day of the last amount above 0" + Self.stillClock, canBeUnknown: true, in: .money)
        case .ticketsTotal:
            .whole("support_tickets_total", "Tickets", .count, .neutral, "tickets created", in: .support)
        case .tickets30Days:
            .whole(
                "support_tickets_30d", "Tickets, 30 days", .count, .lowerIsBetter,
                "tickets created in the last 30 days", in: .support)
        case .openTickets:
            .whole(
                "open_tickets", "Open tickets", .count, .lowerIsBetter,
                "created and not resolved by the end of the as-of day", in: .support)
        case .openTicketsOlderThan7Days: .inside(.whole, "open tickets that were created more than seven days ago")
        case .meanResolutionHours:
            .real(
                "mean_resolution_hours", "Resolution time", .hours, .lowerIsBetter,
                "mean of resolved_at - created_at over resolved tickets", canBeUnknown: true, in: .support)
        case .meanSatisfaction:
            .real(
                "mean_satisfaction", "Satisfaction", .rating, .higherIsBetter, "mean score of rated tickets",
                canBeUnknown: true, in: .support)
        case .recentSatisfaction: .inside(.real, "mean score of the tickets created within 180 days")
        case .lastNPS:
            .whole(
                "last_nps", "Last NPS answer", .answer, .higherIsBetter, "score 0 to 10 of the latest survey",
                canBeUnknown: true, in: .support)
        case .daysSinceLastSurvey: .inside(.whole, "days since the answer that last_nps is")
        case .daysToRenewal:
            .whole("days_to_renewal", "Renewal", .days, .neutral, "contract end - as-of day", canBeUnknown: true)
        case .contractMonths: .inside(.whole, "months of the client's contract")
        case .mrr:
            .money(
                "mrr", "MRR", .higherIsBetter,
                "recurring revenue a month on the as-of day; unknown where payments do not recur",
                canBeUnknown: true, in: .money)
        case .mrrDecline:
            .real(
                "mrr_decline", "MRR decline", .fraction, .lowerIsBetter,
                "(highest MRR of the last 180 days - mrr) / that highest; unknown without MRR in that time",
                canBeUnknown: true, in: .money)
        // The parts of the engagement measure: 28-day windows.
        case .activeDaysLast28Days: .inside(.whole, "distinct days with an event in the last 28 days")
        case .eventsLast28Days: .inside(.whole, "events of the last 28 days")
        case .eventsPrevious28Days: .inside(.whole, "events of the 28 days before the last 28")
        case .distinctFeaturesLast28Days: .inside(.whole, "distinct features used in the last 28 days")
        }
    }

    /// What is said of days that are counted back from the as-of day.
    private static let stillClock =
        "; while such data is missing, the day on which it was due in the place of the as-of day"

    /// Those that a list of clients shows of each.
    public static let listed: [ClientMetric] = [
        .engagementScore, .mrr, .mrrDecline, .revenueDecline90Days, .daysSinceLastLogin, .tickets30Days,
    ]
}

extension ClientMetric {
    /// How the values are kept, and what a cell of them is.
    public enum Form: Sendable {
        /// Whole numbers.
        case whole
        case real
        /// Micro-units of the base currency.
        case money
    }

    /// What it is about: where a screen of one client shows it.
    public enum Topic: String, CaseIterable, Sendable {
        case money = "Money"
        case engagement = "Engagement"
        case support = "Support and surveys"
    }

    private struct Entry: Sendable {
        var key: StaticString
        var definition: MetricDefinition
        var form: Form
        var isPublished = true
        var isDerived = false
        var topic: Topic?

        init(
            _ name: StaticString, _ title: String, _ unit: MetricDefinition.Unit,
            _ direction: MetricDefinition.Direction, _ formula: String, canBeUnknown: Bool, _ form: Form,
            _ topic: Topic?
        ) {
            key = name
            definition = MetricDefinition(
                name.description, title, unit, direction, formula, canBeUnknown: canBeUnknown, isWhole: form == .whole)
            self.form = form
            self.topic = topic
        }

        static func whole(
            _ name: StaticString, _ title: String, _ unit: MetricDefinition.Unit,
            _ direction: MetricDefinition.Direction, _ formula: String, canBeUnknown: Bool = false,
            in topic: Topic? = nil
        ) -> Entry { Entry(name, title, unit, direction, formula, canBeUnknown: canBeUnknown, .whole, topic) }

        static func real(
            _ name: StaticString, _ title: String, _ unit: MetricDefinition.Unit,
            _ direction: MetricDefinition.Direction, _ formula: String, canBeUnknown: Bool = false,
            in topic: Topic? = nil
        ) -> Entry { Entry(name, title, unit, direction, formula, canBeUnknown: canBeUnknown, .real, topic) }

        static func money(
            _ name: StaticString, _ title: String, _ direction: MetricDefinition.Direction, _ formula: String,
            canBeUnknown: Bool = false, in topic: Topic? = nil
        ) -> Entry { Entry(name, title, .money, direction, formula, canBeUnknown: canBeUnknown, .money, topic) }

        /// Follows from other metrics whenever it is asked for, and is not kept.
        static func derived(
            _ name: StaticString, _ title: String, _ unit: MetricDefinition.Unit,
            _ direction: MetricDefinition.Direction, _ formula: String, canBeUnknown: Bool = false,
            in topic: Topic? = nil
        ) -> Entry {
            var entry = Entry(name, title, unit, direction, formula, canBeUnknown: canBeUnknown, .real, topic)
            entry.isDerived = true
            return entry
        }

        /// Kept for what is made of it, and not known outside.
        static func inside(_ form: Form, _ formula: String) -> Entry {
            var entry = Entry("", "", .count, .neutral, formula, canBeUnknown: true, form, nil)
            entry.isPublished = false
            return entry
        }
    }

    private static let entries = allCases.map(\.entry)
    private static let metricOfName = Dictionary(
        uniqueKeysWithValues: published.map { ($0.definition.name, $0) })

    /// Those that are known outside.
    public static let published = allCases.filter { entries[$0.rawValue].isPublished }
    /// Those of a topic, what lists show before the rest.
    public static func of(_ topic: Topic) -> [ClientMetric] {
        (listed + published.filter { !listed.contains($0) }).filter { $0.topic == topic }
    }

    /// Those that are kept.
    public static let stored = allCases.filter { !entries[$0.rawValue].isDerived }

    public var definition: MetricDefinition { ClientMetric.entries[rawValue].definition }
    /// As it is written in answers.
    public var key: StaticString { ClientMetric.entries[rawValue].key }
    public var name: String { ClientMetric.entries[rawValue].definition.name }
    public var form: Form { ClientMetric.entries[rawValue].form }
    public var isPublished: Bool { ClientMetric.entries[rawValue].isPublished }
    /// Whether it follows from other metrics whenever it is asked for.
    public var isDerived: Bool { ClientMetric.entries[rawValue].isDerived }
    public var topic: Topic? { ClientMetric.entries[rawValue].topic }

    /// One that is known outside, by its name.
    public init?(name: String) {
        guard let metric = ClientMetric.metricOfName[name] else { return nil }
        self = metric
    }
}
