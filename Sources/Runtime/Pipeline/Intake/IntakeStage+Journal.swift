import Inbox
import Records
import Silver
import Store

/// Ledger and journal of loads say the same of every load. Here they are brought together at a start, and compared.
extension IntakeStage {
    /// Does so, or waits with it until the disk has room.
    func alignJournalOrWait(rebuilds: Bool) throws {
        do {
            try alignJournal(rebuilds: rebuilds)
            isJournalDue = false
        } catch {
            guard !rebuilds, let text = fullDisk(error) else { throw error }
            diskIsFull(text)
        }
    }

    /// Looks at both before anything is read or loaded.
    /// - Parameter rebuilds: a rebuild follows, which makes the one from the other.
    /// - Throws: ``StateProblem`` when there are originals that nothing is known of.
    private func alignJournal(rebuilds: Bool) throws {
        let note = try places.store.note(SilverStore.journalNote)
        let noted = note.flatMap { LoadJournal.Position($0) }
        if note != nil, noted == nil {
            try noteJournalAnew()
            return
        }
        if let noted {
            if let ahead = try places.journal.read(from: noted) {
                try catchUp(with: ahead, from: noted)
                return
            }
            try rewriteJournal("it does not hold the \(noted.lines) loads that the ledger knows")
            return
        }
        let records = try places.store.loadRecords()
        let whole = try places.journal.read()
        if records.isEmpty {
            try beginJournal(whole, rebuilds: rebuilds)
        } else {
            // Loads from before there was a journal; or the first writing of it was cut short before it was noted.
            try adoptJournal(try places.journal.write(records).end)
        }
    }

    /// The ledger has noted something else than a place in the journal. Where both say the same of every load, the place is
    /// noted anew; where the journal is damaged, too, and what is whole of it says what the ledger says, it is written anew.
    private func noteJournalAnew() throws {
        let records = try places.store.loadRecords()
        let detail = "the place in the journal that aura.db has noted is not what was written"
        let found = try places.journal.read()
        guard let whole = found, whole.damagedLine == nil else {
            try agree(records, with: found, detail)
            return try rewriteJournal(detail)
        }
        if let difference = journalDifference(records, whole.records) {
            throw StateProblem.journalDiffers("\(detail), and \(difference)")
        }
        try adoptJournal(whole.end)
        board.raise(
            "journal_note_damaged",
            "\(detail): ledger and journal agree on all \(records.count) loads, and it has been "
                + "noted anew", at: now())
    }

    /// Every line of a damaged journal that is whole is a load that the ledger knows just so.
    private func agree(_ records: [LoadRecord], with journal: LoadJournal.Content?, _ detail: String) throws {
        let known = Dictionary(records.map { ($0.order, $0) }, uniquingKeysWith: { first, _ in first })
        for line in (journal?.records ?? []).compactMap({ $0 }) + (journal?.recordsAfterDamage ?? []) {
            guard let record = known[line.order] else {
                throw StateProblem.journalDiffers(
                    "\(detail), and load \(line.order) of the journal is not in the ledger")
            }
            if let difference = journalDifference([record], [line]) {
                throw StateProblem.journalDiffers("\(detail), and \(difference)")
            }
        }
    }

    private func adoptJournal(_ position: LoadJournal.Position) throws {
        try places.store.setNote(SilverStore.journalNote, position.description)
        try places.journal.open(at: position)
    }

    /// A ledger without a load: a new state directory, or one that has lost its ledger.
    private func beginJournal(_ whole: LoadJournal.Content?, rebuilds: Bool) throws {
        let originals = places.archive.hashes.count
        let lines = whole?.records.count ?? 0
        // The very first load was cut short between journal and ledger, or there was none.
        let isFirst =
            if let whole, lines > 0 { try whole.damagedLine == nil && areWaiting(whole.records) } else { false }
        if isFirst || (originals == 0 && lines == 0 && whole?.damagedLine == nil) {
            try adoptJournal(LoadJournal.Position.start)
            return
        }
        if rebuilds { return }
        throw StateProblem.ledgerLost(
            database: places.store.path, originals: max(originals, Set(whole?.records ?? []).count), journal: lines)
    }

    /// Whether loads of the journal that the ledger does not call loaded are still among the claimed files, as a crash
    /// between the two leaves them. They are loaded like any other then, and their lines written anew.
    private func areWaiting(_ records: [LoadRecord?]) throws -> Bool {
        let claimed = Set(try places.claims.claimedSequences())
        for record in records {
            guard let record, claimed.contains(record.drop),
                let entry = try places.store.drop(record.drop), [.queued, .loading].contains(entry.state)
            else { return false }
        }
        return true
    }

    /// The journal goes on behind what the ledger has noted.
    private func catchUp(with ahead: LoadJournal.Content, from noted: LoadJournal.Position) throws {
        if try ahead.records.isEmpty || areWaiting(ahead.records) {
            // What is damaged behind the end is kept and written anew with the rest, see ``mendJournal()``.
            if ahead.damagedLine == nil { try places.journal.open(at: noted) }
            return
        }
        // An older ledger was put back: the journal knows which loads came after it.
        if ahead.damagedLine == nil { try places.journal.open(at: ahead.end) }
        for (record, end) in zip(ahead.records, ahead.ends) {
            if let record { aheadRecords.append((record, end)) }
        }
    }

