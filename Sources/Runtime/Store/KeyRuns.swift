import GRDB
import GRDBSQLite
import Records
import Silver

/// The natural keys of a category on disk: sorted runs, cut into blocks of about a thousand keys. A run is written once;
/// small runs are merged into larger ones, so that there are never many.
struct KeyRun: Sendable {
    var id: Int64
    var rows: Int
    var firstBlock: Int64
    /// The first key's prefix of every block.
    var fences: [UInt64]
}

/// Entries per block: what fits into a page of 16 KiB.
private let entriesPerBlock = 1018

/// Answers which keys are known, from the runs on disk.
struct StoredKeys: KnownKeys {
    let store: SilverStore
    let category: Category
    let runs: [KeyRun]
    let isInterrupted: () -> Bool

    func find(
        _ sorted: UnsafeBufferPointer<KeyEntry>, found: (_ position: Int, _ content: UInt32) -> Void
    ) throws {
        guard !sorted.isEmpty, !runs.isEmpty else { return }
        try during { try find(sorted, $0, found: found) }
    }

    func revisions(of keys: [KeyEntry]) throws -> [RevisedKey?] {
        guard category == .transactions else { return [RevisedKey?](repeating: nil, count: keys.count) }
        return try during { try TransactionRevisions.find(keys, $0) }
    }

    private func during<Result>(_ body: (OpaquePointer) throws -> Result) throws -> Result {
        // On the connection that writes: what it wrote last is nearest to it, and readers are left to those who ask.
        try store.writeWithoutTransaction { database in
            guard let connection = database.sqliteConnection else {
                throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
            }
            // One view for all that is looked up: each statement by itself would take a new one.
            try SQLiteConnection.execute(connection, "BEGIN")
            defer { sqlite3_exec(connection, "COMMIT", nil, nil, nil) }
            return try InterruptibleStatements.during(connection, isInterrupted) { try body(connection) }
        }
    }

    private func find(
        _ sorted: UnsafeBufferPointer<KeyEntry>, _ connection: OpaquePointer,
        found: (_ position: Int, _ content: UInt32) -> Void
    ) throws {
        let select = try BulkStatement(connection, "SELECT data, digest FROM key_block WHERE id = ?")
        var seen = [Bool](repeating: false, count: runs.count > 1 ? sorted.count : 0)
        for run in runs {
            var position = 0
            while position < sorted.count {
                let block = run.block(of: sorted[position].prefix)
                if block < 0 {
                    position += 1
                    continue
                }
                var end = position + 1
                if block + 1 < run.fences.count {
                    let next = run.fences[block + 1]
                    while end < sorted.count, sorted[end].prefix < next { end += 1 }
                } else {
                    end = sorted.count
                }
                select.bind(1, run.firstBlock + Int64(block))
                guard try select.next("read known keys") else {
                    throw BlockDigest.damaged("a block of known keys")
                }
                let entries = try run.entries(ofBlock: block, select)
                var at = 0
                while position < end {
                    let entry = sorted[position]
                    at = KeyRun.lowerBound(entries, entry, from: at)
                    if at < entries.count, KeyEntry.sameKey(entries[at], entry) {
                        if seen.isEmpty || !seen[position] { found(position, entries[at].content) }
                        if !seen.isEmpty { seen[position] = true }
                    }
                    position += 1
                }
                select.reset()
            }
        }
    }
}

