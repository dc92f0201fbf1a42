public import Freshness
public import Records
import Words

/// A feed that has stopped coming, and what is as of its last days because of it.
public struct FeedNotice: Sendable, Equatable {
    public let category: Category
    public let feed: FeedFreshness

    /// `no engagement since 2025-11-25, usually daily: usage, silence and risk are as of then`
    public var text: String {
        "no \(category.rawValue) since \(feed.lastDay)\(feed.usualGap.map(FeedNotice.usually) ?? ""): "
            + "\(FeedNotice.rests(on: category)) as of then"
    }

    private static func usually(_ gap: Int) -> String {
        switch gap {
        case ...1: ", usually daily"
        case 7: ", usually weekly"
        default: ", usually within \(gap) days"
        }
    }

    private static func rests(on category: Category) -> String {
        switch category {
        case .engagement: "usage, silence and risk are"
        case .transactions: "payments, recurring revenue and leaving by payment are"
        case .support: "tickets and what rests on them are"
        case .surveys: "answers of surveys are"
        default: "what rests on it is"
        }
    }
}

extension CompanyStandings {
    /// One for each feed that is missing, in the order of the categories.
    public var feedNotices: [FeedNotice] {
        clocks.missing.compactMap { category in feeds[category].map { FeedNotice(category: category, feed: $0) } }
    }
}
