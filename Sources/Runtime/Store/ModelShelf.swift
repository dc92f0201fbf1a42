import Glibc
import Locks
public import Records

/// The model files of one kind: every version as a file of its own, which of them is in force, and a journal of what
/// became of each.
///
///     <folder>/<version>.model
///     <folder>/in-force          the name of a version, and "chosen" where an operator has put it there
///     <folder>/journal.tsv       one line per decision
///     <folder>/record.tsv        what became of the clients of past days, by what was said of them then
///
/// Safe to use from any thread: one after the other has the folder to itself, and every file is written beside its place
/// and renamed into it. One folder has one shelf; copies of it share its lock.
public struct ModelShelf: Sendable {
    public let folder: String
    private let lock = Guarded<Void>(())

    /// What ranks the clients, and who has decided that.
    public struct InForce: Sendable, Equatable {
        /// Nil for the rules.
        public var version: String?
        /// An operator has chosen it: trainings leave it alone.
        public var isChosen: Bool

        public init(version: String?, isChosen: Bool) {
            self.version = version
            self.isChosen = isChosen
        }
    }

    /// One line of the journal.
    public struct Note: Sendable, Equatable {
        public var at: Instant
        /// Empty where no model came of it.
        public var version: String
        /// A word: `taken`, `kept`, `refused`, `failed`, `cancelled`, `imported`, `chosen`, `released`, `unusable`,
        /// `drifted`, `recentred`.
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
        /// The error number of the operating system; nil where the content is wrong.
        public var number: Int32?
    }

    /// Model files are some hundred kilobytes; nothing larger is read.
    public static let bytesMax = 64 << 20
    private static let journalLinesMax = 200

    private static let temporaryEnding = ".tmp"

    /// Makes the folder where it is missing, and removes what a crash has left half written there.
    public init(folder: String) throws {
        self.folder = folder
        var made = ""
        for (index, part) in folder.split(separator: "/", omittingEmptySubsequences: true).enumerated() {
            made += index == 0 && !folder.hasPrefix("/") ? "\(part)" : "/\(part)"
            // Folders above may not be ours to make; only the last one counts.
            if mkdir(made, 0o750) != 0, errno != EEXIST, index == folder.split(separator: "/").count - 1 {
                throw ModelShelf.failure("make the folder", folder)
            }
        }
        for name in names() where name.hasSuffix(ModelShelf.temporaryEnding) { unlink("\(folder)/\(name)") }
    }

    // MARK: Versions

    /// The versions there are, in the order of their names.
    public func versions() -> [String] {
        names().filter { $0.hasSuffix(".model") }.map { String($0.dropLast(6)) }.filter(ModelShelf.isName).sorted()
    }

    private func names() -> [String] {
        guard let stream = opendir(folder) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 19
        while let entry = readdir(stream) {
            names.append(String(cString: (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)))
        }
        return names
    }

