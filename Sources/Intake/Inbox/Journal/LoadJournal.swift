import Glibc
import Locks
public import Records

/// The journal of loads, `bronze/journal.ndjson`: with it the originals describe themselves, and a lost `aura.db` is
/// made again from both. A line is on the disk before the ledger says that its drop is loaded, and is never changed.
public final class LoadJournal: Sendable {
    /// How far the journal goes, as it is noted in the ledger with every load.
    public struct Position: Sendable, Hashable, CustomStringConvertible {
        public var bytes: Int
        public var lines: Int
        public var chain: ContentHash

        /// Of an empty journal.
        public static let start = Position(bytes: 0, lines: 0, chain: JournalLine.start)

        public init(bytes: Int, lines: Int, chain: ContentHash) {
            self.bytes = bytes
            self.lines = lines
            self.chain = chain
        }

        /// Reads what `description` gives.
        public init?(_ text: String) {
            let parts = text.split(separator: " ")
            guard parts.count == 3, let bytes = Int(parts[0]), let lines = Int(parts[1]), bytes >= 0, lines >= 0,
                let chain = ContentHash(parts[2])
            else { return nil }
            self.init(bytes: bytes, lines: lines, chain: chain)
        }

        public var description: String { "\(bytes) \(lines) \(chain)" }
    }

    /// What stands in the journal.
    public struct Content: Sendable, Hashable {
        /// In the order of the loads; nil where the fields of a line were taken away.
        public var records: [LoadRecord?] = []
        /// Where each of these lines ends; empty when the journal is read from its beginning.
        public var ends: [Position] = []
        /// The end of the last whole line.
        public var end = Position.start
        /// Bytes after it: a line that a crash has cut off.
        public var tornBytes = 0
        /// The number of the first line that is damaged or does not follow the one before.
        public var damagedLine: Int?
        /// Lines after that which are what was written, by their own hashes; which are missing between them is not known.
        public var recordsAfterDamage: [LoadRecord] = []
    }

    public static let fileName = "journal.ndjson"
    private static let name = FileName(made: fileName)
    /// A line is some 700 bytes; names of files have 255 at most, and six bytes in JSON for each.
    private static let lineBytesMax = 16 << 10

    private struct State {
        /// Where the next line goes; nil before the journal was opened.
        var end: Position?
        /// Which file that is; nil before there was a line.
        var inode: UInt64?
    }

    private let folder: Folder
    private let state = Guarded(State())
    private let salt: @Sendable () -> [UInt8]

    /// - Parameter salt: gives 16 bytes nobody can guess.
    public init(folders: StateFolders, salt: @escaping @Sendable () -> [UInt8] = LoadJournal.randomSalt) {
        folder = folders.bronze
        self.salt = salt
    }

