import Inbox
import Records
import Schedule
import Silver
import Store

extension PipelineCore {
    /// Claims what has settled and loads what is claimed, until nothing is left.
    func intake() {
        guard !interrupt.isStopping, MonotonicClock.seconds() >= blockedUntil else { return }
        if board.current.clock.isRunning(.intake) { return }
        run(.intake) {
            let blockedBefore = blockedUntil
            do {
                if isRecoveryDue { try recover() }
                while !interrupt.isStopping {
                    settleCancelled(besides: [])
                    try claimSettled()
                    let waiting = watcher.counts.settled
                    board.update { $0.waitingInInbox = waiting }
                    guard claimed.keys.contains(where: isDue) else { break }
                    board.update { $0.isSettled = false }
                    historyStage.pause()
                    guard try loadNextGroup() else { break }
                    refreshIfWorthwhile()
                }
            } catch {
                // Nothing is wrong with the stage: it goes on when there is room, and what was loaded is served.
                guard let text = fullDisk(error) else {
                    // What was loaded before is served all the same.
                    if isStale { refresh() }
                    throw error
                }
                diskIsFull(text)
            }
            if blockedUntil == blockedBefore { diskHasRoom() }
            try checkStop()
            tellLeftBehind()
            tellPostponed()
            board.clear("intake_failed")
            if isStale || !board.current.isSettled { refresh() }
        }
    }

    /// While drops keep coming, what is served is renewed now and then, in a small part of the time.
    private func refreshIfWorthwhile() {
        guard isStale, !claimed.isEmpty || watcher.counts.settled > 0 else { return }
        // The last one may have been of few clients: a refresh takes some two microseconds a client at least.
        let expectedSeconds = max(refreshSeconds, 2e-6 * Double(state.tables.clients.count))
        if MonotonicClock.seconds() - lastRefreshAt > max(15, 30 * expectedSeconds) {
            refresh()
        }
    }

    private func claimSettled() throws {
        try enterClaimed()
        // Those that are tried again later keep nobody else waiting.
        while claimed.count - postponed.count < PipelineCore.claimedMax {
            if interrupt.isStopping { return }
            let names = watcher.takeSettled(limit: PipelineCore.claimedMax - (claimed.count - postponed.count))
            if names.isEmpty { return }
            var unsettled: [SettledName] = []
            for (index, name) in names.enumerated() {
                do throws(FileError) {
                    switch try places.claims.claim(name, at: now()) {
                    case .claimed(let drop):
                        claimed[drop.sequence] = drop
                        unentered.append(entry(of: drop))
                        emit(.dropReceived(id: drop.sequence, category: drop.category, bytes: drop.bytes))
                    case .refused(let refused): noteRefused(refused)
                    case .unsettled: unsettled.append(name)
                    case .gone: break
                    case .left(let error): leftBehind[name] = error
                    }
                } catch {
                    // Whatever hinders one claim hinders the others too; what was claimed is entered all the same.
                    watcher.release(unsettled + names[index...])
                    try enterClaimed()
                    try pause(for: error)
                    return
                }
            }
            watcher.release(unsettled)
            try enterClaimed()
            if names.count == unsettled.count { return }
        }
    }

    /// Enters what was claimed in the ledger. What cannot be entered now stays to be entered the next time.
    func enterClaimed() throws {
        try places.store.enter(unentered, receivedAt: now(), clockDay: now().day)
        unentered.removeAll()
    }

    /// Says which files cannot be taken over, for as long as they are there.
    private func tellLeftBehind() {
        leftBehind = leftBehind.filter { places.folders.hasInInbox($0.key.name, in: $0.key.category) }
        guard let first = leftBehind.values.min(by: { $0.path < $1.path }) else {
            board.clear("claim_failed")
            return
        }
        let others = leftBehind.count - 1
        board.raise("claim_failed", others == 0 ? "\(first)" : "\(first) (and \(others) more like it)", at: now())
    }

    private func pause(for error: FileError) throws {
        guard error.code == .noSpace else { throw error }
        diskIsFull(error.logDescription)
    }

    func diskIsFull(_ text: String) {
        blockedUntil = MonotonicClock.seconds() + PipelineCore.diskFullPause
        if !board.current.problems.contains(where: { $0.code == "disk_full" }) { emit(.diskFull) }
        board.raise("disk_full", "the disk is full: loading waits and goes on when there is room (\(text))", at: now())
        board.update { [blockedUntil] in $0.clock.request(.intake, notBefore: blockedUntil) }
    }

