import GRDBSQLite

/// What a load adds to the digests of tables, gathered in memory and written at its end: one change of a row of digests for
/// a table instead of one for every row.
final class GatheredDigests {
    private var isGathering = false
    private var sums = [Int64](repeating: 0, count: RowDigests.ledger.count + RowDigests.silver.count)

    /// Writes rows; what they mean for the digests is written when that went well.
    /// - Parameter connection: in the transaction that is to have all of it or nothing.
    static func during(_ connection: OpaquePointer, _ body: () throws -> Void) throws {
        let what = "keep the digests of rows"
        try SQLiteConnection.execute(connection, "SELECT gather(1)", doing: what)
        // What was gathered for nothing is thrown away with the transaction.
        defer { sqlite3_exec(connection, "SELECT gather(0)", nil, nil, nil) }
        try body()
        let update = try BulkStatement(connection, "UPDATE row_digest SET sum = gathered(sum, ?) WHERE name = ?")
        for (number, table) in (RowDigests.ledger + RowDigests.silver).enumerated() {
            update.bind(1, number)
            update.bind(2, table.name)
            try update.run(what)
        }
    }

    /// Each connection has one of its own, which lives as long as its functions.
    static func addFunctions(to connection: OpaquePointer) {
        typealias Function =
            @convention(c) (
                OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?
            ) -> Void
        let digests = Unmanaged.passRetained(GatheredDigests())
        func add(_ name: String, _ count: Int32, _ function: Function) {
            sqlite3_create_function_v2(
                connection, name, count, SQLITE_UTF8, digests.retain().toOpaque(), function, nil, nil,
                { pointer in if let pointer { Unmanaged<GatheredDigests>.fromOpaque(pointer).release() } })
        }
        // gather(1) begins with nothing, gather(0) ends.
        add("gather", 1) { context, _, values in
            guard let values else { return }
            let digests = GatheredDigests.of(context)
            digests.isGathering = sqlite3_value_int64(values[0]) != 0
            for number in digests.sums.indices { digests.sums[number] = 0 }
        }
        // gather_with(table, values of a row): whether it was gathered.
        add("gather_with", -1) { context, count, values in
            GatheredDigests.gather(context, count, values) { $0 &+ $1 }
        }
        add("gather_without", -1) { context, count, values in
            GatheredDigests.gather(context, count, values) { $0 &- $1 }
        }
        // gathered(sum, table): the sum with what was gathered.
        add("gathered", 2) { context, _, values in
            guard let values else { return }
            let digests = GatheredDigests.of(context)
            let number = Int(sqlite3_value_int64(values[1]))
            guard digests.sums.indices.contains(number) else { return sqlite3_result_null(context) }
            sqlite3_result_int64(context, sqlite3_value_int64(values[0]) &+ digests.sums[number])
        }
        digests.release()
    }

    /// Called by SQLite alone, on the thread that uses the connection, which keeps it alive.
    private static func of(_ context: OpaquePointer?) -> GatheredDigests {
        guard let pointer = sqlite3_user_data(context) else {
            preconditionFailure("every function here was added with its digests")
        }
        return Unmanaged<GatheredDigests>.fromOpaque(pointer).takeUnretainedValue()
    }

    private static func gather(
        _ context: OpaquePointer?, _ count: Int32, _ values: UnsafeMutablePointer<OpaquePointer?>?,
        _ add: (Int64, Int64) -> Int64
    ) {
        let digests = GatheredDigests.of(context)
        guard let values, digests.isGathering else { return sqlite3_result_int(context, 0) }
        let number = Int(sqlite3_value_int64(values[0]))
        digests.sums[number] = add(digests.sums[number], RowDigests.digest(values, count))
        sqlite3_result_int(context, 1)
    }
}
