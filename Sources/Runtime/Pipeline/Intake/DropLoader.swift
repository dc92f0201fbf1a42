import Bronze
import Dispatch
import Inbox
import Records
import Silver
import Store

/// Loads groups of drops of one category: reads, parses, stages and stores them in one transaction.
final class DropLoader {
    /// Why a group could not be loaded. Nothing of it was taken: its drops are queued as before.
    enum Failure: Error {
        case diskFull(String)
        /// - Parameter isOfStore: the databases or folders are to blame, whatever the drops.
        case store(String, FailureCode, isOfStore: Bool)
        /// A drop cannot be read; the others may be loaded without it.
        case unreadable(Int64, String, FailureCode)
        /// A drop that was loaded before cannot be loaded again; nothing was stored.
        case notLoadable(StateProblem)
        case stopped
        /// A drop was cancelled when it could not be left out any more.
        case cancelled
    }

    /// What is left of a group when the others have come to their ends.
    struct Remainder {
        /// They changed while they were read and could not be put back: their names are taken.
        var changed: [Item] = []
        /// The group was large enough without them.
        var untouched: [Item] = []
    }

    /// A drop of a group, with what is known of it.
    struct Item {
        var entry: LedgerEntry
        /// Nil in a rebuild, where the original comes from bronze.
        var claimed: ClaimedDrop?
    }

    struct Loaded {
        var item: Item
        var hash: ContentHash
        var rejects: RejectWriter
        var rejectCounts: [RejectKey: Int]
        var hasRows: Bool
    }

    struct RejectKey: Hashable {
        var column: String
        var code: String
    }

    enum DropOutcome {
        case loaded(Loaded)
        case duplicate(of: Int64, hash: ContentHash)
        case refused(Refusal, hash: ContentHash?)
        case putBack
        /// Somebody has taken the claimed file away.
        case gone
    }

    let store: SilverStore
    let folders: StateFolders
    let archive: Archive
    let quarantine: Quarantine
    let board: StatusBoard
    let interrupt: LoadInterrupt
    let readQueue = DispatchQueue(label: "aura.reader", qos: .utility)
    let batches = (0..<4).map { _ in BronzeBatch(byteCapacity: BronzeReader.headroom + DropFeed.blockBytes) }
    private let emit: (PipelineEvent) -> Void
    /// Called with drops that changed while they were read, to put them back into the inbox.
    private let putBack: (ClaimedDrop) -> Bool
    /// Called between blocks when drops are cancelled, with those of the group: brings the others to their ends.
    let settleCancelled: (Set<Int64>) -> Void

    /// Rows that are staged when no further drop joins a group: packed drops are small until they are read.
    private static let groupRowsMax = 64_000_000

    init(
        store: SilverStore, folders: StateFolders, archive: Archive, quarantine: Quarantine, board: StatusBoard,
        interrupt: LoadInterrupt, putBack: @escaping (ClaimedDrop) -> Bool,
        settleCancelled: @escaping (Set<Int64>) -> Void, emit: @escaping (PipelineEvent) -> Void
    ) {
        self.store = store
        self.folders = folders
        self.archive = archive
        self.quarantine = quarantine
        self.board = board
        self.interrupt = interrupt
        self.putBack = putBack
        self.settleCancelled = settleCancelled
        self.emit = emit
    }

    /// Loads a group.
    /// - Parameters:
    ///   - kind: whether ledger and journal are to be written too; drops that were loaded before keep what is theirs.
    ///   - stored: called once the state has changed for good, even when a later step fails.
    @discardableResult
    func load(
        _ items: [Item], into state: SilverState, settings: PipelineSettings, kind: LoadKind, now: () -> Instant,
        stored: () -> Void = {}
    ) throws(Failure) -> Remainder {
        var remainder = Remainder()
        guard let category = items.first?.entry.category else { return remainder }
        let startedAt = now()
        let bytes = items.reduce(0) { $0 + Int($1.entry.bytes) }
        let ids = Set(items.map(\.entry.id))
        let interrupt = interrupt
        let isInterrupted: @Sendable () -> Bool = {
            interrupt.isStopping || !interrupt.cancelledDrops.isDisjoint(with: ids)
        }
        let settings = kind.isFirst ? settings : settings.withoutCeilings
        let load = SilverLoad(
            state, category: category, settings: settings.silver, byteCount: bytes, isInterrupted: isInterrupted)
        var loaded: [Loaded] = []
        var outcomes: [(Item, DropOutcome)] = []
        var seen: [ContentHash: Int64] = [:]
        do {
            if kind.isFirst { try store.setState(.loading, of: items.map(\.entry.id)) }
            for (index, item) in items.enumerated() {
                if load.stagedRowCount >= DropLoader.groupRowsMax {
                    remainder.untouched = Array(items[index...])
                    break
                }
                let context = ReadContext(
                    group: ids, loaded: Set(loaded.map(\.item.entry.id)), limits: settings.limits, startedAt: now())
                let outcome = try loadOne(item, load, seen: seen, context)
                if let problem = DropLoader.contradiction(outcome, of: item, kind) { throw problem }
                switch outcome {
                case .loaded(let drop):
                    seen[drop.hash] = item.entry.id
                    loaded.append(drop)
                case .refused(.cancelled, _):
                    // At once: somebody waits for it, and what is cancelled would end the load of the others.
                    _ = try settle(item, outcome, at: now())
                default: outcomes.append((item, outcome))
                }
            }
            if !loaded.isEmpty {
                try commit(
                    load, category: category, loaded, state, kind: kind, startedAt: startedAt, now: now,
                    isInterrupted: isInterrupted, stored: stored)
            }
            for (item, outcome) in outcomes {
                if try !settle(item, outcome, at: now()) { remainder.changed.append(item) }
            }
            try queueAgain(remainder.untouched)
        } catch {
            state.rollBack()
            for drop in loaded { drop.rejects.discard() }
            board.update { $0.progress = nil }
            let failure = failure(error, ids)
            // Where that cannot be written down, the next load or start finds them all the same.
            try? queueAgain(items)
            throw failure
        }
        board.update { $0.progress = nil }
        return remainder
    }

