import Inbox
import Records
import Rollup
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

extension VerifyStage {
    /// Reconciles ledger, journal, silver, gold and originals.
    /// - Parameter outcome: of the look at the originals, which needs no place on the queue.
    func verify(_ outcome: OriginalsWorker.Outcome) -> Verification {
        var verification = Verification()
        let startedAt = MonotonicClock.seconds()
        step {
            let ledgerProblems = places.store.ledgerProblems()
            if ledgerProblems.isEmpty {
                let originals = try outcome.get()
                verification.originals = originals
                try note(originals)
                // The check of bronze says it from here on.
                board.clear("originals_unknown")
                let ledger = try [databaseCheck()] + ledgerChecks()
                // Only a ledger that is whole says what stood in a damaged journal.
                let journal = try journalCheck(mends: ledger.allSatisfy(\.isGood))
                verification.checks =
                    try ledger + [journal, originalsCheck(originals)] + goldChecks()
                    + [derivationCheck(), publicationCheck()] + core[HistoryStage.self].check()
            } else {
                // All else goes by the ledger.
                emit(.databaseDamaged(findings: Findings.lines(ledgerProblems)))
                let detail = "\(Findings.short(ledgerProblems)); restart with aurad --rebuild"
                verification.checks = [
                    try databaseCheck(), VerificationCheck(name: "ledger", isGood: false, detail: detail),
                ]
            }
            let bad = verification.checks.filter { !$0.isGood }
            emit(
                .verified(
                    checks: verification.checks.count, failures: bad.count, firstFailure: bad.first?.name,
                    seconds: MonotonicClock.seconds() - startedAt))
            if bad.isEmpty {
                succeeded()
                board.clear("journal_damaged")
            } else {
                board.raise(
                    "verify_failed", "verify: \(bad.map { "\($0.name): \($0.detail)" }.joined(separator: "; "))",
                    at: now())
            }
            try places.store.setNote(VerifyStage.verifiedNote, "\(now().rawValue)")
            board.clear(VerifyStage.verifiedNoteDamaged)
        }
        return verification
    }

    private func databaseCheck() throws -> VerificationCheck {
        if let file = places.store.misplacedFile {
            return VerificationCheck(
                name: "database", isGood: false, detail: "\(StateProblem.databaseMisplaced(file: file))")
        }
        let interrupt = interrupt
        var problems: [String] = []
        do {
            problems = try places.store.integrityProblems { interrupt.isStopping }
            if problems.isEmpty {
                problems = try places.store.differences(from: core.state.tables) { interrupt.isStopping }
                    .map { "table \($0) does not hold what was written to it" }
            }
        } catch {
            guard StoreError.isDamage(error) else { throw error }
            problems = [StoreError.text(of: error)]
        }
        try core.checkStop()
        if !problems.isEmpty { emit(.databaseDamaged(findings: Findings.lines(problems))) }
        return VerificationCheck(
            name: "database", isGood: problems.isEmpty,
            detail: problems.isEmpty
                ? "aura.db is sound"
                : "aura.db is damaged: \(Findings.short(problems)); restart with aurad --rebuild")
    }