extension KeyRun {
    /// The block that holds a prefix if any does; -1 when it lies before the first.
    func block(of prefix: UInt64) -> Int {
        var low = 0
        var high = fences.count
        while low < high {
            let middle = (low + high) / 2
            if fences[middle] <= prefix { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    /// What stands in a block, which is whole and the one that it is taken for.
    /// - Parameter select: at the row of the block, with its data and its digest.
    func entries(
        ofBlock block: Int, _ select: borrowing BulkStatement
    ) throws -> UnsafeBufferPointer<KeyEntry> {
        let bytes = select.blob(0)
        try BlockDigest.check(bytes, select, digest: 1, "a block of known keys")
        let entries = bytes.bindMemory(to: KeyEntry.self)
        guard entries.first?.prefix == fences[block] else { throw BlockDigest.damaged("a block of known keys") }
        return entries
    }

    /// The first entry not before `key`, at or after `start`.
    static func lowerBound(_ entries: UnsafeBufferPointer<KeyEntry>, _ key: KeyEntry, from start: Int) -> Int {
        var low = start
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if KeyEntry.precedes(entries[middle], key) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Writes one run, block by block.
final class KeyRunWriter {
    private let connection: OpaquePointer
    private let insert: BulkStatement
    private let category: Category
    private var firstBlock: Int64
    private var nextBlock: Int64
    private var rows = 0
    private var fences: [UInt64] = []
    private var pending: [KeyEntry] = []

    init(_ connection: OpaquePointer, category: Category) throws {
        self.connection = connection
        self.category = category
        let maximum = try BulkStatement(connection, "SELECT coalesce(max(id), 0) FROM key_block")
        firstBlock = try maximum.next("number key blocks") ? maximum.integer(0) + 1 : 1
        nextBlock = firstBlock
        insert = try BulkStatement(connection, "INSERT INTO key_block (id, data, digest) VALUES (?, ?, ?)")
        pending.reserveCapacity(entriesPerBlock)
    }

    /// Takes further keys, all after those before.
    func append(_ entries: UnsafeBufferPointer<KeyEntry>) throws {
        var start = 0
        if !pending.isEmpty {
            // Fill up the block begun with the piece before; equal prefixes stay in one block.
            while start < entries.count,
                pending.count < entriesPerBlock || pending.last?.prefix == entries[start].prefix
            {
                pending.append(entries[start])
                start += 1
            }
            if start == entries.count { return }
            let block = pending
            try block.withUnsafeBufferPointer { try write($0) }
            pending.removeAll(keepingCapacity: true)
        }
        while entries.count - start > entriesPerBlock {
            var end = start + entriesPerBlock
            while end < entries.count, entries[end].prefix == entries[end - 1].prefix { end += 1 }
            try write(UnsafeBufferPointer(rebasing: entries[start..<end]))
            start = end
        }
        pending.append(contentsOf: entries[start...])
    }

    private func write(_ block: UnsafeBufferPointer<KeyEntry>) throws {
        guard let first = block.first else { return }
        fences.append(first.prefix)
        insert.bind(1, nextBlock)
        insert.bindStatic(2, UnsafeRawBufferPointer(block))
        insert.bind(3, BlockDigest.of(UnsafeRawBufferPointer(block)))
        try insert.run("write keys")
        nextBlock += 1
        rows += block.count
    }

    /// Writes the rest and enters the run; nil when it is empty.
    func finish() throws -> KeyRun? {
        let block = pending
        try block.withUnsafeBufferPointer { try write($0) }
        pending = []
        guard rows > 0 else { return nil }
        let statement = try BulkStatement(
            connection, "INSERT INTO key_run (category, rows, first_block, blocks, fences) VALUES (?, ?, ?, ?, ?)")
        statement.bind(1, category.rawValue)
        statement.bind(2, rows)
        statement.bind(3, firstBlock)
        statement.bind(4, fences.count)
        try fences.withUnsafeBytes { bytes in
            statement.bindStatic(5, bytes)
            try statement.run("enter a run of keys")
        }
        return KeyRun(id: sqlite3_last_insert_rowid(connection), rows: rows, firstBlock: firstBlock, fences: fences)
    }
}

/// Reads a run from its first key to its last.
private struct KeyRunCursor {
    let run: KeyRun
    private var block = 0
    private var entries: [KeyEntry] = []
    private var position = 0

    init(_ run: KeyRun) { self.run = run }

    mutating func current(_ connection: OpaquePointer) throws -> KeyEntry? {
        if position == entries.count {
            guard block < run.fences.count else { return nil }
            let select = try BulkStatement(connection, "SELECT data, digest FROM key_block WHERE id = ?")
            select.bind(1, run.firstBlock + Int64(block))
            guard try select.next("read known keys") else {
                throw BlockDigest.damaged("a block of known keys")
            }
            entries = Array(try run.entries(ofBlock: block, select))
            position = 0
            block += 1
            if entries.isEmpty { return nil }
        }
        return entries[position]
    }

    mutating func advance() { position += 1 }
}

enum KeyRunMerge {
    /// Which runs should become one: as soon as eight of about a size are there, all of that size and below.
    static func candidates(_ runs: [KeyRun]) -> [KeyRun] {
        let byTier = Dictionary(grouping: runs) { run in (run.rows.bitWidth - run.rows.leadingZeroBitCount) / 3 }
        for tier in byTier.keys.sorted() {
            if let group = byTier[tier], group.count >= 8 {
                return runs.filter { ($0.rows.bitWidth - $0.rows.leadingZeroBitCount) / 3 <= tier }
            }
        }
        return []
    }

    /// Writes one run with the keys of several and removes those.
    static func merge(
        _ runs: [KeyRun], category: Category, _ connection: OpaquePointer, _ isInterrupted: () -> Bool
    ) throws -> KeyRun? {
        let writer = try KeyRunWriter(connection, category: category)
        var cursors = runs.map(KeyRunCursor.init)
        var buffer: [KeyEntry] = []
        buffer.reserveCapacity(8192)
        while true {
            var best = -1
            var bestEntry = KeyEntry(prefix: 0, suffix: 0, content: 0)
            for index in cursors.indices {
                guard let entry = try cursors[index].current(connection) else { continue }
                if best < 0 || KeyEntry.precedes(entry, bestEntry) { (best, bestEntry) = (index, entry) }
            }
            guard best >= 0 else { break }
            cursors[best].advance()
            buffer.append(bestEntry)
            if buffer.count == 8192 {
                if isInterrupted() { throw StoreError(code: SQLITE_INTERRUPT, message: "interrupted") }
                try buffer.withUnsafeBufferPointer { try writer.append($0) }
                buffer.removeAll(keepingCapacity: true)
            }
        }
        try buffer.withUnsafeBufferPointer { try writer.append($0) }
        let merged = try writer.finish()
        let deleteBlocks = try BulkStatement(connection, "DELETE FROM key_block WHERE id >= ? AND id < ?")
        let deleteRun = try BulkStatement(connection, "DELETE FROM key_run WHERE id = ?")
        for run in runs {
            deleteBlocks.bind(1, run.firstBlock)
            deleteBlocks.bind(2, run.firstBlock + Int64(run.fences.count))
            try deleteBlocks.run("remove merged keys")
            deleteRun.bind(1, run.id)
            try deleteRun.run("remove a merged run")
        }
        return merged
    }
}
