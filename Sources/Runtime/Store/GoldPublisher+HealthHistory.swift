import GRDB
import GRDBSQLite
import Records
public import Snapshots

/// `customer_health_history` in `gold.db`: a view, because the past of all clients is many rows of which few change from
/// one generation to the next. Its rows lie in `health_history_points`, by day and client number, and only the days that
/// differ are written anew.
extension GoldPublisher {
    /// Publishes the past of a generation, in one transaction.
    /// - Parameter isInterrupted: asked between days; when it says so nothing is published.
    /// - Returns: whether it was published.
    public func publishHealthHistory(of snapshot: Snapshot, isInterrupted: () -> Bool) throws -> Bool {
        let days = snapshot.healthHistory?.days ?? []
        return try inTransaction { connection in
            try SQLiteConnection.execute(connection, HealthHistorySchema.definition)
            var published = try HealthHistorySchema.publishedDays(connection)
            if try !HealthHistorySchema.updateClients(snapshot.silver.clients.id, connection) {
                // Numbers stand for other clients now.
                try SQLiteConnection.execute(
                    connection, "DELETE FROM health_history_points; DELETE FROM health_history_days")
                published = [:]
            }
            let wanted = Set(days.map(\.day.rawValue))
            for day in published.keys.sorted() where !wanted.contains(day) {
                try HealthHistorySchema.remove(day, connection)
            }
            for day in days where published[day.day.rawValue] != Int64(bitPattern: day.digest) {
                if isInterrupted() { return false }
                if published[day.day.rawValue] != nil { try HealthHistorySchema.remove(day.day.rawValue, connection) }
                try HealthHistorySchema.insert(day, connection)
            }
            let origin = try BulkStatement(
                connection, "UPDATE health_history_origin SET as_of = ?, snapshot = ?")
            origin.bind(1, snapshot.asOf.description)
            origin.bind(2, snapshot.id)
            try origin.run("note the publication of a past")
            return true
        }
    }

    /// Removes the past that was published.
    public func withdrawHealthHistory() throws {
        _ = try inTransaction { connection in
            try SQLiteConnection.execute(connection, HealthHistorySchema.removal)
            return true
        }
    }
}

private enum HealthHistorySchema {
    /// Scores in millionths and levels by number: a row takes some 18 bytes, where its text would take 80.
    static let definition = """
        CREATE TABLE IF NOT EXISTS health_history_points (
            day INTEGER NOT NULL, client INTEGER NOT NULL, score INTEGER, level INTEGER, PRIMARY KEY (day, client)
        ) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS health_history_clients (client INTEGER PRIMARY KEY, customer_id TEXT NOT NULL UNIQUE);
        CREATE TABLE IF NOT EXISTS health_history_days (
            day INTEGER PRIMARY KEY, date TEXT NOT NULL, digest INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS health_history_origin (
            as_of TEXT, snapshot TEXT, client_count INTEGER NOT NULL, client_digest INTEGER NOT NULL);
        INSERT INTO health_history_origin SELECT NULL, NULL, 0, 0
            WHERE NOT EXISTS (SELECT 1 FROM health_history_origin);
        CREATE VIEW IF NOT EXISTS customer_health_history AS
            SELECT c.customer_id AS customer_id, d.date AS day, p.score / 1e6 AS health_score,
                CASE p.level \(levels) END AS health_level, o.as_of AS as_of, o.snapshot AS snapshot
            FROM health_history_origin o, health_history_days d
                JOIN health_history_points p ON p.day = d.day
                JOIN health_history_clients c ON c.client = p.client;
        """

    private static var levels: String {
        HealthScores.Level.allCases.map { "WHEN \($0.rawValue) THEN '\($0.name)'" }.joined(separator: " ")
    }

    static let removal = """
        DROP VIEW IF EXISTS customer_health_history;
        DROP TABLE IF EXISTS health_history_points;
        DROP TABLE IF EXISTS health_history_clients;
        DROP TABLE IF EXISTS health_history_days;
        DROP TABLE IF EXISTS health_history_origin;
        """

    /// The digests of the days that are there.
    static func publishedDays(_ connection: OpaquePointer) throws -> [Int32: Int64] {
        let statement = try BulkStatement(connection, "SELECT day, digest FROM health_history_days")
        var days: [Int32: Int64] = [:]
        while try statement.next("read the published days") {
            days[Int32(truncatingIfNeeded: statement.integer(0))] = statement.integer(1)
        }
        return days
    }

    /// Adds the clients that are not there yet.
    /// - Returns: false when those that were there had other numbers; all are written anew then.
    static func updateClients(_ ids: TextColumn, _ connection: OpaquePointer) throws -> Bool {
        var count = 0
        var digest: Int64 = 0
        do {
            let statement = try BulkStatement(
                connection, "SELECT client_count, client_digest FROM health_history_origin")
            while try statement.next("read the published clients") {
                (count, digest) = (Int(statement.integer(0)), statement.integer(1))
            }
        }
        var hash: UInt64 = 0
        var isPrefix = count == 0
        for client in 0..<ids.count {
            ids.withBytes(at: client) { bytes in
                for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            }
            hash = (hash ^ 0xFF) &* 0x9FB2_1C65_1E98_DF25
            if client + 1 == count { isPrefix = Int64(bitPattern: hash) == digest }
        }
        let first = isPrefix ? count : 0
        if !isPrefix { try SQLiteConnection.execute(connection, "DELETE FROM health_history_clients") }
        let insert = try BulkStatement(
            connection, "INSERT INTO health_history_clients (client, customer_id) VALUES (?, ?)")
        for client in first..<max(first, ids.count) {
            insert.bind(1, client)
            try ids.withBytes(at: client) { bytes in
                insert.bindStatic(2, bytes)
                try insert.run("publish a client")
            }
        }
        let note = try BulkStatement(
            connection, "UPDATE health_history_origin SET client_count = ?, client_digest = ?")
        note.bind(1, ids.count)
        note.bind(2, Int64(bitPattern: hash))
        try note.run("note the published clients")
        return isPrefix
    }

    static func remove(_ day: Int32, _ connection: OpaquePointer) throws {
        for table in ["health_history_points", "health_history_days"] {
            try SQLiteConnection.execute(connection, "DELETE FROM \(table) WHERE day = \(day)")
        }
    }

    static func insert(_ day: HealthDay, _ connection: OpaquePointer) throws {
        let insert = try BulkStatement(
            connection, "INSERT INTO health_history_points (day, client, score, level) VALUES (?, ?, ?, ?)")
        insert.bind(1, Int(day.day.rawValue))
        for (client, point) in day.points.enumerated() where !point.isAbsent {
            insert.bind(2, client)
            if let score = point.millionths { insert.bind(3, score) } else { insert.bindNull(3) }
            if let level = point.level { insert.bind(4, Int(level.rawValue)) } else { insert.bindNull(4) }
            try insert.run("publish a point")
        }
        let note = try BulkStatement(
            connection, "INSERT INTO health_history_days (day, date, digest) VALUES (?, ?, ?)")
        note.bind(1, Int(day.day.rawValue))
        note.bind(2, day.text)
        note.bind(3, Int64(bitPattern: day.digest))
        try note.run("publish a day")
    }
}