    /// Rows that the ledger says were accepted are the rows that silver has.
    private func ledgerChecks() throws -> [VerificationCheck] {
        var accepted: [Category: Int] = [:]
        var checks: [VerificationCheck] = []
        var unbalanced = 0
        for drop in try places.store.drops(state: .loaded) {
            // A row that takes the place of another one adds none.
            accepted[drop.category, default: 0] += (drop.accepted ?? 0) - (drop.updated ?? 0)
            if (drop.rows ?? 0) != (drop.accepted ?? 0) + (drop.rejected ?? 0) + (drop.duplicates ?? 0) {
                unbalanced += 1
            }
        }
        checks.append(
            VerificationCheck(
                name: "ledger", isGood: unbalanced == 0,
                detail: unbalanced == 0
                    ? "rows = accepted + rejected + duplicates for every drop" : "\(unbalanced) drops do not add up"))
        let tables = core.state.tables
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
        let calendar = core.state.tables.calendar
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

    private func originalsCheck(_ report: OriginalsReport) throws -> VerificationCheck {
        let problems = [report.problem, try report.unknownProblem(lastLoad: places.store.lastLoad())]
        let problem = problems.contains { $0 != nil } ? problems.compactMap { $0 }.joined(separator: "; ") : nil
        let kept = "\(report.kept) originals are there"
        return VerificationCheck(
            name: "bronze", isGood: problem == nil,
            detail: problem
                ?? (report.checked == 0 ? kept : "\(kept), \(report.checked) of them were read and are whole"))
    }

    /// - Parameter mends: a damaged or missing journal is written anew from the ledger.
    private func journalCheck(mends: Bool) throws -> VerificationCheck {
        func bad(_ detail: String) -> VerificationCheck {
            VerificationCheck(name: "journal", isGood: false, detail: "bronze/journal.ndjson: \(detail)")
        }
        func mended(_ detail: String) throws -> VerificationCheck {
            guard mends else { return bad("\(detail); mend aura.db first, of which it is written anew") }
            try core[IntakeStage.self].rewriteJournal(detail)
            return bad("\(detail); it has been written anew from the ledger, see aurac status")
        }
        let records = try places.store.loadRecords()
        guard let content = try places.journal.read(from: records.isEmpty ? .start : nil) else {
            return try mended("there is none")
        }
        if let line = content.damagedLine { return try mended("line \(line) is damaged") }
        if let difference = core[IntakeStage.self].journalDifference(records, content.records) {
            return content.records.count < records.count ? try mended(difference) : bad(difference)
        }
        return VerificationCheck(
            name: "journal", isGood: true,
            detail: "\(content.records.count) loads, the same as in the ledger; chain \(content.end.chain)")
    }

    /// The published file is only ever made from what is served: a damaged one is made anew.
    private func publicationCheck() throws -> VerificationCheck {
        let publish = core[PublishStage.self]
        guard let publisher = publish.publisher else {
            return VerificationCheck(name: "gold.db", isGood: true, detail: "not published")
        }
        guard try !publisher.isInPlace() || !publisher.integrityProblems().isEmpty else {
            return VerificationCheck(name: "gold.db", isGood: true, detail: "gold.db is sound")
        }
        try publish.publishAnew()
        return VerificationCheck(
            name: "gold.db", isGood: true, detail: "gold.db was damaged, exchanged or gone, and has been published anew"
        )
    }

    /// What is served was carried from refresh to refresh; derived from silver alone it is the same.
    private func derivationCheck() -> VerificationCheck {
        guard let current = box.current, !core.isStale else {
            return VerificationCheck(name: "gold.derivation", isGood: true, detail: "a refresh is due first")
        }
        let anew = SnapshotMaker.make(
            silver: current.silver, asOf: current.asOf, settings: settings, generation: current.generation,
            previous: nil, risk: core[TrainStage.self].trainer.riskSources(asOf: current.asOf))
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
                if m.balance != m.ending || m.ending != cell.mrr { movementsBalance = false }
                revenue = revenue.addingSaturated(cell.revenue)
            }
        }
        let total = snapshot.gold.metrics.totalAmount.reduce(Int64(0)) { $0.addingSaturated($1) }
        var addsUp = true
        let health = snapshot.assessments.health
        for position in 0..<snapshot.count where !health.score[position].isNaN {
            var sum = 0.0
            for component in health.points where !component[position].isNaN { sum += component[position] }
            if abs(sum - health.score[position]) > 1e-9 { addsUp = false }
        }
        let components = VerificationCheck(
            name: "gold.health", isGood: addsUp,
            detail: addsUp ? "components add up to every score" : "a score is not the sum of its components")
        if snapshot.cutsAmounts {
            let detail = "not compared: amounts are larger than can be added up"
            return [
                VerificationCheck(name: "gold.mrr", isGood: true, detail: detail),
                VerificationCheck(name: "gold.revenue", isGood: true, detail: detail), components,
            ]
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
            components,
        ]
    }
}
