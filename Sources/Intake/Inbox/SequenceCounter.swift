import Locks

/// Numbers that grow and are never given twice, across restarts too.
///
/// What is certainly free is written down ahead of use, in steps, so that the disk is not waited for with every number;
/// a restart may leave a gap of up to one step.
final class SequenceCounter: Sendable {
    private struct State {
        var next: Int64
        var reservedEnd: Int64
    }

    private static let step: Int64 = 64
    private static let fileName = FileName(made: ".sequence")

    private let folder: Folder
    private let state: Guarded<State>

    /// - Parameter atLeast: the smallest number to give, when the file is missing or behind.
    init(folder: Folder, atLeast: Int64) throws(FileError) {
        self.folder = folder
        var next = max(1, atLeast)
        // A damaged file counts as missing: what lies in the folders, and the caller's ledger, still say what is used.
        if let text = try folder.contents(of: SequenceCounter.fileName, limit: 64) {
            let digits = text.prefix { $0 != UInt8(ascii: "\n") }
            if let reserved = Int64(String(decoding: digits, as: UTF8.self)) { next = max(next, reserved) }
        }
        state = Guarded(State(next: next, reservedEnd: next))
    }

    func take() throws(FileError) -> Int64 {
        try state.withLock { state throws(FileError) in
            if state.next >= state.reservedEnd {
                let end = state.next + SequenceCounter.step
                try folder.replace(SequenceCounter.fileName, with: Array("\(end)\n".utf8))
                state.reservedEnd = end
            }
            defer { state.next += 1 }
            return state.next
        }
    }
}
