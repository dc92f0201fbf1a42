import Glibc
public import Records

/// The model files of one kind: every version as a file of its own, which of them is in force, and a journal of what
/// became of each.
///
///     <folder>/<version>.model
///     <folder>/in-force          the name of a version
///     <folder>/journal.tsv       one line per decision
///
/// Safe to use from any thread: every file is written beside its place and renamed into it.
public struct ModelShelf: Sendable {
    public let folder: String

    /// One line of the journal.
    public struct Note: Sendable, Equatable {
        public var at: Instant
        /// Empty where no model came of it.
        public var version: String
        /// A word: `taken`, `kept`, `refused`, `failed`, `cancelled`, `imported`, `chosen`, `drifted`, `recentred`.
        public var outcome: String
        public var asOf: Day?
        public var statement: String

        public init(at: Instant, version: String, outcome: String, asOf: Day?, statement: String) {
            self.at = at
            self.version = version
            self.outcome = outcome
            self.asOf = asOf
            self.statement = statement
        }
    }

    /// What went wrong with a file, in words for an operator.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Model files are some hundred kilobytes; nothing larger is read.
    public static let bytesMax = 64 << 20
    private static let journalLinesMax = 200

    /// Makes the folder where it is missing.
    public init(folder: String) throws {
        self.folder = folder
        var made = ""
        for (index, part) in folder.split(separator: "/", omittingEmptySubsequences: true).enumerated() {
            made += index == 0 && !folder.hasPrefix("/") ? "\(part)" : "/\(part)"
            // Folders above may not be ours to make; only the last one counts.
            if mkdir(made, 0o750) != 0, errno != EEXIST, index == folder.split(separator: "/").count - 1 {
                throw Failure(description: "cannot make the folder \(folder): \(String(cString: strerror(errno)))")
            }
        }
    }

    // MARK: Versions

    /// The versions there are, in the order of their names.
    public func versions() -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
        while let entry = readdir(stream) {
            let name = String(cString: (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self))
            guard name.hasSuffix(".model") else { continue }
            let version = String(name.dropLast(6))
            if ModelShelf.isName(version) { names.append(version) }
        }
        return names.sorted()
    }

    /// Letters, digits, points and hyphens: nothing that leads out of the folder.
    public static func isName(_ version: String) -> Bool {
        guard (1...100).contains(version.utf8.count), version.utf8.first != UInt8(ascii: ".") else { return false }
        return version.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 45
                || byte == 46
        }
    }

    public func read(_ version: String) throws -> [UInt8] {
        guard ModelShelf.isName(version) else { throw Failure(description: "\"\(version)\" is no name of a version") }
        return try ModelShelf.read("\(folder)/\(version).model", bytesMax: ModelShelf.bytesMax)
    }

    public func write(_ bytes: [UInt8], as version: String) throws {
        guard ModelShelf.isName(version) else { throw Failure(description: "\"\(version)\" is no name of a version") }
        try ModelShelf.replace("\(folder)/\(version).model", with: bytes)
    }

    /// Removes the oldest versions in the order given, so that so many are left; what is in force stays.
    public func prune(keeping count: Int, oldestFirst versions: [String]) {
        let inForce = inForce()
        for version in versions.dropLast(max(0, count)) where version != inForce && ModelShelf.isName(version) {
            unlink("\(folder)/\(version).model")
        }
    }

    // MARK: In force

    public func inForce() -> String? {
        guard let bytes = try? ModelShelf.read("\(folder)/in-force", bytesMax: 200) else { return nil }
        let name = String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" }
        return ModelShelf.isName(String(name)) ? String(name) : nil
    }

    /// Nil puts none in force.
    public func putInForce(_ version: String?) throws {
        try ModelShelf.replace("\(folder)/in-force", with: Array("\(version ?? "")\n".utf8))
    }

    // MARK: The journal

    /// The latest last.
    public func journal() -> [Note] {
        guard let bytes = try? ModelShelf.read("\(folder)/journal.tsv", bytesMax: 1 << 20) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").compactMap { line in
            let fields = line.split(separator: "\t", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 5, let at = Int64(fields[0]) else { return nil }
            return Note(
                at: Instant(rawValue: at), version: fields[1], outcome: fields[2], asOf: Day(fields[3]),
                statement: fields[4])
        }
    }

    public func note(_ note: Note) throws {
        func plain(_ text: String) -> String { String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 }) }
        let lines = (journal() + [note]).suffix(ModelShelf.journalLinesMax).map { note in
            [
                String(note.at.rawValue), plain(note.version), plain(note.outcome), note.asOf?.description ?? "",
                plain(note.statement),
            ].joined(separator: "\t")
        }
        try ModelShelf.replace("\(folder)/journal.tsv", with: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    // MARK: Files

    private static func failure(_ what: String, _ path: String) -> Failure {
        Failure(description: "cannot \(what) \(path): \(String(cString: strerror(errno)))")
    }

    private static func read(_ path: String, bytesMax: Int) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { throw failure("read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure("read", path) }
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= bytesMax else { throw Failure(description: "\(path) is larger than a model can be") }
        }
    }

    /// After a power cut either the old or the whole new content is there.
    private static func replace(_ path: String, with bytes: [UInt8]) throws {
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o640)
        guard descriptor >= 0 else { throw failure("write", temporary) }
        var written = 0
        var isGood = true
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                isGood = false
                break
            }
            written += count
        }
        isGood = isGood && fsync(descriptor) == 0
        let problem = failure("write", temporary)
        close(descriptor)
        guard isGood else {
            unlink(temporary)
            throw problem
        }
        guard rename(temporary, path) == 0 else { throw failure("replace", path) }
    }
}