    /// Why a drop that was loaded before is not what it was.
    private static func contradiction(_ outcome: DropOutcome, of item: Item, _ kind: LoadKind) -> StateProblem? {
        let expected: String?
        switch kind {
        case .first: return nil
        case .again: expected = item.entry.sha256
        case .caughtUp(let known): expected = known[item.entry.id]?.record.sha256
        }
        func problem(_ reason: String) -> StateProblem {
            .notLoadable(drop: item.entry.id, sha256: expected ?? "unknown", reason: reason)
        }
        switch outcome {
        case .loaded(let drop) where drop.hash.description == expected: return nil
        case .loaded(let drop): return problem("its bytes now have the SHA-256 \(drop.hash)")
        case .duplicate(let original, _): return problem("it is a duplicate of drop \(original)")
        case .refused(let refusal, _): return problem(refusal.text)
        case .putBack: return problem("it changed while it was read")
        case .gone: return problem("it is gone")
        }
    }

    /// In a rebuild drops are not waiting to be loaded.
    private func queueAgain(_ items: [Item]) throws {
        let waiting = items.filter { $0.claimed != nil }.map(\.entry.id)
        if !waiting.isEmpty { try store.queueAgain(waiting) }
    }

    private func failure(_ error: any Error, _ group: Set<Int64>) -> Failure {
        if let problem = error as? StateProblem { return .notLoadable(problem) }
        if StoreError.isDamage(error) {
            return .notLoadable(
                .databaseDamaged(path: store.path, detail: Findings.short([StoreError.text(of: error)])))
        }
        if interrupt.isStopping { return .stopped }
        if error is CancelledTooLate || error is SilverLoad.Interrupted
            || !interrupt.cancelledDrops.isDisjoint(with: group)
        {
            return .cancelled
        }
        if let error = error as? UnreadableDrop { return .unreadable(error.id, error.text, error.code) }
        if let error = error as? StoreError, error.isDiskFull { return .diskFull(error.description) }
        if let error = error as? FileError, error.code == .noSpace { return .diskFull(error.logDescription) }
        if let code = StoreError.diskFullDescription(error) { return .diskFull(code) }
        // Files of the daemon's own: a drop that cannot be read is told apart above.
        if let error = error as? FileError {
            return .store(error.logDescription, FailureCode(of: error), isOfStore: true)
        }
        return .store(StoreError.text(of: error), FailureCode(of: error), isOfStore: StoreError.isOfStore(error))
    }

    /// A drop of the group has been read already and was cancelled then.
    struct CancelledTooLate: Error {}

    /// A claimed file cannot be read.
    struct UnreadableDrop: Error {
        var id: Int64
        var text: String
        var code: FailureCode
    }

    // MARK: The group

