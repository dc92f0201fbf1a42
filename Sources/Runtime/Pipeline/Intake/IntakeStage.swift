import Inbox
import Records
import Schedule
import Silver
import Store

extension Stage {
    /// Listing the inbox, claiming and loading drops.
    static let intake = Stage("intake")
}

/// Claims what has settled in the inbox and loads it into silver.
final class IntakeStage: PipelineStage {
    static let name = Stage.intake
    unowned let core: PipelineCore
    private(set) lazy var loader = makeLoader(places.store)
    /// Drops that are to be loaded.
    var claimed: [Int64: ClaimedDrop] = [:]
    /// Those of them that could not be loaded and are tried again later.
    var postponed: [Int64: PostponedDrop] = [:]
    /// Drops that were claimed and are not in the ledger yet.
    var unentered: [ClaimedEntry] = []
    /// What lies in an inbox and cannot be taken over, and why.
    private var leftBehind: [SettledName: FileError] = [:]
    /// When those are tried again for which the disk had no room.
    private var roomRetryAt = Double.infinity
    /// Files that came over the socket and wait to be taken over.
    let takes = WaitingTakes()
    /// What a crash left among the claimed files could not be taken up yet: the disk was full.
    var isRecoveryDue = true
    /// The journal of loads and the ledger have not been brought together yet, for the same reason.
    var isJournalDue = true
    /// What the journal of loads has and the ledger lacks, because an older ledger was put back.
    var aheadRecords: [(record: LoadRecord, end: LoadJournal.Position)] = []
    /// No load is tried before this time: the disk was full.
    private var blockedUntil = -Double.infinity
    private var needsCheckpoint = false

    /// Drops that are claimed before others are loaded: enough to fill a group, few enough to be found again quickly.
    static let claimedMax = 2000
    private static let groupBytesMax = 4 << 30
    private static let diskFullPause = 5.0
    /// What is damaged is mended by nobody but an operator, who has to start the daemon anew for that.
    private static let damagePause = 300.0
    private static let roomPause = 30.0
    /// Merges of segments that would write more rows than this are left for a quieter time.
    static let compactedRowsMax = 4_000_000

    init(_ core: PipelineCore) { self.core = core }

    static func interval(_ settings: PipelineSettings) -> Double? { settings.intakeInterval }

    /// - Parameter store: where it stores what it loads.
    func makeLoader(_ store: SilverStore) -> DropLoader {
        let claims = places.claims
        return DropLoader(
            store: store, folders: places.folders, archive: places.archive, quarantine: places.quarantine,
            board: board, interrupt: interrupt,
            putBack: { [watcher = core.watcher] drop in
                watcher.expectPutBack(drop.name, in: drop.category)
                return (try? claims.putBack(drop)) ?? false
            }, settleCancelled: { [unowned self] in settleCancelled(besides: $0) }, emit: emit)
    }

    /// How much room the largest file needed that came over the socket and found none; nil when there is room.
    var refusedUploadBytes: Int?
    /// What lies in the inbox where nobody takes it, as last told.
    var strays = InboxStrays()
    /// When that may be looked at again.
    var straysDueAt = -Double.infinity
    /// Whether silver is derived anew at this start; known once the start is prepared.
    var rebuilds: Bool?

    /// A drop waits to be loaded.
    var isWaiting: Bool {
        isRecoveryDue || !unentered.isEmpty || !claimed.isEmpty || core.watcher.counts.settled > 0
    }

    /// What stands in the log of the store is moved into the database when data has come to rest.
    func tend() {
        _ = isInPlace()
        tellRefusedUploads()
        if needsCheckpoint, board.current.isSettled { checkpoint() }
    }

    func checkpoint() {
        needsCheckpoint = false
        do { try places.store.checkpoint() } catch { core.fail("checkpoint", error) }
    }

