import Records

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

    public var columns: [Column] {
        let own: [Column] =
            switch self {
            case .customerMetrics: CustomerMetricsRows.columns
            case .customerHealthScores: HealthScoreRows.columns
            case .customerHealthHistory: HealthHistoryRows.columns
            case .aiModelFeatures: FeatureRows.columns
            case .dashboardKPIs: DashboardKPIRows.columns
            case .cohortRetention: CohortRows.columns
            case .mrrMovements: MovementRows.columns
            case .forecasts: ForecastRows.columns
            }
        return own + [Column("as_of", .day), Column("snapshot", .text)]
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
        let asOf = CellBatch.Cell.day(snapshot.asOf.rawValue)
        switch self {
        case .customerMetrics, .customerHealthScores, .aiModelFeatures:
            let metrics = self == .customerMetrics ? CustomerMetricsRows(snapshot, &batch) : nil
            var health = self == .customerHealthScores ? HealthScoreRows(snapshot, &batch) : nil
            let features = self == .aiModelFeatures ? FeatureRows(snapshot, &batch) : nil
            let id = batch.pin([snapshot.id])[0]
            for start in stride(from: 0, to: positions.count, by: CellBatch.rowsMax) {
                let chosen = positions[start..<min(start + CellBatch.rowsMax, positions.count)]
                metrics?.write(chosen, to: &batch)
                health?.write(chosen, to: &batch)
                features?.write(chosen, to: &batch)
                batch.fill(batch.columnCount - 2) { _ in asOf }
                batch.fill(batch.columnCount - 1) { _ in id }
                try body(batch)
            }
        case .customerHealthHistory:
            let history = HealthHistoryRows(snapshot, &batch)
            try rowByRow(history.rows(range), (snapshot.asOf, snapshot.id), &batch, body) { history.write($0, &$1) }
        case .dashboardKPIs, .mrrMovements:
            let table = SegmentRegions(snapshot)
            try rowByRow(table.rows[clamped(range, table.rows.count)], (snapshot.asOf, snapshot.id), &batch, body) {
                row, batch in
                if self == .dashboardKPIs {
                    DashboardKPIRows.write(table, row, &batch)
                } else {
                    MovementRows.write(table, row, &batch)
                }
            }
        case .cohortRetention:
            let cells = CohortRows.cells(snapshot)
            try rowByRow(cells[clamped(range, cells.count)], (snapshot.asOf, snapshot.id), &batch, body) {
                CohortRows.write($0, &$1)
            }
        case .forecasts:
            guard let forecasts = snapshot.forecasts else { return }
            // They may be of an earlier generation, and say so.
            let rows = clamped(range, ForecastRows.count(forecasts))
            try rowByRow(rows, (forecasts.asOf, forecasts.snapshotID), &batch, body) {
                ForecastRows.write($0, of: forecasts, snapshot, &$1)
            }
        }
    }

    private func rowByRow<Row>(
        _ rows: some Sequence<Row>, _ origin: (asOf: Day, snapshotID: String), _ batch: inout CellBatch,
        _ body: (borrowing CellBatch) throws -> Void, write: (Row, inout CellBatch) -> Void
    ) rethrows {
        batch.clear()
        for row in rows {
            write(row, &batch)
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