    private func commit(
        _ load: SilverLoad, category: Category, _ loaded: [Loaded], _ state: SilverState, kind: LoadKind,
        startedAt: Instant, now: () -> Instant, isInterrupted: @escaping @Sendable () -> Bool, stored: () -> Void
    ) throws {
        board.update { $0.progress?.phase = .deduplicate }
        var drops: [Int64: LoadedDrop] = [:]
        for drop in loaded {
            drops[drop.item.entry.id] = LoadedDrop(
                id: drop.item.entry.id, sha256: drop.hash.description,
                fileExtension: FileEnding.of(drop.item.entry.file),
                rejectCounts: drop.rejectCounts.map {
                    LoadedDrop.RejectCount(column: $0.key.column, code: $0.key.code, rows: $0.value)
                }.sorted { ($0.column, $0.code) < ($1.column, $1.code) },
                reason: drop.hasRows ? nil : "the file has a header and no rows")
        }
        // Rejected rows and the drops themselves are on the disk before the ledger counts them.
        try quarantine.commit(loaded.map(\.rejects))
        for claimed in loaded.compactMap(\.item.claimed) { try archive.secure(claimed) }
        let delta = try load.finish(known: try store.knownKeys(of: category, isInterrupted: isInterrupted))
        try writeRemarks(delta.remarks, loaded, kind)
        try store.write(
            delta, drops: drops, kind: kind, loadedAt: now().rawValue, isInterrupted: isInterrupted)
        state.adopt(delta)
        stored()
        for drop in loaded {
            interrupt.forget(drop.item.entry.id)
            guard let claimed = drop.item.claimed else { continue }
            try archive.admit(claimed, sha256: drop.hash, ending: FileEnding.of(drop.item.entry.file))
        }
        var rows = 0
        let seconds = Double(now().rawValue - startedAt.rawValue) / 1000
        let bytes = Dictionary(uniqueKeysWithValues: loaded.map { ($0.item.entry.id, $0.item.entry.bytes) })
        for (id, counts) in delta.counts {
            rows += counts.rows
            emit(
                .dropLoaded(
                    id: id, category: category, bytes: bytes[id] ?? 0, rows: counts.rows, accepted: counts.accepted,
                    rejected: counts.rejected, duplicates: counts.duplicates, orphans: counts.orphans,
                    seconds: seconds))
        }
        emit(.loadFinished(category: category, drops: loaded.count, rows: rows, seconds: seconds))
    }

    /// Brings a drop that was not loaded to its end: the ledger first, then the file, because the next start finishes
    /// what the ledger says of a file that is still claimed.
    /// - Returns: false when it has not come to an end and is to be tried again.
    private func settle(_ item: Item, _ outcome: DropOutcome, at now: Instant) throws -> Bool {
        let entry = item.entry
        switch outcome {
        case .loaded: break
        case .duplicate(let original, let hash):
            try store.markDuplicate(entry.id, of: original, sha256: hash.description, rows: nil, at: now)
            if let claimed = item.claimed,
                try archive.admit(claimed, sha256: hash, ending: FileEnding.of(entry.file)) != .kept
            {
                try store.noteRestored(entry.id, of: original)
            }
            emit(.dropDuplicate(id: entry.id, category: entry.category, original: original))
        case .refused(let refusal, let hash):
            try refuse(item, refusal, hash: hash, at: now)
        case .gone:
            try refuse(
                Item(entry: entry, claimed: nil),
                Refusal(code: "other", text: "the claimed file is gone; drop it again"), hash: nil, at: now)
        case .putBack:
            guard let claimed = item.claimed else { return true }
            guard putBack(claimed) else {
                // The name is taken again: the drop waits among the claimed ones and is tried again.
                try queueAgain([item])
                return false
            }
            try store.forget(entry.id)
            emit(.dropPutBack(id: entry.id, category: entry.category))
        }
        interrupt.forget(entry.id)
        return true
    }

    /// Refuses a drop for good.
    func refuse(_ item: Item, _ refusal: Refusal, hash: ContentHash?, at now: Instant) throws {
        let entry = item.entry
        try store.refuse(entry.id, sha256: hash?.description, reason: refusal.text, at: now)
        if let claimed = item.claimed {
            do throws(FileError) {
                try quarantine.refuse(claimed, refusal, dropID: entry.id, sha256: hash, at: now)
            } catch let error where error.code == .missing {
                // Taken away by hand: there is nothing to keep.
            }
        }
        interrupt.forget(entry.id)
        emit(.dropRefused(id: entry.id, category: entry.category, bytes: entry.bytes, code: refusal.code))
    }
}

/// The kind of file, for people.
enum FileEnding {
    /// `csv`, `csv.gz`, `json`, … in lower case; `data` when the name tells nothing.
    static func of(_ name: String) -> String {
        let parts = name.split(separator: ".").dropFirst().suffix(2).map { $0.lowercased() }
        let known: Set<String> = ["csv", "tsv", "txt", "json", "ndjson", "jsonl", "gz", "zst"]
        let kept = parts.filter { known.contains($0) }
        return kept.isEmpty ? "data" : kept.joined(separator: ".")
    }
}

extension Refusal {
    /// Somebody has asked for it.
    static let cancelled = Refusal(code: "cancelled", text: "cancelled on request")
}

extension DropRefusal {
    /// Short and stable, for counting and logs.
    var code: String {
        switch self {
        case .empty: "empty"
        case .headerTooLong: "header_too_long"
        case .headerNotText: "header_not_text"
        case .headerNotUTF8: "other_encoding"
        case .otherFormat(_, let code): code
        case .missingColumns, .missingKeys: "missing_columns"
        case .repeatedColumn: "repeated_column"
        case .notJSON: "not_json"
        case .tooManyColumns: "too_many_columns"
        case .columnNamesTooLong: "header_too_long"
        }
    }
}
