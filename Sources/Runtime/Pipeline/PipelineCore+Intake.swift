import Inbox
import Records
import Schedule
import Silver
import Store
import Synchronization

extension PipelineCore {
    /// Claims what has settled and loads what is claimed, until nothing is left.
    func intake() {
        guard !stopRequested.load(ordering: .relaxed), MonotonicClock.seconds() >= blockedUntil else { return }
        if board.current.clock.isRunning(.intake) { return }
        run(.intake) {
            while !stopRequested.load(ordering: .relaxed) {
                try claimSettled()
                let waiting = watcher.counts.settled
                board.update { $0.waitingInInbox = waiting }
                guard !claimed.isEmpty else { break }
                board.update { $0.isSettled = false }
                try loadNextGroup()
                refreshIfWorthwhile()
            }
            if isStale || !board.current.isSettled { try refresh() }
        }
    }

    /// While drops keep coming, what is served is renewed now and then, in a small part of the time.
    private func refreshIfWorthwhile() {
        guard isStale, !claimed.isEmpty || watcher.counts.settled > 0 else { return }
        if MonotonicClock.seconds() - lastRefreshAt > max(15, 30 * refreshSeconds) {
            refreshOrFail()
        }
    }

    private func claimSettled() throws {
        while claimed.count < PipelineCore.claimedMax {
            let names = watcher.takeSettled(limit: PipelineCore.claimedMax - claimed.count)
            if names.isEmpty { return }
            var entries: [ClaimedEntry] = []
            var unsettled: [SettledName] = []
            for (index, name) in names.enumerated() {
                do throws(FileError) {
                    switch try places.claims.claim(name, at: now()) {
                    case .claimed(let drop):
                        claimed[drop.sequence] = drop
                        entries.append(entry(of: drop, shown: nil, sourceType: nil))
                        emit(.dropReceived(id: drop.sequence, category: drop.category, bytes: drop.bytes))
                    case .refused(let refused): try enterRefused(refused)
                    case .unsettled: unsettled.append(name)
                    case .gone: break
                    case .left(let error):
                        board.raise("claim_\(error.code.rawValue)", error.logDescription, at: now())
                    }
                } catch {
                    // Whatever hinders one claim hinders the others too; what was claimed is entered all the same.
                    watcher.release(unsettled + names[index...])
                    try places.store.enter(entries, receivedAt: now(), clockDay: now().day)
                    try pause(for: error)
                    return
                }
            }
            watcher.release(unsettled)
            try places.store.enter(entries, receivedAt: now(), clockDay: now().day)
            if names.count == unsettled.count { return }
        }
    }

    private func pause(for error: FileError) throws {
        guard error.code == .noSpace else { throw error }
        diskIsFull(error.logDescription)
    }

    private func diskIsFull(_ text: String) {
        blockedUntil = MonotonicClock.seconds() + PipelineCore.diskFullPause
        if !board.current.problems.contains(where: { $0.code == "disk_full" }) { emit(.diskFull) }
        board.raise("disk_full", "the disk is full: loading waits and goes on when there is room (\(text))", at: now())
        board.update { [blockedUntil] in $0.clock.request(.intake, notBefore: blockedUntil) }
    }

    func entry(of drop: ClaimedDrop, shown: String?, sourceType: String?) -> ClaimedEntry {
        ClaimedEntry(
            id: drop.sequence, category: drop.category, file: shown ?? UploadName.shown(drop.name.description),
            claimed: drop.claimedName.description, sourceType: sourceType, bytes: Int64(drop.bytes))
    }

    func enterRefused(_ refused: RefusedDrop) throws(FileError) {
        let drop = refused.drop
        do {
            try places.store.enter(
                [entry(of: drop, shown: nil, sourceType: nil)], receivedAt: now(), clockDay: now().day)
            try places.store.refuse(drop.sequence, sha256: nil, reason: refused.refusal.text, at: now())
        } catch {
            fail("ledger", error)
        }
        emit(
            .dropRefused(
                id: drop.sequence, category: drop.category, bytes: Int64(drop.bytes), code: refused.refusal.code))
    }

