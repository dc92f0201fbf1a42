import Dispatch
import Lifecycle
public import Records
public import Standings
import Synchronization

/// Derives all metrics from silver, as of a day. Nothing later than that day is looked at.
///
/// One pass over the clients in the order of their index: their events, transactions, tickets and surveys lie side by
/// side in that order. Clients are independent of each other, so ranges of them are worked on at the same time; the
/// result does not depend on how many.
public enum GoldRefinery {
    /// From nothing but silver.
    /// - Parameter isParallel: false keeps all work on the caller's thread, for what is to be done in the background.
    public static func refine(
        _ silver: SilverTables, asOf: Day, settings: GoldSettings, isParallel: Bool = true
    ) -> GoldTables {
        refineStanding(silver, asOf: asOf, settings: settings, isParallel: isParallel).gold
    }

    /// From nothing but silver, with where the clients stand.
    public static func refineStanding(
        _ silver: SilverTables, asOf: Day, settings: GoldSettings, isParallel: Bool = true
    ) -> (gold: GoldTables, standings: CompanyStandings) {
        let standings = StandingsRefinery.make(silver, asOf: asOf, settings: settings, isParallel: isParallel)
            .carried.standings
        let history = ClientHistory.make(silver, asOf: asOf, settings: settings, isParallel: isParallel).history
        let gold = refine(
            silver, settings: settings, history: history, standings: standings, isParallel: isParallel)
        return (gold, standings)
    }

    /// From nothing but silver, for as long as it is wanted.
    /// - Parameter isWanted: asked now and then, on several threads.
    /// - Returns: nil when it was not wanted any more.
    public static func refine(
        _ silver: SilverTables, asOf: Day, settings: GoldSettings, isWanted: @Sendable () -> Bool
    ) -> (gold: GoldTables, standings: CompanyStandings)? {
        let patience = Patience()
        let history = ClientHistory.make(silver, asOf: asOf, settings: settings) { patience.lasts(isWanted) }.history
        guard !patience.hasEnded else { return nil }
        let standings = StandingsRefinery.make(silver, asOf: asOf, settings: settings) { patience.lasts(isWanted) }
        guard !patience.hasEnded else { return nil }
        let gold = refine(silver, settings: settings, history: history, standings: standings.carried.standings) {
            patience.lasts(isWanted)
        }
        return patience.hasEnded ? nil : (gold, standings.carried.standings)
    }

    /// Once something was not wanted it stays so: parts of it are missing then, whoever may want it again.
    private final class Patience: Sendable {
        private let ended = Atomic<Bool>(false)

        var hasEnded: Bool { ended.load(ordering: .relaxed) }

        func lasts(_ isWanted: () -> Bool) -> Bool {
            if hasEnded { return false }
            if isWanted() { return true }
            ended.store(true, ordering: .relaxed)
            return false
        }
    }

    /// - Parameters:
    ///   - history: of the same tables, day and settings; the standings too.
    ///   - isWanted: asked for each part, on several threads; when it is not, parts are missing of the result.
    public static func refine(
        _ silver: SilverTables, settings: GoldSettings, history: ClientHistory, standings: CompanyStandings,
        isParallel: Bool = true, isWanted: @Sendable () -> Bool = { true }
    ) -> GoldTables {
        let asOf = standings.asOf
        let context = RefineContext(silver, settings: settings, history: history, standings: standings)
        let chunk = 4096
        let total = silver.clients.count
        let chunkCount = (total + chunk - 1) / chunk
        var parts = [GoldPart?](repeating: nil, count: chunkCount)
        parts.withUnsafeMutableBufferPointer { buffer in
            // Safe: iteration i writes buffer[i] and reads only immutable tables.
            nonisolated(unsafe) let buffer = buffer
            if chunkCount <= 1 || !isParallel {
                if chunkCount > 0 { buffer[0] = GoldPart(context, clients: 0..<total) }
            } else {
                DispatchQueue.concurrentPerform(iterations: chunkCount) { index in
                    guard isWanted() else { return }
                    buffer[index] = GoldPart(context, clients: index * chunk..<min(total, (index + 1) * chunk))
                }
            }
        }
        var gold = GoldTables(asOf: asOf)
        gold.activity = settings.activity
        gold.metrics.measured = context.measured
        gold.reserve(parts.reduce(0) { $0 + ($1?.clients.count ?? 0) })
        for part in parts { if let part { gold.append(part) } }
        gold.take(history)
        gold.standingHashes = gold.clients.map { standings.hash(of: Int($0)) }
        gold.status = gold.clients.map { standings.lifecycle.standings[Int($0)].status }
        var positions = [Int32](repeating: -1, count: total)
        for (position, client) in gold.clients.enumerated() { positions[Int(client)] = Int32(position) }
        let (createdAt, endOfDay) = (silver.tickets.createdAt, Int64(asOf.rawValue + 1) * 86_400_000)
        gold.tickets = ClientSlicesByPosition(
            silver.tickets.client, positions: positions, count: gold.count, where: { createdAt[$0] < endOfDay })
        let surveyDay = silver.surveys.day
        gold.surveys = ClientSlicesByPosition(
            silver.surveys.client, positions: positions, count: gold.count, where: { surveyDay[$0] <= asOf.rawValue })
        gold.dimensions = Dimensions.derive(silver.clients, positions: gold.clients, settings: settings)
        var position = 0
        for part in parts {
            guard let part else { continue }
            for (client, counts) in zip(part.clients, part.dayBefore) {
                // Those who sign up on the day were not there the day before.
                if context.creationDay[Int(client)] < context.asOf {
                    gold.dayBefore.insert(counts, plan: gold.dimensions.tier.codes[position])
                }
                position += 1
            }
        }
        gold.counts = context.counts(customers: gold.clients.count)
        return gold
    }
}
