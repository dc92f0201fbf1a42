import Inbox
import Records
import Silver
import Store

/// Deriving silver anew from the originals.
extension IntakeStage {
    private static let rebuildNote = "rebuild"

    /// Whether silver is what an interrupted rebuild of an older version has left, which emptied it first.
    func isRebuildCutShort() throws -> Bool {
        switch try places.store.note(IntakeStage.rebuildNote) {
        case nil, "done": false
        case "under way": true
        default:
            throw StateProblem.databaseDamaged(
                path: places.store.path, detail: "note rebuild in table meta is not what was written")
        }
    }

    /// Loads every original again, in the order of the first loads, into a database beside the one in force, and puts it
    /// in its place when it is whole. Until then nothing is changed, whatever ends the rebuild.
    func rebuild() throws {
        let (origin, records) = try rebuildPlan()
        try checkOriginals(records)
        if case .journal = origin { try checkJournalNamesAll(records) }
        let interrupt = interrupt
        // Looked at before it is given up: one that is not sound is kept, in case somebody wants to know what happened.
        let problem = try places.store.wholeProblem { interrupt.isStopping }
        try core.checkStop()
        do {
            let successor = try places.store.makeSuccessor(origin)
            let derived = SilverState()
            try derive(records, into: derived, successor)
            let problems = try successor.integrityProblems()
            guard problems.isEmpty else {
                throw LoadFailure(text: "the rebuilt database is not sound: \(problems.joined(separator: "; "))")
            }
            let otherwise = try loadsUnderOtherSettings(records)
            try successor.setNote(
                IntakeStage.otherSettingsNote, otherwise > 0 ? "\(otherwise) \(records.count)" : "")
            try noteJournal(origin, records, in: successor)
            try successor.setNote(IntakeStage.rebuildNote, "done")
            if let kept = places.keptDatabase { try successor.copyAudit(from: kept) }
            let kept = try places.store.replace(with: successor, settingAside: problem != nil)
            tellKeptDatabase(kept ?? places.keptDatabase)
            core.state = derived
            try tellOtherSettings(consuming: false)
        } catch {
            try? places.store.removeSuccessor()
            guard fullDisk(error) != nil else { throw error }
            throw FileError(
                .noSpace, "write \(places.store.path).next", path: "\(places.store.path).next",
                detail: "the disk is full; a rebuild needs room for a second aura.db, and nothing was changed")
        }
    }

    private static let otherSettingsNote = "rebuilt under other settings"

    /// How many loads were made under settings that decide otherwise which rows are accepted.
    private func loadsUnderOtherSettings(_ records: [LoadRecord]) throws -> Int {
        guard let fingerprint = settings.fingerprint, let journal = try places.journal.read() else { return 0 }
        let loads = Set(records.map(\.order))
        return (journal.records.compactMap { $0 } + journal.recordsAfterDamage)
            .count { loads.contains($0.order) && $0.settings != nil && $0.settings != fingerprint }
    }

    /// Says that rows were decided by other settings than at first: by the daemon that did so, and by the next one,
    /// because a rebuild may end without serving.
    /// - Parameter consuming: this is the next one.
    func tellOtherSettings(consuming: Bool) throws {
        guard let parts = try places.store.note(IntakeStage.otherSettingsNote)?.split(separator: " "), parts.count == 2
        else { return }
        board.raise(
            "rebuilt_under_other_settings",
            "the rebuild has decided by the configuration in force which rows are accepted, and \(parts[0]) of "
                + "\(parts[1]) loads were first made under another one (currencies, validation, earliest day, longest "
                + "row): counts and figures may differ from before. To have the former ones, put the former "
                + "configuration back and run aurad --rebuild again", at: now())
        if consuming { try places.store.setNote(IntakeStage.otherSettingsNote, "") }
    }

    private func tellKeptDatabase(_ kept: String?) {
        guard let kept else { return }
        board.raise(
            "database_set_aside",
            "aura.db was damaged and has been made anew; the damaged file is kept as \(kept), and may be removed when "
                + "nobody wants to look at it", at: now())
    }

    /// Ledger and journal are brought together again, whichever of them is the one to go by.
    private func noteJournal(
        _ origin: SilverStore.LedgerOrigin, _ records: [LoadRecord], in successor: SilverStore
    ) throws {
        guard let whole = try places.journal.read() else { return }
        if let line = whole.damagedLine {
            let end = try writeJournal(records, "line \(line) is damaged")
            try successor.setNote(SilverStore.journalNote, end.description)
        } else if case .journal = origin {
            try successor.setNote(SilverStore.journalNote, whole.end.description)
            try places.journal.open(at: whole.end)
        }
    }