    /// Reads the journal whole and, where it is damaged, writes it anew from the ledger, which knows the same.
    func mendJournal() throws {
        // What the journal alone knows is loaded first.
        guard aheadRecords.isEmpty, let line = try places.journal.read()?.damagedLine else { return }
        try rewriteJournal("line \(line) is damaged")
    }

    /// Before lines are added: they are not to be added to nothing, or to something else.
    func keepJournalInPlace() throws {
        guard try !places.journal.isInPlace() else { return }
        try rewriteJournal("it was taken away or exchanged while the daemon ran")
    }

    /// What stands in the file is not what the ledger knows: it is kept under another name and written anew.
    func rewriteJournal(_ detail: String) throws {
        try adoptJournal(try writeJournal(try places.store.loadRecords(), detail))
    }

    /// - Returns: where it ends.
    func writeJournal(_ records: [LoadRecord], _ detail: String) throws -> LoadJournal.Position {
        let former = try places.journal.read()
        // The ledger does not have the settings of the first load; whole lines of the former journal do.
        var known: [Int64: LoadRecord] = [:]
        for record in (former?.records ?? []).compactMap({ $0 }) + (former?.recordsAfterDamage ?? []) {
            known[record.order] = record
        }
        let completed = records.map { record in
            guard let line = known[record.order], line.drop == record.drop, line.sha256 == record.sha256 else {
                return record
            }
            var record = record
            (record.settings, record.mapping) = (line.settings, line.mapping)
            record.deliveredBy = record.deliveredBy ?? line.deliveredBy
            return record
        }
        let (end, kept) = try places.journal.write(completed)
        emit(kept == nil ? .journalMissing : .journalDamaged)
        board.raise(
            "journal_damaged",
            kept.map {
                "bronze/journal.ndjson was damaged (\(detail)) and has been written anew from the ledger; the damaged "
                    + "file is kept beside it as \($0), and may be removed when nobody wants to look at it"
            } ?? "bronze/journal.ndjson was missing and has been written anew from the ledger", at: now())
        return end
    }

    /// Enters what the journal has and the ledger lacks, with what the journal says of it.
    func enterAhead() throws {
        if !aheadRecords.isEmpty { try places.store.enter(aheadRecords.map(\.record)) }
    }

    /// Loads it, in the journal's order, before anything else is loaded.
    func loadAhead() throws {
        while let first = aheadRecords.first?.record {
            let group = aheadRecords.prefix { $0.record.category == first.category }.prefix(IntakeStage.claimedMax)
            var items: [DropLoader.Item] = []
            for (record, _) in group {
                guard let hash = ContentHash(record.sha256), let entry = try places.store.drop(record.drop) else {
                    throw LoadFailure(text: "drop \(record.drop) of the journal of loads could not be entered")
                }
                guard claimed[record.drop] != nil || places.archive.contains(hash) else {
                    throw StateProblem.originalsDamaged(
                        "the original of drop \(record.drop), SHA-256 \(record.sha256), which the journal of loads "
                            + "names and the ledger lacks, is missing")
                }
                items.append(DropLoader.Item(entry: entry, claimed: claimed[record.drop]))
            }
            let known = Dictionary(
                uniqueKeysWithValues: group.map { ($0.record.drop, ($0.record, $0.end.description)) })
            let count = try loadAgain(items, into: core.state, loader: loader, kind: .caughtUp(known))
            for item in items.prefix(count) { claimed[item.entry.id] = nil }
            aheadRecords.removeFirst(count)
            core.isStale = true
        }
    }

    /// Loads drops that have been loaded before; whatever keeps one from it ends the whole.
    /// - Returns: how many of them were loaded: the first ones, when the group was large enough without the others.
    func loadAgain(
        _ items: [DropLoader.Item], into state: SilverState, loader: DropLoader, kind: LoadKind
    ) throws -> Int {
        do throws(DropLoader.Failure) {
            return items.count
                - (try loader.load(items, into: state, settings: settings, kind: kind, now: now)).untouched.count
        } catch {
            switch error {
            case .diskFull(let text): throw DiskFull(description: text)
            case .store(let text, let code, _), .unreadable(_, let text, let code):
                throw LoadFailure(text: text, code: code)
            case .notLoadable(let problem): throw problem
            case .stopped, .cancelled: throw PipelineStopped()
            }
        }
    }

    /// How the ledger's loads and the journal's differ; nil when they are the same.
    func journalDifference(_ records: [LoadRecord], _ journal: some Collection<LoadRecord?>) -> String? {
        if records.count != journal.count {
            return "the ledger has \(records.count) loads, the journal \(journal.count)"
        }
        for (ledger, line) in zip(records, journal) {
            guard var line else { continue }
            // Not in the ledger.
            (line.settings, line.mapping) = (nil, nil)
            if line != ledger {
                return "load \(ledger.order) is drop \(ledger.drop), SHA-256 \(ledger.sha256), in the ledger and drop "
                    + "\(line.drop), SHA-256 \(line.sha256), in the journal"
                    + (ledger.drop == line.drop && ledger.sha256 == line.sha256 ? " (name, size or time differ)" : "")
            }
        }
        return nil
    }
}
