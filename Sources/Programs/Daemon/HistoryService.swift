import Contract
import Pipeline
import Records
import Snapshots
import SocketServer

extension DaemonServices {
    /// How much of a request's time is left for the answer when the past had to be made first.
    private static let historyReserve: Duration = .seconds(2)

    /// Sees to it that the past of a generation is whole while it is exported.
    /// - Parameter isFirstPage: pages that follow belong to rows that were given already.
    func withHealthHistory(
        of snapshot: Snapshot, isFirstPage: Bool, by deadline: Deadline, write: () throws(Problem) -> Void
    ) throws(Problem) {
        let clearings = snapshot.healthHistoryBook?.clearings
        try completeHealthHistory(of: snapshot, isFirstPage: isFirstPage, by: deadline)
        try write()
        // A later generation came, and this one has let go of its past.
        guard snapshot.healthHistoryBook?.clearings == clearings else { throw DaemonServices.historyIsGone }
    }

    private static let historyIsGone = Problem(
        .conflict, "the data has changed since the first page", hint: "start again without a cursor")

    private func completeHealthHistory(
        of snapshot: Snapshot, isFirstPage: Bool, by deadline: Deadline
    ) throws(Problem) {
        guard let history = snapshot.healthHistory else {
            throw Problem(
                .unavailable, "no past of health scores is kept: history.weeks is 0",
                hint: "set history.weeks in aurad.yaml and reload the daemon")
        }
        if history.isComplete { return }
        guard isFirstPage else { throw DaemonServices.historyIsGone }
        let isComplete = pipeline.completeHealthHistory(of: snapshot) {
            deadline.remaining < DaemonServices.historyReserve
        }
        guard isComplete else {
            let made = snapshot.healthHistory?.days.count ?? 0
            throw Problem(
                .timeout, "the past is being made: \(made) of \(history.grid.count) days are there",
                hint: "ask again; what is made stays")
        }
    }

    /// The part of `system.status` that is about the past of the clients' health.
    static func writeHistory(_ snapshot: Snapshot?, to writer: inout JSONWriter) {
        guard let history = snapshot?.healthHistory else {
            writer.null()
            return
        }
        writer.beginObject()
        writer.member("days", integer: history.days.count)
        writer.member("wanted", integer: history.grid.count)
        writer.member("first", text: history.days.first?.text)
        writer.member("last", text: history.days.last?.text)
        writer.member("points", integer: history.days.reduce(0) { $0 + $1.clientCount })
        writer.member("memory_bytes", integer: history.byteCount)
        writer.endObject()
    }
}
