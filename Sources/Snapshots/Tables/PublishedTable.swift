public import Records

/// The gold tables as they leave the house: in exports, and in `gold.db`.
public enum PublishedTable: String, Sendable, CaseIterable {
    case customerMetrics = "customer_metrics"
    case customerHealthScores = "customer_health_scores"
    case customerHealthHistory = "customer_health_history"
    case aiModelFeatures = "ai_model_features"
    case dashboardKPIs = "dashboard_kpis"
    case cohortRetention = "cohort_retention"
    case mrrMovements = "mrr_movements"
    case forecasts

    /// What a column holds.
    public enum ColumnType: String, Sendable {
        case text
        case integer
        case real
        /// Decimal with up to six places.
        case money
        /// `YYYY-MM-DD`.
        case day
    }

    public struct Column: Sendable, Equatable {
        public var name: String
        public var type: ColumnType

        init(_ name: String, _ type: ColumnType) {
            self.name = name
            self.type = type
        }
    }

    /// All columns: those of the table itself, and the day and generation that all its rows are of.
    public var columns: [Column] { ownColumns + PublishedTable.originColumns }

    /// The day and the generation of a row, the same for all rows of a table.
    public static let originColumns = [Column("as_of", .day), Column("snapshot", .text)]

    /// What the columns of ``originColumns`` say.
    public func origin(_ snapshot: Snapshot) -> (asOf: Day, snapshotID: String) {
        // Forecasts may be of an earlier generation, and say so.
        if self == .forecasts, let forecasts = snapshot.forecasts { return (forecasts.asOf, forecasts.snapshotID) }
        return (snapshot.asOf, snapshot.id)
    }

    public var ownColumns: [Column] {
        switch self {
        case .customerMetrics: CustomerMetricsRows.columns.map(\.column)
        case .customerHealthScores: HealthScoreRows.columns.map(\.column)
        case .customerHealthHistory: HealthHistoryRows.columns.map(\.column)
        case .aiModelFeatures: FeatureRows.columns
        case .dashboardKPIs: DashboardKPIRows.columns.map(\.column)
        case .cohortRetention: CohortRows.columns.map(\.column)
        case .mrrMovements: MovementRows.columns.map(\.column)
        case .forecasts: ForecastRows.columns.map(\.column)
        }
    }

    /// Rows of the table in this generation. Row numbers run from 0; the order is that of the ids or keys.
    public func rowCount(_ snapshot: Snapshot) -> Int {
        switch self {
        case .customerMetrics, .customerHealthScores, .aiModelFeatures: snapshot.count
        case .customerHealthHistory: HealthHistoryRows.count(snapshot)
        case .dashboardKPIs: SegmentRegions(snapshot).rows.count
        case .mrrMovements: SegmentRegions(snapshot).rows.count
        case .cohortRetention: CohortRows.cells(snapshot).count
        case .forecasts: ForecastRows.count(snapshot.forecasts)
        }
    }

    /// Hands rows `range` to `body`, batch by batch, cells in the order of the columns; rows beyond the end are left
    /// out.
    public func forEachBatch(
        _ snapshot: Snapshot, rows range: Range<Int>, _ body: (borrowing CellBatch) throws -> Void
    ) rethrows {
        let positions = isByClient ? Array(snapshot.positionsByID.dropFirst(range.lowerBound).prefix(range.count)) : []
        try forEachBatch(snapshot, positions, rows: range, body)
    }

    /// As above, for as long as `body` wants more.
    public func forBatches(
        _ snapshot: Snapshot, rows range: Range<Int>, while body: (borrowing CellBatch) -> Bool
    ) {
        /// Ends the walk from inside.
        struct Enough: Error {}
        do {
            try forEachBatch(snapshot, rows: range) { batch in
                guard body(batch) else { throw Enough() }
            }
        } catch {
            // Nothing else is thrown, and it says all there is to say.
        }
    }

