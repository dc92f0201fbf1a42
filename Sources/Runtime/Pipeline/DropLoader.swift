import Bronze
import Dispatch
import Inbox
import Records
import Silver
import Store

/// Loads groups of drops of one category: reads, parses, stages and stores them in one transaction.
final class DropLoader {
    /// Why a group could not be loaded; its drops stay queued.
    enum Failure: Error {
        case diskFull(String)
        case store(String, FailureCode)
    }

    /// A drop of a group, with what is known of it.
    struct Item {
        var entry: LedgerEntry
        /// Nil in a rebuild, where the original comes from bronze.
        var claimed: ClaimedDrop?
    }

    private struct Loaded {
        var item: Item
        var hash: ContentHash
        var rejects: RejectWriter
        var rejectCounts: [RejectKey: Int]
        var hasRows: Bool
    }

    private struct RejectKey: Hashable {
        var column: String
        var code: String
    }

    private enum DropOutcome {
        case loaded(Loaded)
        case duplicate(of: Int64, hash: ContentHash)
        case refused(Refusal, hash: ContentHash?)
        case putBack
    }

    private let store: SilverStore
    private let folders: StateFolders
    private let archive: Archive
    private let quarantine: Quarantine
    private let board: StatusBoard
    private let readQueue = DispatchQueue(label: "aura.reader", qos: .utility)
    private let batches = (0..<4).map { _ in BronzeBatch(byteCapacity: BronzeReader.headroom + DropFeed.blockBytes) }
    private let emit: (PipelineEvent) -> Void
    /// Called with drops that changed while they were read, to put them back into the inbox.
    private let putBack: (ClaimedDrop) -> Bool

    init(
        store: SilverStore, folders: StateFolders, archive: Archive, quarantine: Quarantine, board: StatusBoard,
        putBack: @escaping (ClaimedDrop) -> Bool, emit: @escaping (PipelineEvent) -> Void
    ) {
        self.store = store
        self.folders = folders
        self.archive = archive
        self.quarantine = quarantine
        self.board = board
        self.putBack = putBack
        self.emit = emit
    }

    /// Loads a group.
    /// - Parameter stored: called once the state has changed for good, even when a later step fails.
    func load(
        _ items: [Item], into state: SilverState, settings: PipelineSettings, now: () -> Instant,
        stored: () -> Void = {}
    ) throws(Failure) {
        guard let category = items.first?.entry.category else { return }
        let startedAt = now()
        let bytes = items.reduce(0) { $0 + Int($1.entry.bytes) }
        let load = SilverLoad(state, category: category, settings: settings.silver, byteCount: bytes)
        var loaded: [Loaded] = []
        var outcomes: [(Item, DropOutcome)] = []
        var seen: [ContentHash: Int64] = [:]
        do {
            try store.setState(.loading, of: items.map(\.entry.id))
            for item in items {
                let outcome = try loadOne(item, load, seen: seen, limits: settings.limits, startedAt: now())
                if case .loaded(let drop) = outcome {
                    seen[drop.hash] = item.entry.id
                    loaded.append(drop)
                } else {
                    outcomes.append((item, outcome))
                }
            }
            if !loaded.isEmpty {
                try commit(
                    load, category: category, loaded, state, startedAt: startedAt, now: now, stored: stored)
            }
            for (item, outcome) in outcomes { try settle(item, outcome, at: now()) }
        } catch {
            state.rollBack()
            for drop in loaded { drop.rejects.discard() }
            board.update { $0.progress = nil }
            throw failure(error)
        }
        board.update { $0.progress = nil }
    }

    private func failure(_ error: any Error) -> Failure {
        if let error = error as? StoreError, error.isDiskFull { return .diskFull(error.description) }
        if let error = error as? FileError, error.code == .noSpace { return .diskFull(error.logDescription) }
        if let code = StoreError.diskFullDescription(error) { return .diskFull(code) }
        if let error = error as? FileError { return .store(error.logDescription, FailureCode(of: error)) }
        return .store("\(error)", FailureCode(of: error))
    }

    // MARK: One drop

