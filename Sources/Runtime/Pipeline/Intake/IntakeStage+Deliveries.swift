import Inbox
import Records
import Schedule

/// What is told of deliveries that came to nothing, for as long as that is so: nobody else would notice.
extension IntakeStage {
    private static let strayProblem = "inbox_strays"
    private static let uploadProblem = "uploads_refused"

    // MARK: Files that came over the socket

    /// A file that came over the socket was refused, because the disk is full.
    /// - Parameter bytes: what it needed when there was no more.
    func uploadFoundNoRoom(bytes: Int) {
        if refusedUploadBytes == nil, !board.current.problems.contains(where: { $0.code == "disk_full" }) {
            emit(.diskFull)
        }
        refusedUploadBytes = max(bytes, refusedUploadBytes ?? 0)
        board.raise(
            IntakeStage.uploadProblem,
            "the disk is full: a file that came over the socket was refused, and is to be delivered again when there is "
                + "room; make room on the file system of \(places.folders.uploadsPath)", at: now())
    }

    /// Until there is room for what was refused.
    func tellRefusedUploads() {
        guard let bytes = refusedUploadBytes, places.folders.roomForUploads() ?? .max >= bytes else { return }
        refusedUploadBytes = nil
        board.clear(IntakeStage.uploadProblem)
        if !board.current.problems.contains(where: { $0.code == "disk_full" }) { emit(.diskHasRoom) }
    }

    // MARK: Files that nobody takes

    /// Says which files lie in the inbox beside the folders of categories.
    func tellStrays() {
        let began = MonotonicClock.seconds()
        guard began >= straysDueAt else { return }
        // An inbox that cannot be listed is told of by whoever watches it.
        guard let found = try? places.folders.strays() else { return }
        // A folder with very many files costs a small share of the time.
        straysDueAt = began + max(1, 100 * (MonotonicClock.seconds() - began))
        guard found != strays else { return }
        if found.count > 0, strays.count == 0 { emit(.strays(count: found.count)) }
        strays = found
        guard found.count > 0 else { return board.clear(IntakeStage.strayProblem) }
        let rest = found.count - found.names.count
        let folders = places.folders.settings.categories.map(\.rawValue).joined(separator: ", ")
        board.raise(
            IntakeStage.strayProblem,
            "\(found.count) \(found.count == 1 ? "file lies" : "files lie") in \(places.folders.root)/inbox where nobody takes "
                + "\(found.count == 1 ? "it" : "them"): \(found.names.joined(separator: ", "))"
                + "\(rest > 0 ? " and \(rest) more" : ""); move \(found.count == 1 ? "it" : "each") into the folder of what "
                + "is in it: \(folders)", at: now())
    }
}
