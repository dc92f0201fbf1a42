import Inbox
import Records
import Schedule
import Store

/// A claimed drop that could not be loaded and is tried again.
struct PostponedDrop {
    /// Why it waits.
    enum Cause {
        /// It was written to while it was read, and could not go back to the inbox: its name is taken.
        case changed
        /// Loading it, or it together with others, failed.
        case failed
    }

    var cause: Cause
    var attempts: Int
    /// No attempt is made before this time, monotonic.
    var notBefore: Double
    var problem: String
}

// Drops that cannot be loaded as they are keep neither the others nor the refreshes waiting.
extension IntakeStage {
    /// Attempts to load one drop; the pauses between them are doubled.
    private static let attemptsMax = 5
    private static let firstPause = 1.0
    private static let longestPause = 60.0

    /// Whether a claimed drop may be loaded now.
    func isDue(_ id: Int64) -> Bool {
        guard let drop = postponed[id] else { return true }
        return MonotonicClock.seconds() >= drop.notBefore
    }

    /// A drop is no longer among those that are to be loaded.
    func forget(_ id: Int64) {
        claimed[id] = nil
        postponed[id] = nil
    }

    /// Notes another attempt that came to nothing.
    /// - Parameter isLast: whether it was the last that is made; never where the drop is not to blame.
    private func postpone(
        _ id: Int64, _ cause: PostponedDrop.Cause, _ problem: String, pause: Double = firstPause, counts: Bool = true
    ) -> Bool {
        var drop = postponed[id] ?? PostponedDrop(cause: cause, attempts: 0, notBefore: 0, problem: problem)
        if counts { drop.attempts += 1 }
        let doublings = Double(1 << min(10, max(0, drop.attempts - 1)))
        drop.cause = cause
        drop.problem = problem
        drop.notBefore = MonotonicClock.seconds() + min(IntakeStage.longestPause, pause * doublings)
        postponed[id] = drop
        return counts && drop.attempts >= IntakeStage.attemptsMax
    }

    /// A drop that changed while it was read is looked at again and read as it is then, after it has had time to settle.
    func postponeChanged(_ item: DropLoader.Item) throws {
        guard let drop = item.claimed else { return }
        let id = item.entry.id
        guard let again = try places.claims.lookAgain(at: drop) else {
            try giveUp(
                DropLoader.Item(entry: item.entry, claimed: nil), code: "other",
                "the claimed file is gone; drop it again")
            return
        }
        claimed[id] = again
        try places.store.setBytes(Int64(again.bytes), of: id)
        let isLast = postpone(
            id, .changed, "it changes while it is read",
            pause: max(IntakeStage.firstPause, core.inboxSettings.settle / .seconds(1)))
        guard isLast else { return }
        try giveUp(
            DropLoader.Item(entry: item.entry, claimed: again), code: "keeps_changing",
            """
            it was changed by another program every time it was read, \(IntakeStage.attemptsMax) times; deliver it again \
            when it is complete: write it under a name that begins with a point, then rename it
            """)
    }

    private func giveUp(_ item: DropLoader.Item, code: String, _ reason: String) throws {
        try loader.refuse(item, Refusal(code: code, text: reason), hash: nil, at: now())
        forget(item.entry.id)
    }

    /// What becomes of the drops of a group that could not be loaded.
    func handle(_ failure: DropLoader.Failure, _ items: [DropLoader.Item]) throws {
        // Some may have come to their ends before the failure.
        let open = try items.filter { item in
            guard let entry = try places.store.drop(item.entry.id), entry.state == .queued || entry.state == .loading
            else {
                forget(item.entry.id)
                return false
            }
            return true
        }
        switch failure {
        case .stopped: break
        case .cancelled: settleCancelled(besides: [])
        case .diskFull(let text): throw DiskFull(description: text)
        case .notLoadable(let problem): throw problem
        case .store(let text, let code, isOfStore: true):
            // The drops are not to blame: all of them are tried again, when somebody has seen to it.
            throw LoadFailure(text: text, code: code)
        case .unreadable(let id, let text, let code):
            try noteFailure(items.filter { $0.entry.id == id }, text, code)
        case .store(let text, let code, isOfStore: false):
            if open.count > 1 {
                // One of them is to blame: each is loaded by itself, at once.
                for item in open { _ = postpone(item.entry.id, .failed, text, pause: 0, counts: false) }
                emit(.failed(stage: IntakeStage.name.rawValue, code: code))
            } else {
                try noteFailure(open, text, code)
            }
        }
    }

    /// A drop that cannot be loaded whatever is loaded with it is tried some times, because what hinders it may pass, and
    /// refused then: its file is kept in the quarantine.
    private func noteFailure(_ items: [DropLoader.Item], _ text: String, _ code: FailureCode) throws {
        for item in items {
            emit(.failed(stage: IntakeStage.name.rawValue, code: code))
            if postpone(item.entry.id, .failed, text) {
                try giveUp(
                    item, code: "not_loadable",
                    "it could not be loaded, \(IntakeStage.attemptsMax) times: \(text)")
            }
        }
    }

    /// Says which drops are tried again later, and sees to it that they are.
    func tellPostponed() {
        postponed = postponed.filter { claimed[$0.key] != nil }
        if let next = postponed.values.map(\.notBefore).min() {
            ask(notBefore: next)
        }
        let failed = postponed.filter { $0.value.cause == .failed && $0.value.attempts > 0 }
        guard let first = failed.min(by: { $0.key < $1.key }) else {
            board.clear("drop_failed")
            return
        }
        let others = failed.count == 1 ? "" : " (and \(failed.count - 1) more like it)"
        board.raise(
            "drop_failed", "drop \(first.key) cannot be loaded and is tried again: \(first.value.problem)\(others)",
            at: now())
    }

    // MARK: Drops that were cancelled

    /// Brings cancelled drops to their ends.
    /// - Parameter group: those that are being loaded; whoever loads them sees to them.
    func settleCancelled(besides group: Set<Int64>) {
        for id in interrupt.cancelledDrops.subtracting(group) {
            do {
                guard let entry = try places.store.drop(id), entry.state == .queued || entry.state == .loading else {
                    interrupt.forget(id)
                    continue
                }
                // What a crash left and could not be taken up yet is cancelled when it is.
                guard let drop = claimed[id] else { continue }
                try loader.refuse(DropLoader.Item(entry: entry, claimed: drop), .cancelled, hash: nil, at: now())
                forget(id)
            } catch {
                // It stays cancelled and is tried again with the next look.
                fail(error)
            }
        }
    }
}
