/// How recurring revenue is measured.
public struct RevenueSettings: Sendable, Equatable {
    /// What a client's monthly recurring revenue follows from.
    public enum Method: String, Sendable, CaseIterable {
        /// From what his payments and subscriptions cover: a payment that comes late or early moves nothing.
        case coverage
        /// From what he paid in the month.
        case cash
    }

    /// Whether payments are those of subscriptions.
    public enum Recurrence: String, Sendable, CaseIterable {
        /// It is found in the data.
        case auto
        case yes
        case no
    }

    public var method: Method
    /// Days that a monthly payment may be late without an end of the client's revenue.
    public var graceDays: Int
    public var recurring: Recurrence

    public init(method: Method = .coverage, graceDays: Int = 7, recurring: Recurrence = .auto) {
        self.method = method
        self.graceDays = graceDays
        self.recurring = recurring
    }
}
