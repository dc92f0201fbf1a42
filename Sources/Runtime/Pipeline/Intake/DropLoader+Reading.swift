import Bronze
import Inbox
import Records
import Silver
import Store
import Words

extension DropLoader {
    /// What reading one drop of a group goes by.
    struct ReadContext {
        var group: Set<Int64>
        /// Those of the group that have been read.
        var loaded: Set<Int64>
        var limits: BronzeReader.Limits
        var startedAt: Instant
    }

    /// Looked at between blocks.
    /// - Returns: whether the drop that is being read was cancelled.
    private func isCancelled(_ id: Int64, _ context: ReadContext) throws -> Bool {
        if interrupt.isStopping { throw PipelineStopped() }
        guard interrupt.hasCancelled else { return false }
        settleCancelled(context.group)
        // What has been read cannot be taken out again: the group is loaded anew without it.
        if !interrupt.cancelledDrops.isDisjoint(with: context.loaded) { throw CancelledTooLate() }
        return interrupt.isCancelled(id)
    }

    /// Reads a drop into a load.
    func loadOne(
        _ item: Item, _ load: SilverLoad, seen: [ContentHash: Int64], _ context: ReadContext
    ) throws -> DropOutcome {
        let entry = item.entry
        if try isCancelled(entry.id, context) { return .refused(.cancelled, hash: nil) }
        // Only a file of the same size can have the same content; then hashing first saves the load.
        if let claimed = item.claimed, try store.hasLoadedDrop(bytes: entry.bytes, category: entry.category) {
            do throws(DropReadError) {
                let hash = try DropReader.hash(claimed, in: folders, isInterrupted: isInterrupted(entry.id))
                if let original = known(hash, entry.category, seen) { return .duplicate(of: original, hash: hash) }
            } catch {
                return try outcome(of: error, item, context)
            }
        }
        var evidence: AmountEvidence?
        while true {
            let reading = Reading(
                feed: feed(item),
                rejects: try quarantine.rejectWriter(
                    dropID: entry.id, name: item.name,
                    limits: RejectWriter.Limits(fileBytes: Int(entry.bytes))))
            load.beginDrop(entry.id, latestDay: entry.clockDay.advanced(by: 1), amountEvidence: evidence)
            func abandon() {
                load.abandonDrop()
                reading.rejects.discard()
            }
            do {
                // Once, whatever comes of it.
                defer { reading.feed.close() }
                guard try read(item, load, reading, context) else {
                    abandon()
                    return .refused(.cancelled, hash: nil)
                }
            } catch let refusal as DropRefusal {
                abandon()
                return try refused(item, Refusal(code: refusal.code, text: refusal.description), context)
            } catch let excess as LoadExcess {
                abandon()
                return try refused(item, Refusal(code: excess.code, text: excess.description), context)
            } catch let error as DropReadError {
                abandon()
                return try outcome(of: error, item, context)
            } catch {
                abandon()
                throw error
            }
            guard let hash = reading.feed.sha256 else {
                abandon()
                throw StoreError(code: 1, message: "the content of a drop could not be hashed")
            }
            if item.claimed != nil, let original = known(hash, entry.category, seen) {
                abandon()
                return .duplicate(of: original, hash: hash)
            }
            evidence = load.evidenceForAnotherReading
            if evidence != nil {
                abandon()
                continue
            }
            load.endDrop()
            return .loaded(
                Loaded(
                    item: item, hash: hash, rejects: reading.rejects, rejectCounts: reading.rejectCounts,
                    hasRows: reading.rows > 0))
        }
    }

    /// One reading of a drop, with what comes of it.
    private final class Reading {
        let feed: DropFeed
        let rejects: RejectWriter
        var rejectCounts: [RejectKey: Int] = [:]
        var rows = 0

        init(feed: DropFeed, rejects: RejectWriter) {
            self.feed = feed
            self.rejects = rejects
        }
    }

    /// Reads a drop to its end.
    /// - Returns: false when it was cancelled meanwhile.
    private func read(_ item: Item, _ load: SilverLoad, _ reading: Reading, _ context: ReadContext) throws -> Bool {
        let entry = item.entry
        var writeError: FileError?
        var reader = BronzeReader(category: entry.category, limits: context.limits)
        board.update {
            $0.progress = LoadProgress(
                dropID: entry.id, category: entry.category, file: entry.file, bytesDone: 0,
                bytesTotal: Int(entry.bytes), rows: 0, startedAt: context.startedAt, phase: .read)
        }
        while true {
            if try isCancelled(entry.id, context) { return false }
            let block = try reading.feed.next()
            reader.begin(block.batch, dataStart: BronzeReader.headroom, isLast: block.isLast)
            while try reader.nextRows(block.batch) {
                reading.rows += block.batch.rowCount + block.batch.rejects.count
                load.load(block.batch) { reject in
                    let key = RejectKey(column: reject.column ?? "", code: reject.reason.code)
                    reading.rejectCounts[key, default: 0] += 1
                    do throws(FileError) {
                        if writeError == nil { try reading.rejects.append(reject) }
                    } catch {
                        writeError = error
                    }
                }
                if let excess = load.excess { throw excess }
            }
            if let writeError { throw writeError }
            let (done, count) = (block.storedPosition, reading.rows)
            board.update {
                $0.progress?.bytesDone = done
                $0.progress?.rows = count
            }
            reading.feed.giveBack(block)
            if block.isLast { break }
        }
        try reader.finish()
        try reading.rejects.seal()
        return true
    }

