import GRDBSQLite
import Records

/// Writes and reads packed segments as blobs of at most a mebibyte.
enum SegmentRows {
    private static let blockBytes = 1 << 20

    private enum Part: Int {
        case clients = 0
        case starts = 1
        case values = 2
    }

    /// Enters a segment and writes its blocks.
    static func write<Value>(_ segment: Segment<Value>, category: Category, _ connection: OpaquePointer) throws {
        try enter(segment, category: category, connection)
        try writeBlocks(segment, connection) { _ in }
    }

    /// Makes the blocks of a segment part of silver.
    static func enter<Value>(_ segment: Segment<Value>, category: Category, _ connection: OpaquePointer) throws {
        let statement = try BulkStatement(
            connection, "INSERT INTO segment (id, category, rows, clients) VALUES (?, ?, ?, ?)")
        statement.bind(1, segment.id)
        statement.bind(2, category.rawValue)
        statement.bind(3, segment.values.count)
        statement.bind(4, segment.slices.clients.count)
        try statement.run("enter a segment")
    }

    /// Writes the blocks of a segment, which nobody reads before it is entered.
    /// - Parameter wrote: called after each block with its bytes.
    static func writeBlocks<Value>(
        _ segment: Segment<Value>, _ connection: OpaquePointer, wrote: (Int) throws -> Void
    ) throws {
        let block = try BulkStatement(
            connection, "INSERT INTO segment_block (segment_id, part, number, data, digest) VALUES (?, ?, ?, ?, ?)")
        func write(_ bytes: UnsafeRawBufferPointer, _ part: Part) throws {
            var offset = 0
            var number = 0
            while offset < bytes.count {
                let end = min(bytes.count, offset + blockBytes)
                block.bind(1, segment.id)
                block.bind(2, part.rawValue)
                block.bind(3, number)
                let piece = UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
                block.bindStatic(4, piece)
                block.bind(5, BlockDigest.of(piece))
                try block.run("write a segment")
                try wrote(end - offset)
                offset = end
                number += 1
            }
        }
        try segment.slices.clients.withUnsafeBytes { try write($0, .clients) }
        try segment.slices.starts.withUnsafeBytes { try write($0, .starts) }
        try segment.values.withUnsafeBytes { try write($0, .values) }
    }

    static func remove(_ id: Int64, _ connection: OpaquePointer) throws {
        let blocks = try BulkStatement(connection, "DELETE FROM segment_block WHERE segment_id = ?")
        blocks.bind(1, id)
        try blocks.run("remove a merged segment")
        let segment = try BulkStatement(connection, "DELETE FROM segment WHERE id = ?")
        segment.bind(1, id)
        try segment.run("remove a merged segment")
    }

    /// The segments of a category, in the order of their ids.
    /// - Parameters:
    ///   - clientCount: clients there are.
    ///   - isSound: whether the values can be, such as that their kinds are there.
    static func readAll<Value>(
        category: Category, clientCount: Int, _ connection: OpaquePointer, isSound: ([Value]) -> Bool
    ) throws -> [Segment<Value>] {
        let segments = try BulkStatement(
            connection, "SELECT id, rows, clients FROM segment WHERE category = ? ORDER BY id")
        segments.bind(1, category.rawValue)
        var result: [Segment<Value>] = []
        while try segments.next("read the segments") {
            let id = segments.integer(0)
            let rows = Int(segments.integer(1))
            let clients = Int(segments.integer(2))
            guard (0...Int(UInt32.max)).contains(rows), (0...clientCount).contains(clients) else {
                throw BlockDigest.damaged("segment \(id)")
            }
            let slices = ClientSlices(
                clients: try read(UInt32.self, count: clients, id, .clients, connection),
                starts: try read(UInt32.self, count: clients + 1, id, .starts, connection))
            let values = try read(Value.self, count: rows, id, .values, connection)
            guard areSound(slices, rows: rows, clientCount: clientCount), isSound(values) else {
                throw BlockDigest.damaged("segment \(id)")
            }
            result.append(Segment(id: id, slices: slices, values: values))
        }
        return result
    }

    /// Blocks are found by their index: it has to name just those that are there, lest one is taken for another.
    static func checkIndex(_ connection: OpaquePointer) throws {
        let columns = "segment_id, part, number, rowid"
        let rows = try BulkStatement(
            connection, "SELECT \(columns) FROM segment_block NOT INDEXED ORDER BY \(columns)")
        let entries = try BulkStatement(
            connection, "SELECT \(columns) FROM segment_block INDEXED BY segment_blocks ORDER BY \(columns)")
        while try rows.next("look for the blocks of segments") {
            guard try entries.next("look for the blocks of segments"),
                (0..<4).allSatisfy({ rows.integer($0) == entries.integer($0) })
            else { throw BlockDigest.damaged("index segment_blocks") }
        }
        guard try !entries.next("look for the blocks of segments") else {
            throw BlockDigest.damaged("index segment_blocks")
        }
    }

    /// Whether slices lie one after the other and belong to clients that are there. What is read is believed from here on,
    /// without a check at every use.
    private static func areSound(_ slices: ClientSlices, rows: Int, clientCount: Int) -> Bool {
        guard slices.starts.first == 0, slices.starts.last.map({ Int($0) == rows }) ?? false else { return false }
        var isSound = slices.clients.last.map { Int($0) < clientCount } ?? true
        for index in slices.clients.indices {
            if index > 0, slices.clients[index - 1] >= slices.clients[index] { isSound = false }
            if slices.starts[index] > slices.starts[index + 1] { isSound = false }
        }
        return isSound
    }

    private static func read<Element: BitwiseCopyable>(
        _ type: Element.Type, count: Int, _ id: Int64, _ part: Part, _ connection: OpaquePointer
    ) throws -> [Element] {
        let select = try BulkStatement(
            connection, "SELECT data, digest FROM segment_block WHERE segment_id = ? AND part = ? ORDER BY number")
        select.bind(1, id)
        select.bind(2, part.rawValue)
        return try [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
            let target = UnsafeMutableRawBufferPointer(buffer)
            var offset = 0
            while try select.next("read a segment") {
                let bytes = select.blob(0)
                guard offset + bytes.count <= target.count else { break }
                try BlockDigest.check(bytes, select, digest: 1, "segment \(id)")
                UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: bytes)
                offset += bytes.count
            }
            guard offset == count * MemoryLayout<Element>.stride else {
                throw BlockDigest.damaged("segment \(id)")
            }
            initialized = count
        }
    }
}
