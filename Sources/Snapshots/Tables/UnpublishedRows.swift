import Records

/// Which rows of the tables differ between the generation that is published and the one that is to be: what happened to
/// the clients is gathered from generation to generation.
public struct UnpublishedRows: Sendable {
    /// Rows of one table.
    public enum Rows: Sendable, Equatable {
        /// Of these clients, by dense index; none when empty.
        case clients(Set<UInt32>)
        /// Any row may differ.
        case any
    }

    /// The generation that is published, by name.
    public let base: String
    /// The generation up to which changes are gathered.
    public private(set) var generation: UInt64
    private var rows: [PublishedTable: Rows]
    /// The forecasts that are published, for as long as somebody has them.
    private weak var forecasts: ForecastBook?

    /// Nothing differs.
    /// - Parameter hasForecasts: the forecasts are published that the generation has now.
    public init(published snapshot: Snapshot, hasForecasts: Bool) {
        base = snapshot.id
        generation = snapshot.generation
        rows = Dictionary(uniqueKeysWithValues: PublishedTable.allCases.map { ($0, .clients([])) })
        if hasForecasts { forecasts = snapshot.forecasts }
    }

    /// The rows of a table in the generation that is to be published.
    public func rows(of table: PublishedTable, in snapshot: Snapshot) -> Rows {
        // They come when they are made, whatever generation is in force then.
        if table == .forecasts, forecasts == nil || forecasts !== snapshot.forecasts { return .any }
        return rows[table] ?? .any
    }

    /// The forecasts that a generation has now are published.
    public mutating func publishedForecasts(of snapshot: Snapshot) {
        forecasts = snapshot.forecasts
        rows[.forecasts] = .clients([])
    }

    /// - Parameters:
    ///   - previous: the generation up to which changes were gathered.
    ///   - snapshot: the one after it.
    public mutating func add(from previous: Snapshot, to snapshot: Snapshot) {
        generation = snapshot.generation
        guard let changes = snapshot.changes, changes.since == previous.generation else {
            for table in PublishedTable.allCases { rows[table] = .any }
            return
        }
        for table in PublishedTable.allCases {
            switch table {
            case .customerMetrics, .aiModelFeatures: add(changes.clients, to: table)
            case .customerHealthScores:
                if changes.assessmentsMoved { rows[table] = .any } else { add(changes.clients, to: table) }
            case .forecasts:
                // Beside the forecasts stand the segments and regions of their clients.
                if changes.positions == nil { rows[table] = .any }
            case .customerHealthHistory, .dashboardKPIs, .cohortRetention, .mrrMovements:
                if !changes.clients.isEmpty { rows[table] = .any }
            }
        }
    }

    private mutating func add(_ clients: [UInt32], to table: PublishedTable) {
        guard case .clients(var known)? = rows[table] else { return }
        // Changed where it lies.
        rows[table] = nil
        known.formUnion(clients)
        rows[table] = .clients(known)
    }
}