    private func diskHasRoom() {
        guard board.current.problems.contains(where: { $0.code == "disk_full" }) else { return }
        board.clear("disk_full")
        emit(.diskHasRoom)
    }

    /// What an error says when it comes from a full disk; nil for any other.
    func fullDisk(_ error: any Error) -> String? {
        switch error {
        case let error as DiskFull: error.description
        case let error as FileError: error.code == .noSpace ? error.logDescription : nil
        case let error as StoreError: error.isDiskFull ? error.description : nil
        default: StoreError.diskFullDescription(error)
        }
    }

    func entry(
        of drop: ClaimedDrop, shown: String? = nil, sourceType: String? = nil, refusal: String? = nil
    ) -> ClaimedEntry {
        ClaimedEntry(
            id: drop.sequence, category: drop.category, file: shown ?? UploadName.shown(drop.name.description),
            claimed: drop.claimedName.description, sourceType: sourceType, bytes: Int64(drop.bytes), refusal: refusal)
    }

    /// Notes a drop that was refused as it was claimed, to be entered in the ledger.
    func noteRefused(_ refused: RefusedDrop) {
        let drop = refused.drop
        unentered.append(entry(of: drop, refusal: refused.refusal.text))
        emit(
            .dropRefused(
                id: drop.sequence, category: drop.category, bytes: Int64(drop.bytes), code: refused.refusal.code))
    }

    /// Claims a file that came over the socket.
    func take(_ hidden: FileName, shown: String, category: Category, sourceType: String?) throws -> LedgerEntry? {
        guard case .claimed(let drop) = try places.claims.claimUpload(hidden, as: category, at: now()) else {
            return nil
        }
        claimed[drop.sequence] = drop
        unentered.append(entry(of: drop, shown: shown, sourceType: sourceType))
        emit(.dropReceived(id: drop.sequence, category: drop.category, bytes: drop.bytes))
        board.update { $0.isSettled = false }
        try enterClaimed()
        return try places.store.drop(drop.sequence)
    }

    /// Loads the drops of the category that comes first, in the order of their arrival.
    /// - Returns: false when nothing is left to load.
    private func loadNextGroup() throws -> Bool {
        let known = try places.store.waitingDrops().filter { claimed[$0.id] != nil }
        let waiting = known.filter { isDue($0.id) }
        guard let first = waiting.map(\.category).min() else {
            if known.isEmpty {
                claimed.removeAll()
                postponed.removeAll()
            }
            return false
        }
        var items: [DropLoader.Item] = []
        var bytes = 0
        for entry in waiting where entry.category == first {
            // One that has kept others from being loaded is loaded by itself.
            let isAlone = postponed[entry.id] != nil
            if !items.isEmpty, isAlone || bytes + Int(entry.bytes) > PipelineCore.groupBytesMax { break }
            bytes += Int(entry.bytes)
            items.append(DropLoader.Item(entry: entry, claimed: claimed[entry.id]))
            if isAlone { break }
        }
        board.update { $0.unservedDrops.formUnion(items.map(\.entry.id)) }
        let outcome: Result<DropLoader.Remainder, DropLoader.Failure>
        do throws(DropLoader.Failure) {
            outcome = .success(
                try loader.load(items, into: state, settings: settings, kind: .first(journaling), now: now) {
                    isStale = true
                    needsCheckpoint = true
                    lastLoadAt = MonotonicClock.seconds()
                })
        } catch {
            outcome = .failure(error)
        }
        switch outcome {
        case .success(let remainder):
            let open = Set((remainder.untouched + remainder.changed).map(\.entry.id))
            for item in items where !open.contains(item.entry.id) { forget(item.entry.id) }
            for item in remainder.changed { try postponeChanged(item) }
        case .failure(let failure): try handle(failure, items)
        }
        while !interrupt.isStopping, try places.store.compact(state, rowsMax: 4_000_000) {}
        return true
    }

    /// Writes the journal of loads along with the ledger.
    private var journaling: LoadJournaling {
        let journal = places.journal
        let before = journal.end
        return LoadJournaling(
            settings: settings.fingerprint, append: { try journal.append($0).description },
            takeBack: { if let before { journal.takeBack(to: before) } })
    }

    /// A group of drops could not be loaded for lack of room.
    struct DiskFull: Error, CustomStringConvertible {
        var description: String
    }

    struct LoadFailure: Error, CustomStringConvertible {
        var text: String
        var code = FailureCode.word(.other)
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