    /// Claims what has settled and loads what is claimed, until nothing is left.
    func run() {
        // Also while nothing can be taken over.
        tellWaiting()
        tellStrays()
        guard !interrupt.isStopping, MonotonicClock.seconds() >= blockedUntil, !isRunning else { return }
        guard isInPlace() else { return }
        let refresh = core[RefreshStage.self]
        step {
            let blockedBefore = blockedUntil
            do {
                if isRecoveryDue { try recover() }
                while !interrupt.isStopping {
                    settleCancelled(besides: [])
                    try claimSettled()
                    tellWaiting()
                    guard claimed.keys.contains(where: isDue) else { break }
                    board.update { $0.isSettled = false }
                    for stage in core.stages { stage.willLoad() }
                    guard try loadNextGroup() else { break }
                    if !claimed.isEmpty || core.watcher.counts.settled > 0 { refresh.runIfWorthwhile() }
                }
            } catch {
                // Nothing is wrong with the stage: it goes on when there is room, and what was loaded is served.
                guard let text = fullDisk(error) else {
                    // What was loaded before is served all the same.
                    if core.isStale { refresh.run() }
                    let error = core.named(error)
                    if case StateProblem.databaseDamaged = error {
                        blockedUntil = MonotonicClock.seconds() + IntakeStage.damagePause
                    }
                    throw error
                }
                diskIsFull(text)
            }
            if blockedUntil == blockedBefore { diskHasRoom() }
            try core.checkStop()
            tellLeftBehind()
            tellPostponed()
            succeeded()
            if core.isStale || !board.current.isSettled { refresh.run() }
        }
    }

    private func tellWaiting() {
        let waiting = core.watcher.counts.settled + unentered.count
        board.update { $0.waitingInInbox = waiting }
    }

    private func claimSettled() throws {
        try enterClaimed()
        releaseWaitingForRoom()
        // Those that are tried again later keep nobody else waiting.
        while claimed.count - postponed.count < IntakeStage.claimedMax {
            if interrupt.isStopping { return }
            let names = core.watcher.takeSettled(limit: IntakeStage.claimedMax - (claimed.count - postponed.count))
            if names.isEmpty { return }
            // A large one may take a while to copy.
            board.update { $0.waitingInInbox = names.count + core.watcher.counts.settled }
            var unsettled: [SettledName] = []
            for (index, name) in names.enumerated() {
                takeWaiting()
                if interrupt.isStopping {
                    core.watcher.release(unsettled + names[index...])
                    try enterClaimed()
                    return
                }
                do throws(FileError) {
                    let interrupt = interrupt
                    switch try places.claims.claim(name, at: now(), isInterrupted: { interrupt.isStopping }) {
                    case .claimed(let drop):
                        claimed[drop.sequence] = drop
                        unentered.append(entry(of: drop))
                        emit(.dropReceived(id: drop.sequence, category: drop.category, bytes: drop.bytes))
                    case .refused(let refused): noteRefused(refused)
                    case .unsettled: unsettled.append(name)
                    case .gone: break
                    case .left(let error):
                        leftBehind[name] = error
                        if error.code == .noSpace { retryLeftBehind() }
                    }
                } catch {
                    // Whatever hinders one claim hinders the others too; what was claimed is entered all the same.
                    core.watcher.release(unsettled + names[index...])
                    try enterClaimed()
                    try pause(for: error)
                    return
                }
            }
            core.watcher.release(unsettled)
            try enterClaimed()
            if names.count == unsettled.count { return }
        }
    }

    /// Enters what was claimed in the ledger. What cannot be entered now stays to be entered the next time.
    func enterClaimed() throws {
        try places.store.enter(unentered, receivedAt: now(), clockDay: now().day)
        unentered.removeAll()
    }

    /// Files for which the disk has no room are tried again; whoever comes after them has been taken over meanwhile.
    private func retryLeftBehind() {
        let due = MonotonicClock.seconds() + IntakeStage.roomPause
        roomRetryAt = min(roomRetryAt, due)
        ask(notBefore: due)
    }

