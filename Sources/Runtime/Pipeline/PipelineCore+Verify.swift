import Inbox
import Records
import Rollup
import Schedule
import Silver
import Snapshots
import Store

/// One thing that was checked.
public struct VerificationCheck: Sendable, Equatable {
    public var name: String
    public var isGood: Bool
    public var detail: String
}

extension PipelineCore {
    /// Reconciles ledger, silver, gold and originals.
    func verify() -> [VerificationCheck] {
        var checks: [VerificationCheck] = []
        let startedAt = MonotonicClock.seconds()
        run(.verify) {
            checks =
                try [databaseCheck()] + ledgerChecks() + archiveChecks() + goldChecks() + [derivationCheck()]
                + historyCheck()
            let bad = checks.filter { !$0.isGood }
            emit(
                .verified(
                    checks: checks.count, failures: bad.count, firstFailure: bad.first?.name,
                    seconds: MonotonicClock.seconds() - startedAt))
            if bad.isEmpty {
                board.clear("verify_failed")
            } else {
                board.raise(
                    "verify_failed", "verify: \(bad.map { "\($0.name): \($0.detail)" }.joined(separator: "; "))",
                    at: now())
            }
        }
        return checks
    }

    private func databaseCheck() throws -> VerificationCheck {
        let problems = try places.store.integrityProblems()
        return VerificationCheck(
            name: "database", isGood: problems.isEmpty,
            detail: problems.isEmpty ? "aura.db is sound" : problems.joined(separator: "; "))
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

    private func archiveChecks() throws -> [VerificationCheck] {
        var missing = 0
        var count = 0
        for drop in try places.store.drops(state: .loaded) {
            count += 1
            if drop.sha256.flatMap({ ContentHash($0) }).map({ !places.archive.contains($0) }) ?? true { missing += 1 }
        }
        return [
            VerificationCheck(
                name: "bronze", isGood: missing == 0,
                detail: missing == 0 ? "\(count) originals are there" : "\(missing) of \(count) originals are missing")
        ]
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
