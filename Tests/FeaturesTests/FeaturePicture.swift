import Features
import Gold
import Records
import RiverTesting
import Silver

/// The features of a company as of a day, by client and column: independent of indices and codes.
struct FeaturePicture: Equatable {
    /// Bit patterns, so that unknown equals unknown.
    var numbers: [String: [UInt64]] = [:]
    var levels: [String: [String?]] = [:]

    init(_ silver: SilverTables, asOf: Day, settings: GoldSettings = .example) {
        let (gold, standings) = GoldRefinery.refineStanding(silver, asOf: asOf, settings: settings)
        let source = FeatureRefinery(silver, gold: gold, standings: standings, settings: settings)
        add(source.features(of: 0..<gold.count), silver, gold)
    }

    init() {}

    mutating func add(_ features: ClientFeatures, _ silver: SilverTables, _ gold: GoldTables) {
        for (row, position) in features.positions.enumerated() {
            let id = silver.clients.id[Int(gold.clients[Int(position)])] ?? ""
            numbers[id] = ClientFeature.allCases.map { features.value($0, row: row).bitPattern }
            levels[id] = ClientCategory.allCases.map { features.level($0, row: row) }
        }
    }

    /// Nil where unknown.
    func value(_ id: String, _ feature: ClientFeature) -> Double? {
        guard let bits = numbers[id]?[feature.rawValue] else { return nil }
        let value = Double(bitPattern: bits)
        return value.isNaN ? nil : value
    }

    func level(_ id: String, _ category: ClientCategory) -> String? { levels[id]?[category.rawValue] ?? nil }
}

extension GoldSettings {
    static var example: GoldSettings {
        GoldSettings(
            loginEvents: ["login", "sso"], contractMonths: ["yearly": 12, "pro": 1], contractMonthsDefault: 6,
            rates: .example, lifecycle: LifecycleSettings(signs: [], startDays: 1_000_000))
    }
}

extension Company {
    /// What was known at the end of a day: everything later is gone, and tickets resolved later are open.
    func known(on day: Day) -> Company {
        let end = Int64(day.rawValue + 1) * 86_400_000
        var result = self
        result.clients.removeAll { $0.created > day }
        result.events.removeAll { $0.at >= end }
        result.transactions.removeAll { $0.day > day }
        result.surveys.removeAll { $0.day > day }
        result.tickets = tickets.compactMap { ticket in
            guard ticket.created < end else { return nil }
            var ticket = ticket
            if let resolved = ticket.resolved, resolved >= end {
                ticket.resolved = nil
                ticket.satisfaction = nil
            }
            return ticket
        }
        return result
    }
}