    private func releaseWaitingForRoom() {
        guard MonotonicClock.seconds() >= roomRetryAt else { return }
        roomRetryAt = .infinity
        let waiting = leftBehind.filter { $0.value.code == .noSpace }.map(\.key)
        for name in waiting { leftBehind[name] = nil }
        core.watcher.release(waiting)
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
        blockedUntil = MonotonicClock.seconds() + IntakeStage.diskFullPause
        if !board.current.problems.contains(where: { $0.code == "disk_full" }) { emit(.diskFull) }
        board.raise("disk_full", "the disk is full: loading waits and goes on when there is room (\(text))", at: now())
        ask(notBefore: blockedUntil)
    }

    private func diskHasRoom() {
        guard board.current.problems.contains(where: { $0.code == "disk_full" }) else { return }
        board.clear("disk_full")
        emit(.diskHasRoom)
    }

    /// What an error says when it comes from a full disk; nil for any other.
    func fullDisk(_ error: any Error) -> String? { IntakeStage.fullDisk(error) }

    static func fullDisk(_ error: any Error) -> String? {
        switch error {
        case let error as DiskFull: error.description
        case let error as FileError: error.code == .noSpace ? error.logDescription : nil
        case let error as StoreError: error.isDiskFull ? error.description : nil
        default: StoreError.diskFullDescription(error)
        }
    }

    func entry(
        of drop: ClaimedDrop, shown: String? = nil, sourceType: String? = nil, deliveredBy: String? = nil,
        refusal: String? = nil
    ) -> ClaimedEntry {
        ClaimedEntry(
            id: drop.sequence, category: drop.category, file: shown ?? UploadName.shown(drop.name.description),
            claimed: drop.claimedName.description, sourceType: sourceType, bytes: Int64(drop.bytes),
            refusal: refusal, receivedAt: drop.delivered,
            deliveredBy: deliveredBy ?? drop.deliveredBy.map(settings.nameOfUser))
    }

    /// Notes a drop that was refused as it was claimed, to be entered in the ledger.
    func noteRefused(_ refused: RefusedDrop) {
        let drop = refused.drop
        unentered.append(entry(of: drop, refusal: refused.refusal.text))
        emit(
            .dropRefused(
                id: drop.sequence, category: drop.category, bytes: Int64(drop.bytes), code: refused.refusal.code))
    }

    /// Takes the files that came over the socket meanwhile: whoever sent one waits for the answer.
    func takeWaiting() {
        for take in takes.removeAll() { take.run(self) }
    }

    /// Claims a file that came over the socket.
    func take(
        _ hidden: FileName, shown: String, category: Category, sourceType: String?, by deliverer: String
    ) throws -> LedgerEntry? {
        try checkInPlace()
        guard case .claimed(let drop) = try places.claims.claimUpload(hidden, as: category, at: now()) else {
            return nil
        }
        claimed[drop.sequence] = drop
        unentered.append(entry(of: drop, shown: shown, sourceType: sourceType, deliveredBy: deliverer))
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
            if !items.isEmpty, isAlone || bytes + Int(entry.bytes) > IntakeStage.groupBytesMax { break }
            bytes += Int(entry.bytes)
            items.append(DropLoader.Item(entry: entry, claimed: claimed[entry.id]))
            if isAlone { break }
        }
        try keepJournalInPlace()
        board.update { $0.unservedDrops.formUnion(items.map(\.entry.id)) }
        let outcome: Result<DropLoader.Remainder, DropLoader.Failure>
        do throws(DropLoader.Failure) {
            outcome = .success(
                try loader.load(items, into: core.state, settings: settings, kind: .first(journaling), now: now) {
                    core.isStale = true
                    core.lastLoadAt = MonotonicClock.seconds()
                    needsCheckpoint = true
                })
        } catch {
            outcome = .failure(error)
        }
        switch outcome {
        case .success(let remainder):
            let open = Set((remainder.untouched + remainder.changed).map(\.entry.id))
            for item in items where !open.contains(item.entry.id) { forget(item.entry.id) }
            for item in remainder.changed { try postponeChanged(item) }
            try core[VerifyStage.self].lookAgain(at: items.map(\.entry.id))
        case .failure(let failure): try handle(failure, items)
        }
        while !interrupt.isStopping, try places.store.compact(core.state, rowsMax: IntakeStage.compactedRowsMax) {}
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
