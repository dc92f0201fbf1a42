import Words

/// The kinds of data drop, in the order in which pending drops are loaded: clients come before what refers to them.
public enum Category: String, CaseIterable, Sendable, Hashable, Comparable {
    case demographics
    case transactions
    case engagement
    case support
    case surveys
    /// Promotions, holidays and other known days; they refer to no client.
    case events

    public static func < (lhs: Category, rhs: Category) -> Bool { lhs.loadOrder < rhs.loadOrder }

    /// 0 is loaded first.
    public var loadOrder: Int {
        switch self {
        case .demographics: 0
        case .transactions: 1
        case .engagement: 2
        case .support: 3
        case .surveys: 4
        case .events: 5
        }
    }

    /// The columns of the raw entity, in the order in which their values are checked. `design` of the data contract.
    public var columns: [ColumnSpecification] { ColumnSpecification.columns(of: self) }
}

/// One column of a raw entity: its name and what a value of it must look like.
public struct ColumnSpecification: Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case identifier
        case text
        /// What somebody has said in his own words.
        case comment
        case day
        /// A day that may lie ahead of the wall clock.
        case futureDay
        case instant
        case amount
        case currency
        case integer(ClosedRange<Int>)
    }

    public var name: String
    public var kind: Kind
    public var required: Bool
    /// A present but invalid value of an optional column rejects the row instead of being taken as unknown.
    public var rejectsWhenInvalid: Bool

    public init(_ name: String, _ kind: Kind, required: Bool = false, rejectsWhenInvalid: Bool = false) {
        self.name = name
        self.kind = kind
        self.required = required
        self.rejectsWhenInvalid = rejectsWhenInvalid || required
    }

    static func columns(of category: Category) -> [ColumnSpecification] {
        switch category {
        case .demographics: demographics
        case .transactions: transactions
        case .engagement: engagement
        case .support: support
        case .surveys: surveys
        case .events: events
        }
    }

    private static let demographics =
        [ColumnSpecification("customer_id", .identifier, required: true)]
        + ClientAttribute.allCases.map { attribute in
            let kind: Kind =
                switch attribute.form {
                case .word, .text: .text
                case .number(let range): .integer(range)
                case .day: .day
                case .futureDay, .knownWhenOver: .futureDay
                }
            return ColumnSpecification(attribute.name, kind, required: attribute.isRequired)
        }

    private static let transactions: [ColumnSpecification] = [
        .init("transaction_id", .identifier, required: true),
        .init("customer_id", .identifier, required: true),
        .init("amount", .amount, required: true),
        .init("currency", .currency, required: true),
        .init("payment_method", .text),
        .init("transaction_date", .day, required: true),
        .init("period_start", .futureDay),
        .init("period_end", .futureDay),
        .init("kind", .text),
        .init("revision", .integer(TransactionTable.revisionRange)),
    ]

    private static let engagement: [ColumnSpecification] = [
        .init("event_id", .identifier, required: true),
        .init("customer_id", .identifier, required: true),
        .init("event_type", .text, required: true),
        .init("timestamp", .instant, required: true),
        .init("device_type", .text),
        .init("feature_used", .text),
    ]

    private static let support: [ColumnSpecification] = [
        .init("ticket_id", .identifier, required: true),
        .init("customer_id", .identifier, required: true),
        .init("issue_type", .text),
        .init("created_at", .instant, required: true),
        .init("resolved_at", .instant, rejectsWhenInvalid: true),
        .init("satisfaction_score", .integer(1...5), rejectsWhenInvalid: true),
    ]

    private static let surveys: [ColumnSpecification] = [
        .init("survey_id", .identifier, required: true),
        .init("customer_id", .identifier, required: true),
        .init("response_date", .day, required: true),
        .init("nps_score", .integer(0...10), required: true),
        .init("comments", .comment),
    ]

    private static let events: [ColumnSpecification] = [
        .init("date", .futureDay, required: true),
        .init("name", .text, required: true),
        .init("segment", .text),
        .init("lower_window", .integer(CalendarTable.lowerWindowRange), rejectsWhenInvalid: true),
        .init("upper_window", .integer(CalendarTable.upperWindowRange), rejectsWhenInvalid: true),
        .init("cancelled", .integer(CalendarTable.cancelledRange), rejectsWhenInvalid: true),
    ]
}
