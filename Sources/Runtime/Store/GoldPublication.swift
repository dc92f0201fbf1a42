import GRDBSQLite
import Records
import Snapshots

/// One publication under way, inside its transaction: writes the rows that differ from what is published, or a whole table
/// where that is not known.
struct GoldPublication {
    private let connection: OpaquePointer
    private let snapshot: Snapshot
    /// Nil when nothing of what is there can be relied on.
    private let unpublished: UnpublishedRows?

    /// With more rows than one in so many to be written, writing the whole table is faster.
    private static let wholeShare = 8

    /// - Parameter known: the difference from what was published last, as far as this process knows.
    init(_ connection: OpaquePointer, _ snapshot: Snapshot, _ known: UnpublishedRows?) throws {
        self.connection = connection
        self.snapshot = snapshot
        try GoldLayout.createOrigins(connection)
        // The file itself says what it holds: it may have been put back or written by another version.
        let holdsBase =
            try known.map { known in
                let statement = try BulkStatement(connection, "SELECT snapshot, assessed_by FROM published")
                guard try statement.next("read what is published") else { return false }
                return statement.text(0) == known.base && statement.text(1) == GoldPublication.assessedBy(snapshot)
            } ?? false
        unpublished = holdsBase ? known : nil
    }

    /// Names what the models were set to: what they say of a client follows from more than what a generation's name covers.
    private static func assessedBy(_ snapshot: Snapshot) -> String {
        let (health, risk) = (snapshot.assessments.health, snapshot.assessments.rules)
        let text = "\(health.settings) \(risk.rules) \(risk.levels)"
        let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16)
    }

    /// Brings one table up to date.
    func write(_ table: PublishedTable) throws {
        let layout = GoldLayout(table)
        let isReady = try layout.isInForce(connection)
        switch unpublished?.rows(of: table, in: snapshot) ?? .any {
        case .clients(let clients) where isReady && clients.count <= snapshot.count / GoldPublication.wholeShare:
            if !clients.isEmpty { try update(table, layout, clients) }
            try note(table, digest: nil)
        case .any where isReady && !table.isByClient:
            // Short tables, which mostly stay as they are.
            let digest = try digest(table)
            if try publishedDigest(table) != digest { try fill(table, layout) }
            try note(table, digest: digest)
        default:
            try layout.create(connection)
            try fill(table, layout)
            try layout.index(connection)
            try note(table, digest: table.isByClient ? nil : try digest(table))
        }
    }

    /// Notes the generation that all tables are of.
    func end() throws {
        try SQLiteConnection.execute(connection, "DELETE FROM published")
        let statement = try BulkStatement(
            connection, "INSERT INTO published (snapshot, as_of, assessed_by) VALUES (?, ?, ?)")
        statement.bind(1, snapshot.id)
        statement.bind(2, snapshot.asOf.description)
        statement.bind(3, GoldPublication.assessedBy(snapshot))
        try statement.run("note the publication")
    }

    // MARK: Rows

    private func fill(_ table: PublishedTable, _ layout: GoldLayout) throws {
        try SQLiteConnection.execute(connection, "DELETE FROM \(layout.rows)")
        let insert = try BulkStatement(connection, layout.insertion)
        var days = DayTexts()
        try table.forEachBatchInMemoryOrder(snapshot) { batch in
            try write(batch, &days) {
                try insert.run("publish a row")
            } bind: {
                insert.bind($0, $1, $2, &$3)
            }
        }
    }

    /// - Parameter clients: those whose rows may differ.
    private func update(_ table: PublishedTable, _ layout: GoldLayout, _ clients: Set<UInt32>) throws {
        var positions: [Int] = []
        let remove = try BulkStatement(connection, "DELETE FROM \(layout.rows) WHERE customer_id = ?")
        for client in clients.sorted() {
            let position = Int(client) < snapshot.positionOfClient.count ? snapshot.positionOfClient[Int(client)] : -1
            if position >= 0 {
                positions.append(Int(position))
            } else if let id = snapshot.silver.clients.id[Int(client)] {
                remove.bind(1, id)
                try remove.run("take a row back")
            }
        }
        let update = try BulkStatement(connection, layout.replacement)
        let insert = try BulkStatement(connection, layout.insertion)
        var days = DayTexts()
        try table.forEachBatch(snapshot, at: positions) { batch in
            try write(batch, &days) {
                try update.run("publish a row")
                if sqlite3_changes(connection) == 0 { try insert.run("publish a row") }
            } bind: {
                update.bind($0, $1, $2, &$3)
                insert.bind($0, $1, $2, &$3)
            }
        }
    }

    /// Hands the cells of the table's own columns to `bind`, and runs after each row.
    private func write(
        _ batch: borrowing CellBatch, _ days: inout DayTexts, run: () throws -> Void,
        bind: (Int32, CellBatch.Cell, UnsafeBufferPointer<UInt8>, inout DayTexts) -> Void
    ) throws {
        let cells = batch.cells
        let count = batch.columnCount
        let rows = batch.rowCount
        let own = count - PublishedTable.originColumns.count
        try batch.bytes.withUnsafeBufferPointer { bytes in
            for row in 0..<rows {
                for column in 0..<own { bind(Int32(column + 1), cells[row * count + column], bytes, &days) }
                try run()
            }
        }
    }

    // MARK: What is noted of a table

    /// A hash over all cells of the table's own columns.
    private func digest(_ table: PublishedTable) throws -> Int64 {
        var hash: UInt64 = 0x5175_6F74_6961_6E73
        func mix(_ value: UInt64) { hash = ((hash ^ value) &* 0x9FB2_1C65_1E98_DF25).byteSwapped ^ hash >> 29 }
        table.forEachBatchInMemoryOrder(snapshot) { batch in
            let cells = batch.cells
            let count = batch.columnCount
            let own = count - PublishedTable.originColumns.count
            batch.bytes.withUnsafeBufferPointer { bytes in
                for (index, cell) in cells.enumerated() where index % count < own {
                    switch cell {
                    case .null: mix(1)
                    case .text(let start, let length):
                        mix(2)
                        for byte in bytes[Int(start)..<Int(start + length)] { mix(UInt64(byte)) }
                    case .integer(let value):
                        mix(3)
                        mix(UInt64(bitPattern: value))
                    case .real(let value):
                        mix(4)
                        mix(value.bitPattern)
                    case .money(let micro):
                        mix(5)
                        mix(UInt64(bitPattern: micro))
                    case .day(let day):
                        mix(6)
                        mix(UInt64(UInt32(bitPattern: day)))
                    }
                }
            }
        }
        return Int64(bitPattern: hash)
    }

    private func publishedDigest(_ table: PublishedTable) throws -> Int64? {
        let statement = try BulkStatement(connection, "SELECT digest FROM published_tables WHERE name = ?")
        statement.bind(1, table.rawValue)
        guard try statement.next("read what is published"), !statement.isNull(0) else { return nil }
        return statement.integer(0)
    }

    /// - Parameter digest: nil keeps the one that is there.
    private func note(_ table: PublishedTable, digest: Int64?) throws {
        let statement = try BulkStatement(
            connection,
            """
            INSERT INTO published_tables (name, as_of, snapshot, digest) VALUES (?, ?, ?, ?)
            ON CONFLICT (name) DO UPDATE
            SET as_of = excluded.as_of, snapshot = excluded.snapshot, digest = coalesce(excluded.digest, digest)
            """)
        let origin = table.origin(snapshot)
        statement.bind(1, table.rawValue)
        statement.bind(2, origin.asOf.description)
        statement.bind(3, origin.snapshotID)
        if let digest { statement.bind(4, digest) } else { statement.bindNull(4) }
        try statement.run("note the publication of a table")
    }
}