    /// Hands all rows to `body`. Rows of clients come as the clients lie in memory, which for a million of them is
    /// several times as fast as in the order of their ids: what a row is made of is fetched in runs.
    public func forEachBatchInMemoryOrder(
        _ snapshot: Snapshot, _ body: (borrowing CellBatch) throws -> Void
    ) rethrows {
        try forEachBatch(snapshot, isByClient ? Array(0..<snapshot.count) : [], rows: 0..<Int.max, body)
    }

    /// Hands the rows of some clients to `body`.
    /// - Parameter positions: ascending, of a table by client.
    public func forEachBatch(
        _ snapshot: Snapshot, at positions: [Int], _ body: (borrowing CellBatch) throws -> Void
    ) rethrows {
        precondition(isByClient, "rows of clients of a table that has none")
        try forEachBatch(snapshot, positions, rows: 0..<positions.count, body)
    }

    /// Whether the table has one row a client.
    public var isByClient: Bool {
        switch self {
        case .customerMetrics, .customerHealthScores, .aiModelFeatures: true
        case .customerHealthHistory, .dashboardKPIs, .cohortRetention, .mrrMovements, .forecasts: false
        }
    }

    /// - Parameter positions: of the clients, for tables by client.
    private func forEachBatch(
        _ snapshot: Snapshot, _ positions: [Int], rows range: Range<Int>,
        _ body: (borrowing CellBatch) throws -> Void
    ) rethrows {
        var batch = CellBatch(columnCount: columns.count)
        let origin = origin(snapshot)
        let asOf = CellBatch.Cell.day(origin.asOf.rawValue)
        switch self {
        case .customerMetrics, .customerHealthScores, .aiModelFeatures:
            let columns = self == .customerMetrics ? CustomerMetricsRows.columns : HealthScoreRows.columns
            let features = self == .aiModelFeatures ? FeatureRows(snapshot, &batch) : nil
            let clients = features == nil ? ClientRows(columns, snapshot, &batch) : nil
            let id = batch.pin([origin.snapshotID])[0]
            for start in stride(from: 0, to: positions.count, by: CellBatch.rowsMax) {
                let chosen = positions[start..<min(start + CellBatch.rowsMax, positions.count)]
                clients?.write(chosen, to: &batch)
                features?.write(chosen, to: &batch)
                batch.fill(batch.columnCount - 2) { _ in asOf }
                batch.fill(batch.columnCount - 1) { _ in id }
                try body(batch)
            }
        case .customerHealthHistory:
            let rows = HealthHistoryRows(snapshot).rows(range)
            try rowByRow(rows, HealthHistoryRows.columns, origin, &batch, body)
        case .dashboardKPIs, .mrrMovements:
            let rows = SegmentRegions(snapshot).rows
            let columns = self == .dashboardKPIs ? DashboardKPIRows.columns : MovementRows.columns
            try rowByRow(rows[clamped(range, rows.count)], columns, origin, &batch, body)
        case .cohortRetention:
            let cells = CohortRows.cells(snapshot)
            try rowByRow(cells[clamped(range, cells.count)], CohortRows.columns, origin, &batch, body)
        case .forecasts:
            guard let forecasts = snapshot.forecasts else { return }
            let rows = clamped(range, ForecastRows.count(forecasts)).lazy.map {
                ForecastRows.row($0, of: forecasts, snapshot)
            }
            try rowByRow(rows, ForecastRows.columns, origin, &batch, body)
        }
    }

    private func rowByRow<Row>(
        _ rows: some Sequence<Row>, _ columns: [RowColumn<Row>], _ origin: (asOf: Day, snapshotID: String),
        _ batch: inout CellBatch, _ body: (borrowing CellBatch) throws -> Void
    ) rethrows {
        batch.clear()
        for row in rows {
            for column in columns { column.write(row, &batch) }
            batch.day(origin.asOf.rawValue)
            batch.text(origin.snapshotID)
            batch.endRow()
            if batch.isFull {
                try body(batch)
                batch.clear()
            }
        }
        if batch.rowCount > 0 { try body(batch) }
    }

    private func clamped(_ range: Range<Int>, _ count: Int) -> Range<Int> {
        min(range.lowerBound, count)..<min(range.upperBound, count)
    }
}
