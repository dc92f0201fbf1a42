import Inbox
import Records
import Rollup
import Schedule
import Silver
import Snapshots
import Store

/// What a verification has found.
public struct Verification: Sendable, Equatable {
    public var checks: [VerificationCheck] = []
    public var originals = OriginalsReport()

    public var isGood: Bool { !checks.isEmpty && checks.allSatisfy(\.isGood) }
}

/// One thing that was checked.
public struct VerificationCheck: Sendable, Equatable {
    public var name: String
    public var isGood: Bool
    public var detail: String
}

extension PipelineCore {
    /// Reconciles ledger, journal, silver, gold and originals.
    /// - Parameter outcome: of the look at the originals, which needs no place on the queue.
    func verify(_ outcome: OriginalsStage.Outcome) -> Verification {
        var verification = Verification()
        let startedAt = MonotonicClock.seconds()
        run(.verify) {
            let originals = try outcome.get()
            verification.originals = originals
            try note(originals)
            verification.checks =
                try [databaseCheck()] + ledgerChecks() + [journalCheck(), originalsCheck(originals)] + goldChecks()
                + [derivationCheck(), publicationCheck()] + historyCheck()
            let bad = verification.checks.filter { !$0.isGood }
            emit(
                .verified(
                    checks: verification.checks.count, failures: bad.count, firstFailure: bad.first?.name,
                    seconds: MonotonicClock.seconds() - startedAt))
            if bad.isEmpty {
                board.clear("verify_failed")
                board.clear("journal_damaged")
            } else {
                board.raise(
                    "verify_failed", "verify: \(bad.map { "\($0.name): \($0.detail)" }.joined(separator: "; "))",
                    at: now())
            }
            try places.store.setNote(PipelineCore.verifiedNote, "\(now().rawValue)")
        }
        return verification
    }

    private func databaseCheck() throws -> VerificationCheck {
        let interrupt = interrupt
        var problems: [String] = []
        do {
            problems = try places.store.integrityProblems { interrupt.isStopping }
            if problems.isEmpty {
                problems = try places.store.differences(from: state.tables) { interrupt.isStopping }
                    .map { "table \($0) does not hold what was written to it" }
            }
        } catch {
            guard StoreError.isDamage(error) else { throw error }
            problems = ["\(error)"]
        }
        try checkStop()
        return VerificationCheck(
            name: "database", isGood: problems.isEmpty,
            detail: problems.isEmpty
                ? "aura.db is sound"
                : "aura.db is damaged: \(problems.joined(separator: "; ")); restart with aurad --rebuild")
    }

    /// Rows that the ledger says were accepted are the rows that silver has.
    private func ledgerChecks() throws -> [VerificationCheck] {
        var accepted: [Category: Int] = [:]
        var checks: [VerificationCheck] = []
        var unbalanced = 0
        for drop in try places.store.drops(state: .loaded) {
            accepted[drop.category, default: 0] += drop.accepted ?? 0
            if (drop.rows ?? 0) != (drop.accepted ?? 0) + (drop.rejected ?? 0) + (drop.duplicates ?? 0) {
                unbalanced += 1
            }
        }
        checks.append(
            VerificationCheck(
                name: "ledger", isGood: unbalanced == 0,
                detail: unbalanced == 0
                    ? "rows = accepted + rejected + duplicates for every drop" : "\(unbalanced) drops do not add up"))
        let tables = state.tables
        for (category, count) in [
            (Category.transactions, tables.transactions.count), (.engagement, tables.events.count),
            (.surveys, tables.surveys.count),
        ] {
            let expected = accepted[category] ?? 0
            checks.append(
                VerificationCheck(
                    name: "silver.\(category.rawValue)", isGood: expected == count,
                    detail: expected == count ? "\(count) rows" : "the ledger accepted \(expected), silver has \(count)"
                ))
        }
        checks.append(calendarCheck(try places.store.drops(state: .loaded).filter { $0.category == .events }))
        return checks
    }

    /// A later drop may name a day again, so rows are at least those of the largest drop and at most those of all; no
    /// key stands there twice.
    private func calendarCheck(_ drops: [LedgerEntry]) -> VerificationCheck {
        let calendar = state.tables.calendar
        let accepted = drops.map { $0.accepted ?? 0 }
        let range = (accepted.max() ?? 0)...max(accepted.max() ?? 0, accepted.reduce(0, +))
        let keys = Set((0..<calendar.count).map { calendar.key(ofRow: $0) })
        let isGood = range.contains(calendar.count) && keys.count == calendar.count
        return VerificationCheck(
            name: "silver.events", isGood: isGood,
            detail: isGood
                ? "\(calendar.count) known days"
                : "the ledger accepted \(range.lowerBound) to \(range.upperBound) known days, silver has "
                    + "\(calendar.count), of which \(keys.count) differ")
    }

