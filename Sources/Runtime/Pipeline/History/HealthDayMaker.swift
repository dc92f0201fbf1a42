import Gold
import HealthScore
import Records

/// Silver and settings → the health of all clients on a day, as an answer as of that day gives it.
enum HealthDayMaker {
    /// - Parameter isCancelled: asked now and then.
    /// - Returns: nil when it was cancelled.
    static func make(
        _ silver: SilverTables, day: Day, gold: GoldSettings, health: HealthModel,
        isCancelled: () -> Bool = { false }
    ) -> HealthDay? {
        guard var pass = HealthPass(silver, asOf: day, settings: gold, isCancelled: isCancelled) else { return nil }
        let plans = pass.plans
        let clients = pass.clients
        let scorer = health.scorer(sources: HealthModel.Sources(silver), dayBefore: pass.dayBefore)
        var points = [HealthPoint](repeating: .absent, count: silver.clients.count)
        for start in stride(from: 0, to: pass.count, by: HealthPass.chunk) {
            if isCancelled() { return nil }
            let range = start..<min(start + HealthPass.chunk, pass.count)
            scorer.score(pass.inputs(of: range), plans: plans[range]) { index, point in
                points[Int(clients[start + index])] = point
            }
        }
        return HealthDay(day: day, points: points)
    }
}