    /// Which loads are to be made again: those of the ledger, or of the journal where there is no whole ledger.
    private func rebuildPlan() throws -> (SilverStore.LedgerOrigin, [LoadRecord]) {
        let whole = try places.journal.read()
        if places.store.ledgerProblems().isEmpty {
            let ledger = try places.store.loadRecords()
            if !ledger.isEmpty {
                // What the journal has beyond an older ledger is loaded after the rebuild.
                if let whole, whole.damagedLine == nil,
                    let difference = journalDifference(ledger, whole.records.dropLast(aheadRecords.count))
                {
                    throw StateProblem.journalDiffers(difference)
                }
                return (.ledger, ledger)
            }
        }
        guard let whole else { throw StateProblem.journalUnusable("bronze has no journal of loads") }
        let named = whole.records.compactMap { $0 }
        guard named.count == whole.records.count else {
            throw StateProblem.journalUnusable("loads of bronze/journal.ndjson have been taken away")
        }
        let records = named + whole.recordsAfterDamage
        guard !records.isEmpty else {
            throw StateProblem.journalUnusable("bronze/journal.ndjson has no whole line")
        }
        guard zip(records, records.dropFirst()).allSatisfy({ $0.order < $1.order }),
            Set(records.map(\.drop)).count == records.count
        else {
            let line = whole.damagedLine ?? whole.end.lines
            throw StateProblem.journalUnusable(
                "bronze/journal.ndjson is damaged in line \(line), and names loads twice or in another order")
        }
        return (.journal(records), records)
    }

    /// A journal that is all there is to go by may have lost a line. Its original tells: nothing that was taken in once
    /// is left out without a word.
    private func checkJournalNamesAll(_ records: [LoadRecord]) throws {
        let content = try places.journal.read()
        let damage =
            content?.damagedLine.map { "line \($0) of it is damaged" }
            ?? (content?.tornBytes ?? 0 > 0 ? "its last line is cut off" : nil)
        let named = Set(records.compactMap { ContentHash($0.sha256) })
        let unnamed = places.archive.hashes.subtracting(named).sorted()
        guard unnamed.isEmpty else {
            throw StateProblem.originalsUnexplained(
                unnamed.enumerated().map { index, hash in
                    let isNamed = index < UnexplainedOriginal.namedMax
                    return UnexplainedOriginal(
                        sha256: hash.description,
                        categories: isNamed ? OriginalKind.categories(of: hash, in: places.archive) : [])
                }, journal: damage)
        }
        guard let damage else { return }
        let orders = Set(records.map(\.order))
        let missing = (1...max(1, orders.max() ?? 1)).filter { !orders.contains($0) }.map(String.init)
        board.raise(
            "loads_left_out",
            "aura.db was made anew from bronze/journal.ndjson, and \(damage): "
                + (missing.isEmpty
                    ? "whatever it was about has left no original, and is to be handed in again"
                    : "load \(missing.joined(separator: ", ")) is not in the figures; hand in again whatever is missing"),
            at: now())
    }

    /// Nothing is taken away from silver that cannot be derived again.
    private func checkOriginals(_ records: [LoadRecord]) throws {
        var byHash: [String: LoadRecord] = [:]
        var originals: [KeptOriginal] = []
        for record in records where byHash.updateValue(record, forKey: record.sha256) == nil {
            originals.append(KeptOriginal(drop: record.drop, sha256: record.sha256, bytes: record.bytes))
        }
        let report: OriginalsReport
        do throws(FileError) {
            report = try OriginalsCheck(archive: places.archive).run(
                originals, share: .whole, shouldStop: { interrupt.isStopping },
                found: { original, report in
                    if let record = byHash[original.sha256] { show(record, report) }
                })
        } catch {
            throw LoadFailure(text: error.logDescription)
        }
        board.update { $0.progress = nil }
        try core.checkStop()
        for finding in report.damaged { emit(.originalDamaged(drop: finding.drop, sha256: finding.sha256)) }
        for finding in report.missing { emit(.originalMissing(drop: finding.drop, sha256: finding.sha256)) }
        guard report.lost.isEmpty else {
            var lost = report
            lost.unknown = []
            throw StateProblem.originalsDamaged(
                lost.problem ?? "",
                files: lost.lost.compactMap { finding in
                    byHash[finding.sha256].map {
                        "bronze/\(finding.sha256).\($0.ending) was delivered as \($0.file) (\($0.category.rawValue))"
                    }
                })
        }
    }

    /// A start that checks originals gets on, and whoever waits for it is told.
    private func show(_ record: LoadRecord, _ report: OriginalsReport) {
        board.update {
            $0.progress = LoadProgress(
                dropID: record.drop, category: record.category, file: record.file, bytesDone: Int(record.bytes),
                bytesTotal: Int(record.bytes), rows: report.checked, startedAt: now(), phase: .verify)
        }
    }

    private func derive(_ records: [LoadRecord], into derived: SilverState, _ successor: SilverStore) throws {
        let loader = makeLoader(successor)
        var start = 0
        while start < records.count {
            let group = records[start...].prefix { $0.category == records[start].category }
                .prefix(IntakeStage.claimedMax)
            var items: [DropLoader.Item] = []
            for record in group {
                guard let entry = try successor.drop(record.drop) else {
                    throw LoadFailure(text: "drop \(record.drop) is not in the new ledger")
                }
                items.append(DropLoader.Item(entry: entry, claimed: nil))
            }
            start += try loadAgain(items, into: derived, loader: loader, kind: .again)
            while try successor.compact(derived, rowsMax: IntakeStage.compactedRowsMax) { try core.checkStop() }
        }
    }
}