    private func loadOne(
        _ item: Item, _ load: SilverLoad, seen: [ContentHash: Int64], limits: BronzeReader.Limits, startedAt: Instant
    ) throws -> DropOutcome {
        let entry = item.entry
        // Only a file of the same size can have the same content; then hashing first saves the load.
        if let claimed = item.claimed, try store.hasLoadedDrop(bytes: entry.bytes, category: entry.category) {
            do throws(DropReadError) {
                let hash = try DropReader.hash(claimed, in: folders)
                if let original = try known(hash, entry.category, seen) { return .duplicate(of: original, hash: hash) }
            } catch {
                return try outcome(of: error)
            }
        }
        let rejects = try quarantine.rejectWriter(
            dropID: entry.id, name: item.claimed?.name ?? FileName(entry.file) ?? .unnamed)
        var rejectCounts: [RejectKey: Int] = [:]
        var writeError: FileError?
        load.beginDrop(entry.id, latestDay: entry.clockDay.advanced(by: 1))
        var reader = BronzeReader(category: entry.category, limits: limits)
        board.update {
            $0.progress = LoadProgress(
                dropID: entry.id, category: entry.category, file: entry.file, bytesDone: 0,
                bytesTotal: Int(entry.bytes), rows: 0, startedAt: startedAt, phase: .read)
        }
        let feed = feed(item)
        var rows = 0
        func abandon() {
            feed.close()
            load.abandonDrop()
            rejects.discard()
        }
        do {
            while true {
                let block = try feed.next()
                reader.begin(block.batch, dataStart: BronzeReader.headroom, isLast: block.isLast)
                while try reader.nextRows(block.batch) {
                    rows += block.batch.rowCount + block.batch.rejects.count
                    load.load(block.batch) { reject in
                        rejectCounts[RejectKey(column: reject.column ?? "", code: reject.reason.code), default: 0] += 1
                        do throws(FileError) {
                            if writeError == nil { try rejects.append(reject) }
                        } catch {
                            writeError = error
                        }
                    }
                    if load.hasTooMuchText { throw DropRefusal.tooMuchText(limit: load.textBytesMax) }
                }
                if let writeError { throw writeError }
                let (done, count) = (block.storedPosition, rows)
                board.update {
                    $0.progress?.bytesDone = done
                    $0.progress?.rows = count
                }
                feed.giveBack(block)
                if block.isLast { break }
            }
            try reader.finish()
        } catch let refusal as DropRefusal {
            abandon()
            // The rest is read for its hash alone, so that the same content is recognised when it comes again.
            let hash = item.claimed.flatMap { try? DropReader.hash($0, in: folders) }
            return .refused(Refusal(code: refusal.code, text: refusal.description), hash: hash)
        } catch let error as DropReadError {
            abandon()
            return try outcome(of: error)
        } catch {
            abandon()
            throw error
        }
        feed.close()
        guard let hash = feed.sha256 else {
            load.abandonDrop()
            rejects.discard()
            throw StoreError(code: 1, message: "the content of a drop could not be hashed")
        }
        if item.claimed != nil, let original = try known(hash, entry.category, seen) {
            load.abandonDrop()
            rejects.discard()
            return .duplicate(of: original, hash: hash)
        }
        load.endDrop()
        return .loaded(
            Loaded(item: item, hash: hash, rejects: rejects, rejectCounts: rejectCounts, hasRows: rows > 0))
    }

    private func feed(_ item: Item) -> DropFeed {
        let folders = folders
        let archive = archive
        if let claimed = item.claimed {
            return DropFeed(batches, queue: readQueue) { () throws(DropReadError) in
                try DropReader(claimed, in: folders)
            }
        }
        let hash = item.entry.sha256.flatMap { ContentHash($0) }
        return DropFeed(batches, queue: readQueue) { () throws(DropReadError) in
            do throws(ArchiveError) {
                guard let hash else {
                    throw ArchiveError.missing(ContentHash(of: UnsafeRawBufferPointer(start: nil, count: 0)))
                }
                return try archive.openOriginal(hash, output: .content)
            } catch {
                throw DropReadError.file(FileError(.missing, "open the original", path: "bronze", detail: "\(error)"))
            }
        }
    }

    private func known(
        _ hash: ContentHash, _ category: Category, _ seen: [ContentHash: Int64]
    ) throws(DropReadError) -> Int64? {
        if let id = seen[hash] { return id }
        do {
            return try store.loadedDrop(sha256: hash.description, category: category)
        } catch {
            // The ledger cannot be read: loading will say so with more to go on.
            return nil
        }
    }

    private func outcome(of error: DropReadError) throws -> DropOutcome {
        switch error {
        case .changedWhileReading: return .putBack
        case .file(let fileError): throw fileError
        case .truncated, .damaged, .notARegularFile:
            return .refused(Refusal(code: error.code, text: error.logDescription), hash: nil)
        }
    }

    // MARK: The group

    private func commit(
        _ load: SilverLoad, category: Category, _ loaded: [Loaded], _ state: SilverState, startedAt: Instant,
        now: () -> Instant, stored: () -> Void
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
        // Rejected rows are on the disk before the ledger counts them.
        for drop in loaded { try drop.rejects.commit() }
        let delta = try store.commit(load, category: category, drops: drops, loadedAt: now().rawValue)
        state.adopt(delta)
        stored()
        for drop in loaded {
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
    private func settle(_ item: Item, _ outcome: DropOutcome, at now: Instant) throws {
        let entry = item.entry
        switch outcome {
        case .loaded: break
        case .duplicate(let original, let hash):
            try store.markDuplicate(entry.id, of: original, sha256: hash.description, rows: nil, at: now)
            if let claimed = item.claimed {
                try archive.admit(claimed, sha256: hash, ending: FileEnding.of(entry.file))
            }
            emit(.dropDuplicate(id: entry.id, category: entry.category, original: original))
        case .refused(let refusal, let hash):
            try store.refuse(entry.id, sha256: hash?.description, reason: refusal.text, at: now)
            if let claimed = item.claimed {
                try quarantine.refuse(claimed, refusal, dropID: entry.id, sha256: hash, at: now)
            }
            emit(.dropRefused(id: entry.id, category: entry.category, bytes: entry.bytes, code: refusal.code))
        case .putBack:
            guard let claimed = item.claimed else { return }
            if putBack(claimed) {
                try store.forget(entry.id)
                emit(.dropPutBack(id: entry.id, category: entry.category))
            } else {
                // The name is taken again: the drop waits among the claimed ones and is tried again.
                try store.setState(.queued, of: [entry.id])
            }
        }
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

extension DropRefusal {
    /// Short and stable, for counting and logs.
    var code: String {
        switch self {
        case .empty: "empty"
        case .headerTooLong: "header_too_long"
        case .headerNotText: "header_not_text"
        case .missingColumns, .missingKeys: "missing_columns"
        case .repeatedColumn: "repeated_column"
        case .notJSON: "not_json"
        case .tooMuchText: "too_much_text"
        }
    }
}
