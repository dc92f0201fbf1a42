import Contract
import Lifecycle
import Records
import Snapshots
import Standings
import Words

/// Where a client stands, in the words of answers.
enum StandingText {
    static func write(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let client = Int(snapshot.gold.clients[position])
        let standing = snapshot.standings.lifecycle.standings[client]
        writer.member("status", text: standing.status.name)
        writer.member("left_on", text: standing.leftOn.map { Day(rawValue: $0).description })
        writer.member("left_basis", text: standing.status == .left ? standing.basis?.name : nil)
        writer.member("mrr_lost", microUnits: snapshot.standings.mrrLost(client))
    }
}