extension BulkStatement {
    /// Binds a cell; its text stays where it is until the row is written.
    fileprivate func bind(
        _ column: Int32, _ cell: CellBatch.Cell, _ bytes: UnsafeBufferPointer<UInt8>, _ days: inout DayTexts
    ) {
        switch cell {
        case .null: bindNull(column)
        case .text(let start, let count):
            bindStatic(column, UnsafeBufferPointer(rebasing: bytes[Int(start)..<Int(start + count)]))
        case .integer(let value): bind(column, value)
        case .real(let value): bind(column, value)
        case .money(let micro): bind(column, Money(rawValue: micro).units)
        case .day(let day): bindStatic(column, days.text(of: day))
        }
    }
}

/// Days as text, written once each. The texts stay where they are as long as this lives.
private struct DayTexts: ~Copyable {
    private var known: [Int32: UnsafeMutableBufferPointer<UInt8>] = [:]

    mutating func text(of day: Int32) -> UnsafeBufferPointer<UInt8> {
        if let text = known[day] { return UnsafeBufferPointer(text) }
        let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 10)
        _ = text.initialize(fromContentsOf: Day(rawValue: day).description.utf8.prefix(10))
        known[day] = text
        return UnsafeBufferPointer(text)
    }

    deinit { for text in known.values { text.deallocate() } }
}