    public static let randomSalt: @Sendable () -> [UInt8] = {
        var generator = SystemRandomNumberGenerator()
        return (0..<JournalLine.saltByteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    /// Whether there is a journal.
    public func exists() throws(FileError) -> Bool { try folder.status(of: LoadJournal.name) != nil }

    /// Reads the journal from a position on; nil when there is none, or it is no longer than that and ends elsewhere.
    ///
    /// - Parameter position: the end of a line; the lines before are neither read nor checked, but that the file holds
    ///   them and that the chain goes on from there.
    public func read(from position: Position? = nil) throws(FileError) -> Content? {
        let start = position ?? .start
        guard let status = try folder.status(of: LoadJournal.name) else {
            // Before the first load there is no file.
            return position == .start ? Content() : nil
        }
        guard status.kind == .regular, status.bytes >= start.bytes else { return nil }
        let file = try folder.open(LoadJournal.name, operation: "read the journal of loads")
        var content = Content(end: start)
        if start.bytes > 0, try !endsLine(file, at: start) { return nil }
        guard lseek(file.number, off_t(start.bytes), SEEK_SET) >= 0 else {
            throw FileError("read the journal of loads", path: folder.path(of: LoadJournal.name), errorNumber: errno)
        }
        var buffer: [UInt8] = []
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { piece.deallocate() }
        while true {
            let count = try file.read(into: piece, path: folder.path(of: LoadJournal.name))
            if count == 0 { break }
            buffer += UnsafeRawBufferPointer(rebasing: piece[..<count])
            var used = 0
            while let lineFeed = buffer[used...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = JournalLine(buffer[used..<lineFeed])
                guard let line, content.damagedLine == nil, line.follows(content.end.chain) else {
                    content.damagedLine = content.damagedLine ?? content.end.lines + 1
                    if let record = line?.record { content.recordsAfterDamage.append(record) }
                    used = lineFeed + 1
                    continue
                }
                content.records.append(line.record)
                content.end = Position(
                    bytes: content.end.bytes + lineFeed - used + 1, lines: content.end.lines + 1, chain: line.chain)
                if position != nil { content.ends.append(content.end) }
                used = lineFeed + 1
            }
            buffer.removeFirst(used)
            if buffer.count > LoadJournal.lineBytesMax {
                // No line is that long: what there is of it is read past, up to where a line may begin.
                content.damagedLine = content.damagedLine ?? content.end.lines + 1
                buffer.removeFirst(buffer.count - 1)
            }
        }
        if content.damagedLine == nil { content.tornBytes = buffer.count }
        return content
    }

    /// Whether a line with the position's chain ends there.
    private func endsLine(_ file: borrowing Descriptor, at position: Position) throws(FileError) -> Bool {
        // The chain stands right before the end of its line.
        let expected = Array("\(position.chain)\"}\n".utf8)
        guard position.bytes >= expected.count else { return false }
        var found = [UInt8](repeating: 0, count: expected.count)
        let count = found.withUnsafeMutableBytes {
            pread(file.number, $0.baseAddress, $0.count, off_t(position.bytes - expected.count))
        }
        return count == expected.count && found == expected
    }

    /// Where the next line goes; nil before that is known.
    public var end: Position? { state.withLock { $0.end } }

    /// Says where the journal ends: further lines go there, and what stands behind is taken away.
    public func open(at end: Position) throws(FileError) {
        try state.withLock { state throws(FileError) in
            try cut(to: end.bytes)
            state.end = end
            state.inode = try folder.status(of: LoadJournal.name)?.inode
        }
    }

    /// Whether the file is still the one that lines were written to, and as long as they are: somebody may have taken
    /// it away or put another in its place.
    public func isInPlace() throws(FileError) -> Bool {
        try state.withLock { state throws(FileError) in try isInPlace(state) }
    }

    private func isInPlace(_ state: State) throws(FileError) -> Bool {
        guard let end = state.end, end.bytes > 0 else { return true }
        guard let status = try folder.status(of: LoadJournal.name), status.kind == .regular else { return false }
        guard status.inode == state.inode, status.bytes >= end.bytes else { return false }
        // The number of a file that was removed may have been given to the next one.
        return try endsLine(try folder.open(LoadJournal.name, operation: "read the journal of loads"), at: end)
    }

    /// Adds the lines of loads, in their order. On the disk when it returns; nothing is added when it throws.
    /// - Returns: where the journal ends now.
    public func append(_ records: [LoadRecord]) throws(FileError) -> Position {
        try state.withLock { state throws(FileError) in
            guard let end = state.end else {
                throw FileError(
                    .damaged, "write the journal of loads", path: folder.path(of: LoadJournal.name),
                    detail: "its end is not known")
            }
            guard try isInPlace(state) else {
                throw FileError(
                    .damaged, "write the journal of loads", path: folder.path(of: LoadJournal.name),
                    detail: "it was taken away or exchanged")
            }
            let (bytes, new) = text(of: records, after: end)
            do throws(FileError) {
                let file = try writable()
                // What an earlier failure has left behind the end must not stand in front of these lines.
                guard ftruncate(file.number, off_t(end.bytes)) == 0, lseek(file.number, 0, SEEK_END) >= 0 else {
                    throw FileError(
                        "write the journal of loads", path: folder.path(of: LoadJournal.name), errorNumber: errno)
                }
                try file.write(bytes, path: folder.path(of: LoadJournal.name))
                try file.sync(path: folder.path(of: LoadJournal.name))
                if end.bytes == 0 {
                    try folder.sync()
                    state.inode = try folder.status(of: LoadJournal.name)?.inode
                }
            } catch {
                _ = try? cut(to: end.bytes)
                throw error
            }
            state.end = new
            return new
        }
    }

    /// Takes lines back whose loads came to nothing.
    public func takeBack(to end: Position) {
        state.withLock { state in
            state.end = end
            // When this fails the next line is written in their place, and the next start takes them away.
            _ = try? cut(to: end.bytes)
        }
    }

    /// Writes the whole journal anew, for loads from before there was one or in place of a damaged one, which is kept
    /// under another name.
    /// - Returns: where it ends, and the name under which the former file is kept; nil when there was none.
    @discardableResult
    public func write(_ records: [LoadRecord]) throws(FileError) -> (end: Position, kept: String?) {
        try state.withLock { state throws(FileError) in
            var kept: FileName?
            if try folder.status(of: LoadJournal.name) != nil {
                var number = 1
                while try folder.status(of: LoadJournal.damagedName(number)) != nil { number += 1 }
                let name = LoadJournal.damagedName(number)
                try folder.rename(LoadJournal.name, to: folder, as: name)
                kept = name
            }
            let (bytes, end) = text(of: records, after: .start)
            try folder.replace(LoadJournal.name, with: bytes)
            state.end = end
            state.inode = try folder.status(of: LoadJournal.name)?.inode
            return (end, kept?.description)
        }
    }

    /// Whether a name in bronze belongs to the journal.
    static func isJournal(_ name: FileName) -> Bool {
        name == LoadJournal.name || (name.hasPrefix("journal.damaged-".utf8) && name.hasSuffix(Array(".ndjson".utf8)))
    }

    private static func damagedName(_ number: Int) -> FileName { FileName(made: "journal.damaged-\(number).ndjson") }

    private func text(of records: [LoadRecord], after end: Position) -> (bytes: [UInt8], end: Position) {
        var bytes: [UInt8] = []
        var chain = end.chain
        for record in records {
            let line = JournalLine.text(of: record, salt: salt(), after: chain)
            bytes += line.bytes
            bytes.append(UInt8(ascii: "\n"))
            chain = line.chain
        }
        return (
            bytes, Position(bytes: end.bytes + bytes.count, lines: end.lines + records.count, chain: chain)
        )
    }

    private func writable() throws(FileError) -> Descriptor {
        try folder.open(LoadJournal.name, flags: O_WRONLY | O_CREAT, operation: "write the journal of loads")
    }

    private func cut(to bytes: Int) throws(FileError) {
        guard let status = try folder.status(of: LoadJournal.name), status.bytes > bytes else { return }
        let file = try writable()
        guard ftruncate(file.number, off_t(bytes)) == 0 else {
            throw FileError("cut the journal of loads", path: folder.path(of: LoadJournal.name), errorNumber: errno)
        }
        try file.sync(path: folder.path(of: LoadJournal.name))
    }
}
