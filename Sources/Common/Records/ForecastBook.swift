/// Whose figures a kept forecast is about.
public enum ForecastScope: Sendable, Hashable {
    case total
    case segment(String)
    case region(String)
    /// Both empty texts are the unknown value of the dimension.
    case segmentRegion(String, String)
    case customer(String)

    /// A short stable name of the level.
    public var level: String {
        switch self {
        case .total: "total"
        case .segment: "segment"
        case .region: "region"
        case .segmentRegion: "segment_region"
        case .customer: "customer"
        }
    }
}

/// Whose forecast is asked for, in a generation.
public enum ForecastSubject: Sendable, Hashable {
    case total
    case segment(String)
    case region(String)
    case segmentRegion(String, String)
    /// By position.
    case customer(Int)
    /// Any clients, by position.
    case clients([Bool])

    /// Whether it is one client alone.
    public var isSingle: Bool {
        if case .customer = self { return true }
        return false
    }

    /// The scope of the kept forecasts that it is; nil for clients.
    public var groupScope: ForecastScope? {
        switch self {
        case .total: .total
        case .segment(let name): .segment(name)
        case .region(let name): .region(name)
        case .segmentRegion(let segment, let region): .segmentRegion(segment, region)
        case .customer, .clients: nil
        }
    }
}

/// A metric of a scope.
public struct ForecastKey: Sendable, Hashable {
    public var metric: ForecastMetric
    public var scope: ForecastScope

    public init(_ metric: ForecastMetric, _ scope: ForecastScope) {
        self.metric = metric
        self.scope = scope
    }
}

/// All forecasts that are kept of one generation. Never changes once made.
public final class ForecastBook: Sendable {
    public let asOf: Day
    /// The generation it was made from.
    public let snapshotID: String
    /// Names the settings it was made with.
    public let settingsID: UInt64
    private let forecasts: [ForecastKey: PackedForecast]
    /// The keys in the order of tables: metric, level, and then names in byte order.
    public let keys: [ForecastKey]

    public init(asOf: Day, snapshotID: String, settingsID: UInt64, forecasts: [ForecastKey: PackedForecast]) {
        self.asOf = asOf
        self.snapshotID = snapshotID
        self.settingsID = settingsID
        self.forecasts = forecasts
        let rank: [ForecastMetric: Int] = Dictionary(
            zip(ForecastMetric.allCases, 0...), uniquingKeysWith: { first, _ in first })
        keys = forecasts.keys.map { ($0, ForecastBook.order($0, rank)) }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    private struct Order: Comparable {
        var metric: Int
        var level: Int
        var first: [UInt8]
        var second: [UInt8]

        static func < (lhs: Order, rhs: Order) -> Bool {
            if lhs.metric != rhs.metric { return lhs.metric < rhs.metric }
            if lhs.level != rhs.level { return lhs.level < rhs.level }
            if lhs.first != rhs.first { return lhs.first.lexicographicallyPrecedes(rhs.first) }
            return lhs.second.lexicographicallyPrecedes(rhs.second)
        }
    }

    private static func order(_ key: ForecastKey, _ rank: [ForecastMetric: Int]) -> Order {
        let metric = rank[key.metric] ?? 0
        switch key.scope {
        case .total: return Order(metric: metric, level: 0, first: [], second: [])
        case .segment(let name): return Order(metric: metric, level: 1, first: Array(name.utf8), second: [])
        case .region(let name): return Order(metric: metric, level: 2, first: Array(name.utf8), second: [])
        case .segmentRegion(let segment, let region):
            return Order(metric: metric, level: 3, first: Array(segment.utf8), second: Array(region.utf8))
        case .customer(let id): return Order(metric: metric, level: 4, first: Array(id.utf8), second: [])
        }
    }

    public subscript(_ key: ForecastKey) -> DailyForecast? { forecasts[key]?.unpacked }
}
