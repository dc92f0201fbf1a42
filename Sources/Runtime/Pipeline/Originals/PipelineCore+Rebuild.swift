import Inbox
import Records
import Silver
import Store

/// Deriving silver anew from the originals.
extension PipelineCore {
    private static let rebuildNote = "rebuild"

    /// Whether silver is what an interrupted rebuild of an older version has left, which emptied it first.
    func isRebuildCutShort() throws -> Bool { try places.store.note(PipelineCore.rebuildNote) == "under way" }

    /// Loads every original again, in the order of the first loads, into a database beside the one in force, and puts it
    /// in its place when it is whole. Until then nothing is changed, whatever ends the rebuild.
    func rebuild() throws {
        let (origin, records, isLedgerGood) = try rebuildPlan()
        try checkOriginals(records)
        let successor = try places.store.makeSuccessor(origin)
        let derived = SilverState()
        do {
            try derive(records, into: derived, successor)
            let problems = try successor.integrityProblems()
            guard problems.isEmpty else {
                throw LoadFailure(text: "the rebuilt database is not sound: \(problems.joined(separator: "; "))")
            }
            try noteJournal(origin, records, in: successor)
            try successor.setNote(PipelineCore.rebuildNote, "done")
            let kept = try places.store.replace(with: successor, settingAside: !isLedgerGood)
            if let kept {
                board.raise(
                    "database_set_aside",
                    "aura.db was damaged and has been made anew; the damaged file is kept as \(kept)",
                    at: now())
            }
        } catch {
            try? places.store.removeSuccessor()
            throw error
        }
        state = derived
        // Nothing is carried on from tables that count their changes from elsewhere.
        history = nil
    }

    /// Ledger and journal are brought together again, whichever of them is the one to go by.
    private func noteJournal(
        _ origin: SilverStore.LedgerOrigin, _ records: [LoadRecord], in successor: SilverStore
    ) throws {
        guard let whole = try places.journal.read() else { return }
        switch origin {
        case .journal:
            try successor.setNote(SilverStore.journalNote, whole.end.description)
            try places.journal.open(at: whole.end)
        case .ledger:
            guard let line = whole.damagedLine else { return }
            journalIsDamaged("line \(line) is damaged")
            try successor.setNote(SilverStore.journalNote, try places.journal.write(records).description)
        }
    }

    /// Which loads are to be made again: those of the ledger, or of the journal where there is no whole ledger.
    private func rebuildPlan() throws -> (SilverStore.LedgerOrigin, [LoadRecord], isLedgerGood: Bool) {
        let whole = try places.journal.read()
        let problems = (try? places.store.ledgerProblems()) ?? ["it cannot be read"]
        if problems.isEmpty {
            let ledger = try places.store.loadRecords()
            if !ledger.isEmpty {
                // What the journal has beyond an older ledger is loaded after the rebuild.
                if let whole, whole.damagedLine == nil,
                    let difference = journalDifference(ledger, whole.records.dropLast(aheadRecords.count))
                {
                    throw StateProblem.journalDiffers(difference)
                }
                return (.ledger, ledger, true)
            }
        }
        guard let whole else { throw StateProblem.journalUnusable("bronze has no journal of loads") }
        if let line = whole.damagedLine {
            throw StateProblem.journalUnusable("line \(line) of bronze/journal.ndjson is damaged")
        }
        let records = whole.records.compactMap { $0 }
        guard records.count == whole.records.count else {
            throw StateProblem.journalUnusable("loads of bronze/journal.ndjson have been taken away")
        }
        return (.journal(records), records, problems.isEmpty)
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
        try checkStop()
        for finding in report.damaged { emit(.originalDamaged(drop: finding.drop, sha256: finding.sha256)) }
        for finding in report.missing { emit(.originalMissing(drop: finding.drop, sha256: finding.sha256)) }
        guard report.lost.isEmpty else {
            var lost = report
            lost.unknown = []
            throw StateProblem.originalsDamaged(lost.problem ?? "")
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
                .prefix(PipelineCore.claimedMax)
            var items: [DropLoader.Item] = []
            for record in group {
                guard let entry = try successor.drop(record.drop) else {
                    throw LoadFailure(text: "drop \(record.drop) is not in the new ledger")
                }
                items.append(DropLoader.Item(entry: entry, claimed: nil))
            }
            start += try loadAgain(items, into: derived, loader: loader, kind: .again)
            while try successor.compact(derived, rowsMax: 4_000_000) { try checkStop() }
        }
    }
}
