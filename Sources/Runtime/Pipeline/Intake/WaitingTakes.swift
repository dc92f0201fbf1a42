import Dispatch
import Inbox
import Locks
import Records
import Store

/// Files that came over the socket and are to be taken over: the pipeline takes them between two claims, so that nobody
/// waits for all the files that lie in the inboxes.
final class WaitingTakes: Sendable {
    /// One file, and what became of it.
    final class Take: Sendable {
        private let hidden: FileName
        private let shown: String
        private let category: Category
        private let sourceType: String?
        private let deliverer: String
        private let outcome = Guarded<Result<LedgerEntry?, any Error>?>(nil)
        private let isDone = DispatchSemaphore(value: 0)

        init(_ hidden: FileName, shown: String, category: Category, sourceType: String?, by deliverer: String) {
            self.hidden = hidden
            self.shown = shown
            self.category = category
            self.sourceType = sourceType
            self.deliverer = deliverer
        }

        /// On the pipeline's queue.
        func run(_ stage: IntakeStage) {
            let result = Result {
                try stage.take(hidden, shown: shown, category: category, sourceType: sourceType, by: deliverer)
            }
            outcome.withLock { $0 = result }
            isDone.signal()
        }

        /// Waits for ``run(_:)``; once.
        func wait() throws -> LedgerEntry? {
            isDone.wait()
            return try outcome.withLock { $0 }?.get()
        }
    }

    private let waiting = Guarded<[Take]>([])

    func append(_ take: Take) { waiting.withLock { $0.append(take) } }

    /// Those that wait, in their order.
    func removeAll() -> [Take] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
