/// Why a ticket was opened. It decides the issue, how long the answer takes, and how content the client is with it.
enum TicketCause: Int, CaseIterable, Sendable {
    case everyday, onboarding, incident, support, price, championLeft, competitor, dip, cancellation

    static let issues = [
        "billing", "bug", "login", "performance", "feature_request", "how_to", "integration", "access", "escalation",
        "cancellation",
    ]

    /// Median hours to the solution, by issue.
    static let medianHours: [Double] = [9, 30, 2.5, 22, 60, 6, 40, 4, 26, 10]

    /// Weights of the issues, in the order of `issues`.
    var issueWeights: [Double] {
        switch self {
        case .everyday: [16, 20, 12, 11, 14, 16, 7, 6, 0.4, 0]
        case .onboarding: [10, 6, 16, 3, 5, 38, 14, 12, 0, 0]
        case .incident: [1, 26, 12, 52, 0, 1, 8, 0, 2, 0]
        case .support: [6, 36, 5, 22, 5, 4, 12, 2, 18, 0]
        case .price: [72, 4, 1, 4, 9, 6, 0, 2, 4, 0]
        case .championLeft: [8, 4, 30, 2, 0, 26, 2, 36, 0, 0]
        case .competitor: [8, 4, 0, 4, 34, 20, 34, 0, 2, 0]
        case .dip: [14, 30, 6, 24, 6, 10, 8, 2, 4, 0]
        case .cancellation: [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        }
    }

    /// Factor on the time to the solution.
    var slowness: Double {
        switch self {
        case .support: 2.6
        case .incident: 1.7
        case .dip: 1.3
        default: 1
        }
    }

    /// Points of satisfaction that the cause costs whatever the answer.
    var displeasure: Double {
        switch self {
        case .everyday, .onboarding, .championLeft: 0
        case .incident, .competitor, .dip: 0.5
        case .price: 0.9
        case .cancellation: 0.8
        case .support: 1.7
        }
    }
}