    private func originalsCheck(_ report: OriginalsReport) -> VerificationCheck {
        let problem = report.problem
        let kept = "\(report.kept) originals are there"
        return VerificationCheck(
            name: "bronze", isGood: problem == nil,
            detail: problem
                ?? (report.checked == 0 ? kept : "\(kept), \(report.checked) of them were read and are whole"))
    }

    private func journalCheck() throws -> VerificationCheck {
        func bad(_ detail: String) -> VerificationCheck {
            VerificationCheck(name: "journal", isGood: false, detail: "bronze/journal.ndjson: \(detail)")
        }
        let records = try places.store.loadRecords()
        guard let content = try places.journal.read(from: records.isEmpty ? .start : nil) else {
            return bad("there is none")
        }
        if let line = content.damagedLine { return bad("line \(line) is damaged") }
        if let difference = journalDifference(records, content.records) {
            return bad(difference)
        }
        return VerificationCheck(
            name: "journal", isGood: true,
            detail: "\(content.records.count) loads, the same as in the ledger; chain \(content.end.chain)")
    }

    /// The published file is only ever made from what is served: a damaged one is made anew.
    private func publicationCheck() throws -> VerificationCheck {
        guard settings.publishesGold, let publisher = places.publisher else {
            return VerificationCheck(name: "gold.db", isGood: true, detail: "not published")
        }
        let problems = try publisher.integrityProblems()
        guard !problems.isEmpty else {
            return VerificationCheck(name: "gold.db", isGood: true, detail: "gold.db is sound")
        }
        try publishAnew()
        return VerificationCheck(
            name: "gold.db", isGood: true, detail: "gold.db was damaged, and has been thrown away and published anew")
    }

    /// What is served was carried from refresh to refresh; derived from silver alone it is the same.
    private func derivationCheck() -> VerificationCheck {
        guard let current = box.current, !isStale else {
            return VerificationCheck(name: "gold.derivation", isGood: true, detail: "a refresh is due first")
        }
        let anew = SnapshotMaker.make(
            silver: current.silver, asOf: current.asOf, settings: settings, generation: current.generation,
            previous: nil, churn: churn.scorer(asOf: current.asOf))
        let isGood = anew.id == current.id && anew.monthly == current.monthly
        return VerificationCheck(
            name: "gold.derivation", isGood: isGood,
            detail: isGood
                ? "gold derived anew is the same" : "gold derived anew is \(anew.id), served is \(current.id)")
    }

    /// Identities that hold by definition.
    private func goldChecks() throws -> [VerificationCheck] {
        guard let snapshot = box.current else { return [] }
        var movementsBalance = true
        var revenue: Int64 = 0
        let monthly = snapshot.monthly
        for offset in 0..<monthly.monthCount {
            let month = monthly.firstMonth.advanced(by: offset)
            for group in 0..<monthly.groupCount {
                let cell = monthly[month, group]
                let m = cell.movements
                let moved = m.starting + m.new + m.reactivation + m.expansion + m.contraction + m.churn
                if moved != m.ending || m.ending != cell.mrr { movementsBalance = false }
                revenue += cell.revenue
            }
        }
        let total = snapshot.gold.metrics.totalAmount.reduce(0, +)
        var addsUp = true
        let health = snapshot.assessments.health
        for position in 0..<snapshot.count where !health.score[position].isNaN {
            var sum = 0.0
            for component in health.points where !component[position].isNaN { sum += component[position] }
            if abs(sum - health.score[position]) > 1e-9 { addsUp = false }
        }
        return [
            VerificationCheck(
                name: "gold.mrr", isGood: movementsBalance,
                detail: movementsBalance ? "starting + movements = ending in every month" : "a month does not balance"),
            VerificationCheck(
                name: "gold.revenue", isGood: revenue == total,
                detail: revenue == total
                    ? "months and clients agree: \(Money(rawValue: total))"
                    : "months sum to \(Money(rawValue: revenue)), clients to \(Money(rawValue: total))"),
            VerificationCheck(
                name: "gold.health", isGood: addsUp,
                detail: addsUp ? "components add up to every score" : "a score is not the sum of its components"),
        ]
    }
}
