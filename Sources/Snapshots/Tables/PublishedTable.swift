import Records

/// The gold tables as they leave the house: in exports, and in `gold.db`.
public enum PublishedTable: String, Sendable, CaseIterable {
    case customerMetrics = "customer_metrics"
    case customerHealthScores = "customer_health_scores"
    case dashboardKPIs = "dashboard_kpis"
    case cohortRetention = "cohort_retention"
    case mrrMovements = "mrr_movements"

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
            case .dashboardKPIs: DashboardKPIRows.columns
            case .cohortRetention: CohortRows.columns
            case .mrrMovements: MovementRows.columns
            }
        return own + [Column("as_of", .day), Column("snapshot", .text)]
    }

    /// Rows of the table in this generation. Row numbers run from 0; the order is that of the ids or keys.
    public func rowCount(_ snapshot: Snapshot) -> Int {
        switch self {
        case .customerMetrics, .customerHealthScores: snapshot.count
        case .dashboardKPIs: SegmentRegions(snapshot).rows.count
        case .mrrMovements: SegmentRegions(snapshot).rows.count
        case .cohortRetention: CohortRows.cells(snapshot).count
        }
    }

    /// Hands rows `range` to the sink, cell by cell in the order of the columns.
    /// - Returns: nothing; rows beyond the end are left out.
    public func write<Sink: RowSink & ~Copyable>(
        _ snapshot: Snapshot, rows range: Range<Int>, to sink: inout Sink
    ) throws {
        switch self {
        case .customerMetrics, .customerHealthScores:
            let isMetrics = self == .customerMetrics
            let metrics = CustomerMetricsRows(snapshot)
            var health = HealthScoreRows(snapshot)
            let (id, asOf, positions) = (snapshot.id, snapshot.asOf.rawValue, snapshot.positionOfClient)
            var number = 0
            for client in snapshot.lookup.byID {
                let position = Int(positions[Int(client)])
                if position < 0 { continue }
                defer { number += 1 }
                if number < range.lowerBound { continue }
                if number >= range.upperBound { break }
                if isMetrics {
                    metrics.write(position, &sink)
                } else {
                    health.write(position, &sink)
                }
                sink.day(asOf)
                sink.text(id)
                try sink.endRow()
            }
        case .dashboardKPIs, .mrrMovements:
            let table = SegmentRegions(snapshot)
            for row in table.rows[clamped(range, table.rows.count)] {
                if self == .dashboardKPIs {
                    DashboardKPIRows.write(table, row, &sink)
                } else {
                    MovementRows.write(table, row, &sink)
                }
                try end(snapshot, &sink)
            }
        case .cohortRetention:
            let cells = CohortRows.cells(snapshot)
            for cell in cells[clamped(range, cells.count)] {
                CohortRows.write(cell, &sink)
                try end(snapshot, &sink)
            }
        }
    }

    private func clamped(_ range: Range<Int>, _ count: Int) -> Range<Int> {
        min(range.lowerBound, count)..<min(range.upperBound, count)
    }

    private func end<Sink: RowSink & ~Copyable>(_ snapshot: Snapshot, _ sink: inout Sink) throws {
        sink.day(snapshot.asOf.rawValue)
        sink.text(snapshot.id)
        try sink.endRow()
    }
}

/// Takes the cells of rows, one after the other.
public protocol RowSink: ~Copyable {
    mutating func null()
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>)
    mutating func integer(_ value: Int64)
    mutating func real(_ value: Double)
    /// Micro-units.
    mutating func money(_ micro: Int64)
    /// Days since 1970.
    mutating func day(_ value: Int32)
    mutating func endRow() throws
}

extension RowSink where Self: ~Copyable {
    /// An empty text is unknown.
    public mutating func text(_ value: String) {
        var value = value
        value.withUTF8 { bytes in if bytes.isEmpty { null() } else { text(bytes) } }
    }

    mutating func optionalDay(_ value: Int32) {
        if value == ClientTable.unknownDay { null() } else { day(value) }
    }

    mutating func optionalInteger(_ value: Int32) {
        if value == ClientMetrics.unknown { null() } else { integer(Int64(value)) }
    }

    mutating func optionalReal(_ value: Double?) {
        if let value, !value.isNaN { real(value) } else { null() }
    }
}
