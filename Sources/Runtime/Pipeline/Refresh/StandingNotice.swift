import Freshness
import Records
import Revenue
import Standings

/// What the status says where figures rest on something that a reader should know of: feeds that have stopped coming, and
/// payments that are not those of subscriptions.
enum StandingNotice {
    static let feedCode = "feed_missing"
    static let recurrenceCode = "payments_do_not_recur"

    /// What each missing feed leaves as of its last day; nil where none is missing.
    static func feeds(_ standings: CompanyStandings) -> String? {
        let notices = standings.feedNotices
        guard !notices.isEmpty else { return nil }
        return notices.map(\.text).joined(separator: "; ")
            + "; hand the missing files in, or say \"freshness: off\" in aurad.yaml if they end for good"
    }

    /// Why nothing says what clients are worth a month; nil where it is known, or counted otherwise.
    static func recurrence(_ standings: CompanyStandings) -> String? {
        guard standings.method == .coverage, !standings.knowsMRR, standings.feeds[.transactions] != nil else {
            return nil
        }
        let survey = standings.recurrence
        let why =
            survey.clients < 5
            ? "it is said so in aurad.yaml"
            : "\(survey.regular) of \(survey.clients) clients with payments on three days or more pay at regular intervals"
        return
            "payments are taken for revenue only, not for those of subscriptions (\(why)): MRR and its movements are "
            + "unknown, and who has left is told by silence; \"revenue: { recurring: \"yes\" }\" in aurad.yaml says otherwise"
    }
}