    /// Where a version lies.
    public func path(of version: String) -> String { "\(folder)/\(version).model" }

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
        return try ModelShelf.read(path(of: version), bytesMax: ModelShelf.bytesMax)
    }

    public func write(_ bytes: [UInt8], as version: String) throws {
        guard ModelShelf.isName(version) else { throw Failure(description: "\"\(version)\" is no name of a version") }
        try lock.withLock { _ in try ModelShelf.replace(path(of: version), with: bytes) }
    }

    /// Removes the oldest versions in the order given, so that so many are left; what is in force stays.
    public func prune(keeping count: Int, oldestFirst versions: [String]) {
        lock.withLock { _ in
            // Where it cannot be known what is in force, nothing is removed.
            guard let inForce = try? readInForce() else { return }
            for version in versions.dropLast(max(0, count))
            where version != inForce.version && ModelShelf.isName(version) {
                unlink(path(of: version))
            }
        }
    }

    // MARK: In force

    private static let chosenWord = "chosen"

    /// - Throws: when the file is there and cannot be made out.
    public func inForce() throws -> InForce { try lock.withLock { _ in try readInForce() } }

    private func readInForce() throws -> InForce {
        let path = "\(folder)/in-force"
        let bytes: [UInt8]
        do {
            bytes = try ModelShelf.read(path, bytesMax: 200)
        } catch let error as Failure where error.number == ENOENT {
            return InForce(version: nil, isChosen: false)
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        let version = String(lines.first ?? "")
        guard version.isEmpty || ModelShelf.isName(version) else {
            throw Failure(description: "\(path) holds no name of a version")
        }
        let rest = lines.dropFirst().filter { !$0.isEmpty }
        guard rest.isEmpty || rest == [Self.chosenWord[...]] else {
            throw Failure(description: "\(path) says something else than which version is in force")
        }
        return InForce(version: version.isEmpty ? nil : version, isChosen: !rest.isEmpty)
    }

    /// - Throws: when there is no such version (any more).
    public func putInForce(_ inForce: InForce) throws {
        try lock.withLock { _ in
            // Between looking at a version and putting it in force it may have been pruned.
            if let version = inForce.version, !ModelShelf.isName(version) || access(path(of: version), F_OK) != 0 {
                throw Failure(description: "there is no version \"\(version)\" in \(folder)")
            }
            let text = "\(inForce.version ?? "")\n" + (inForce.isChosen ? "\(ModelShelf.chosenWord)\n" : "")
            try ModelShelf.replace("\(folder)/in-force", with: Array(text.utf8))
        }
    }

    // MARK: The journal

    /// The latest last.
    /// - Throws: when the file is there and cannot be made out.
    public func journal() throws -> [Note] { try lock.withLock { _ in try readJournal() } }

    private func readJournal() throws -> [Note] {
        let path = "\(folder)/journal.tsv"
        let bytes: [UInt8]
        do {
            bytes = try ModelShelf.read(path, bytesMax: 1 << 20)
        } catch let error as Failure where error.number == ENOENT {
            return []
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        return try zip(1..., lines).map { number, line in
            let fields = line.split(separator: "\t", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 5, let at = Int64(fields[0]), fields[3].isEmpty || Day(fields[3]) != nil else {
                throw Failure(description: "line \(number) of \(path) is not what was written")
            }
            return Note(
                at: Instant(rawValue: at), version: fields[1], outcome: fields[2], asOf: Day(fields[3]),
                statement: fields[4])
        }
    }

    public func note(_ note: Note) throws {
        func plain(_ text: String) -> String { String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 }) }
        try lock.withLock { _ in
            // A journal that cannot be read is not overwritten with one line.
            let lines = try (readJournal() + [note]).suffix(ModelShelf.journalLinesMax).map { note in
                [
                    String(note.at.rawValue), plain(note.version), plain(note.outcome), note.asOf?.description ?? "",
                    plain(note.statement),
                ].joined(separator: "\t")
            }
            try ModelShelf.replace("\(folder)/journal.tsv", with: Array((lines.joined(separator: "\n") + "\n").utf8))
        }
    }

    // MARK: The record

    private var recordPath: String { "\(folder)/record.tsv" }

    /// How the company's past bears out what is said of risk, as it was written; nil where nothing is.
    public func record() throws -> String? {
        try lock.withLock { _ in
            do {
                return String(decoding: try ModelShelf.read(recordPath, bytesMax: 1 << 20), as: UTF8.self)
            } catch let error as Failure where error.number == ENOENT {
                return nil
            }
        }
    }

    public func keep(record: String) throws {
        try lock.withLock { _ in try ModelShelf.replace(recordPath, with: Array(record.utf8)) }
    }

    // MARK: Files

    private static func failure(_ what: String, _ path: String) -> Failure {
        let number = errno
        return Failure(description: "cannot \(what) \(path): \(String(cString: strerror(number)))", number: number)
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
            guard bytes.count <= bytesMax else {
                throw Failure(description: "\(path) is larger than such a file can be")
            }
        }
    }

    /// After a power cut either the old or the whole new content is there. Only to be called by the holder of the lock:
    /// two writers of one file would write one temporary file.
    private static func replace(_ path: String, with bytes: [UInt8]) throws {
        let temporary = "\(path).\(getpid())\(temporaryEnding)"
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
        guard rename(temporary, path) == 0 else {
            let problem = failure("replace", path)
            unlink(temporary)
            throw problem
        }
    }
}