    /// Puts what was noticed of the rows of drops beside their rejected rows.
    func writeRemarks(_ remarks: [Int64: DropRemarks], _ loaded: [Loaded], _ kind: LoadKind) throws {
        var writers: [RejectWriter] = []
        for drop in loaded {
            let found = remarks[drop.item.entry.id] ?? DropRemarks()
            // A list of an earlier load goes where there is nothing to list now.
            if found.isEmpty, kind.isFirst { continue }
            let writer = try quarantine.rejectWriter(dropID: drop.item.entry.id, name: drop.item.name, list: .remarks)
            for row in found.rows { try writer.append(row) }
            try writer.seal()
            writers.append(writer)
        }
        if !writers.isEmpty { try quarantine.commit(writers) }
    }

    /// The end of a drop that is refused half-way: the rest is read for its hash alone, so that the same content is
    /// recognised when it comes again.
    private func refused(_ item: Item, _ refusal: Refusal, _ context: ReadContext) throws -> DropOutcome {
        let hash = item.claimed.flatMap {
            try? DropReader.hash($0, in: folders, isInterrupted: isInterrupted(item.entry.id))
        }
        if try isCancelled(item.entry.id, context) { return .refused(.cancelled, hash: nil) }
        return .refused(refusal, hash: hash)
    }

    /// For whoever reads a drop without coming back between blocks.
    private func isInterrupted(_ id: Int64) -> @Sendable () -> Bool {
        let interrupt = interrupt
        return { interrupt.isStopping || interrupt.isCancelled(id) }
    }

    private func feed(_ item: Item) -> DropFeed {
        let folders = folders
        let archive = archive
        let isInterrupted = isInterrupted(item.entry.id)
        if let claimed = item.claimed {
            return DropFeed(batches, queue: readQueue) { () throws(DropReadError) in
                let reader = try DropReader(claimed, in: folders)
                reader.interrupt(when: isInterrupted)
                return reader
            }
        }
        let hash = item.entry.sha256.flatMap { ContentHash($0) }
        return DropFeed(batches, queue: readQueue) { () throws(DropReadError) in
            do throws(ArchiveError) {
                guard let hash else {
                    throw ArchiveError.missing(ContentHash(of: UnsafeRawBufferPointer(start: nil, count: 0)))
                }
                let reader = try archive.openOriginal(hash, output: .content)
                reader.interrupt(when: isInterrupted)
                return reader
            } catch {
                throw DropReadError.file(FileError(.missing, "open the original", path: "bronze", detail: "\(error)"))
            }
        }
    }

    private func known(_ hash: ContentHash, _ category: Category, _ seen: [ContentHash: Int64]) -> Int64? {
        if let id = seen[hash] { return id }
        // When the ledger cannot be read, loading will say so with more to go on.
        return (try? store.loadedDrop(sha256: hash.description, category: category)) ?? nil
    }

    private func outcome(of error: DropReadError, _ item: Item, _ context: ReadContext) throws -> DropOutcome {
        switch error {
        case .changedWhileReading: return .putBack
        case .interrupted:
            if try isCancelled(item.entry.id, context) { return .refused(.cancelled, hash: nil) }
            throw CancelledTooLate()
        case .file(let fileError):
            // In a rebuild it is the archive that cannot be read, and nothing can do without it.
            guard item.claimed != nil else { throw fileError }
            if fileError.code == .missing { return .gone }
            if fileError.code == .outOfResources { throw fileError }
            throw UnreadableDrop(
                id: item.entry.id, text: fileError.logDescription, code: FailureCode(of: fileError))
        case .truncated, .damaged, .unpacksTooFar, .notARegularFile:
            return .refused(Refusal(code: error.code, text: error.logDescription), hash: nil)
        }
    }
}

extension DropLoader.Item {
    /// The name that lists of its rows go by.
    var name: FileName { claimed?.name ?? FileName(entry.file) ?? .unnamed }
}

extension DropRemarks {
    /// In the order of their lines.
    fileprivate var rows: [RejectedRow] {
        let one = listed.map { remark in
            RejectedRow(
                line: remark.line ?? 0, column: remark.column, code: remark.kind.rawValue, reason: remark.kind.text,
                raw: [])
        }
        let others = more.map { key, stretch in
            RejectedRow(
                line: stretch.first, column: key.column, code: key.kind.rawValue, reason: key.kind.text, raw: [],
                lastLine: stretch.last, rows: stretch.rows)
        }
        func precedes(_ one: RejectedRow, _ other: RejectedRow) -> Bool {
            (one.line, one.code, one.column ?? "") < (other.line, other.code, other.column ?? "")
        }
        return one.sorted(by: precedes) + others.sorted(by: precedes)
    }
}
