import Inbox
import Records
import Silver
import Store

/// Ledger and journal of loads say the same of every load. Here they are brought together at a start, and compared.
extension PipelineCore {
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
        let noted = try places.store.note(SilverStore.journalNote).flatMap { LoadJournal.Position($0) }
        if let noted {
            if let ahead = try places.journal.read(from: noted) {
                try catchUp(with: ahead, from: noted)
                return
            }
            try rewriteJournal(noted: noted)
            return
        }
        let records = try places.store.loadRecords()
        let whole = try places.journal.read()
        if records.isEmpty {
            try beginJournal(whole, rebuilds: rebuilds)
        } else {
            // Loads from before there was a journal; or the first writing of it was cut short before it was noted.
            try adoptJournal(try places.journal.write(records))
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
        if let line = ahead.damagedLine {
            journalIsDamaged("line \(line) is damaged")
            try rewriteJournal(noted: noted)
            return
        }
        if try ahead.records.isEmpty || areWaiting(ahead.records) {
            try places.journal.open(at: noted)
            return
        }
        // An older ledger was put back: the journal knows which loads came after it.
        try places.journal.open(at: ahead.end)
        for (record, end) in zip(ahead.records, ahead.ends) {
            if let record { aheadRecords.append((record, end)) }
        }
    }

    /// What stands in the file is not what the ledger has noted: it is kept under another name and written anew.
    private func rewriteJournal(noted: LoadJournal.Position) throws {
        journalIsDamaged("it does not hold the \(noted.lines) loads that the ledger knows")
        try adoptJournal(try places.journal.write(try places.store.loadRecords()))
    }

    func journalIsDamaged(_ detail: String) {
        emit(.journalDamaged)
        board.raise(
            "journal_damaged",
            "bronze/journal.ndjson was damaged (\(detail)) and has been written anew from the ledger; the damaged file is "
                + "kept beside it as journal.damaged-N.ndjson", at: now())
    }

    /// Enters what the journal has and the ledger lacks, with what the journal says of it.
    func enterAhead() throws {
        if !aheadRecords.isEmpty { try places.store.enter(aheadRecords.map(\.record)) }
    }

    /// Loads it, in the journal's order, before anything else is loaded.
    func loadAhead() throws {
        while let first = aheadRecords.first?.record {
            let group = aheadRecords.prefix { $0.record.category == first.category }.prefix(PipelineCore.claimedMax)
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
            let count = try loadAgain(items, into: state, loader: loader, kind: .caughtUp(known))
            for item in items.prefix(count) { claimed[item.entry.id] = nil }
            aheadRecords.removeFirst(count)
            isStale = true
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