    /// Claims a file that the daemon itself has put into an inbox.
    func take(_ hidden: FileName, shown: String, category: Category, sourceType: String?) throws -> LedgerEntry? {
        guard case .claimed(let drop) = try places.claims.claim(hidden, in: category, at: now()) else { return nil }
        try places.store.enter(
            [entry(of: drop, shown: shown, sourceType: sourceType)], receivedAt: now(), clockDay: now().day)
        claimed[drop.sequence] = drop
        emit(.dropReceived(id: drop.sequence, category: drop.category, bytes: drop.bytes))
        board.update { $0.isSettled = false }
        return try places.store.drop(drop.sequence)
    }

    /// Loads the drops of the category that comes first, in the order of their arrival.
    private func loadNextGroup() throws {
        let waiting = try places.store.waitingDrops().filter { claimed[$0.id] != nil }
        guard let first = waiting.map(\.category).min() else {
            claimed.removeAll()
            return
        }
        var items: [DropLoader.Item] = []
        var bytes = 0
        for entry in waiting where entry.category == first {
            if !items.isEmpty, bytes + Int(entry.bytes) > PipelineCore.groupBytesMax { break }
            bytes += Int(entry.bytes)
            items.append(DropLoader.Item(entry: entry, claimed: claimed[entry.id]))
        }
        do throws(DropLoader.Failure) {
            if try loader.load(items, into: state, settings: settings, now: now) {
                isStale = true
                needsCheckpoint = true
                lastLoadAt = MonotonicClock.seconds()
            }
        } catch {
            switch error {
            case .diskFull(let text):
                diskIsFull(text)
                throw Paused()
            case .store(let text): throw LoadFailure(text: text)
            }
        }
        if board.current.problems.contains(where: { $0.code == "disk_full" }) {
            board.clear("disk_full")
            emit(.diskHasRoom)
        }
        board.clear("intake_failed")
        for item in items { claimed[item.entry.id] = nil }
        try requeuePutBacks(items)
        while try places.store.compact(state, rowsMax: 4_000_000) {}
    }

    /// Drops that could be neither loaded nor put back stay claimed.
    private func requeuePutBacks(_ items: [DropLoader.Item]) throws {
        for item in items {
            guard let drop = item.claimed, let entry = try places.store.drop(item.entry.id), entry.state == .queued
            else {
                continue
            }
            claimed[drop.sequence] = drop
        }
    }

    /// Loads every original again, in the order in which they were loaded.
    func rebuild() throws {
        let drops = try places.store.loadedDrops()
        try places.store.resetForRebuild()
        state = SilverState()
        var start = 0
        while start < drops.count {
            var end = start + 1
            while end < drops.count, drops[end].category == drops[start].category, end - start < PipelineCore.claimedMax
            {
                end += 1
            }
            let items = drops[start..<end].map { DropLoader.Item(entry: $0, claimed: nil) }
            do throws(DropLoader.Failure) {
                _ = try loader.load(items, into: state, settings: settings, now: now)
            } catch {
                switch error {
                case .diskFull(let text), .store(let text): throw LoadFailure(text: text)
                }
            }
            while try places.store.compact(state, rowsMax: 4_000_000) {}
            start = end
        }
        try places.store.checkpoint()
    }

    /// The disk is full: nothing is wrong with the stage, it goes on later.
    struct Paused: Error, CustomStringConvertible {
        var description: String { "waits for room on the disk" }
    }

    struct LoadFailure: Error, CustomStringConvertible {
        var text: String
        var description: String { text }
    }
}

/// Names of files that came over the socket.
public enum UploadName {
    static let prefix = ".aura-upload-"

    /// A name that the inbox ignores, unique by `number`.
    public static func hidden(number: UInt64, shown: String) -> String { "\(prefix)\(number)-\(shown)" }

    /// The name that was given.
    public static func shown(_ name: String) -> String {
        guard name.hasPrefix(prefix) else { return name }
        let rest = name.dropFirst(prefix.count)
        guard let dash = rest.firstIndex(of: "-") else { return name }
        return String(rest[rest.index(after: dash)...])
    }
}
