import Glibc
import Locks

/// The accepted originals, each once, named by its content. What is in here is never changed; packing swaps one form of
/// an original for another only after the new form has been read back and compared.
public final class Archive: Sendable {
    /// One original.
    public struct Entry: Sendable, Hashable {
        public var hash: ContentHash
        /// The kind of file it was delivered as: `csv`, `ndjson.gz`.
        public var ending: String
        public var isPacked: Bool
        /// What it takes on disk.
        public var storedBytes: Int
    }

    /// What taking a drop in has done to the originals.
    public enum Admission: Sendable, Hashable {
        /// There was none with this content.
        case added
        /// It took the place of a damaged one.
        case replaced
        /// It was there, whole.
        case kept
    }

    /// Which forms of one original are there.
    struct Forms {
        var plain: ArchivedName?
        var packed: ArchivedName?
        /// Already packed by the client, or damaged: nothing to be gained.
        var isExemptFromPacking = false
    }

    let folders: StateFolders
    var folder: Folder { folders.bronze }
    private let index: Guarded<[ContentHash: Forms]>
    let packing = Guarded<PackingJob?>(nil)

    /// Lists what is there and removes what interrupted packing has left.
    public init(folders: StateFolders) throws(FileError) {
        self.folders = folders
        for name in try folders.bronze.names()
        where name.bytes.first == UInt8(ascii: ".") && name.hasSuffix(Array(".tmp".utf8)) {
            try folders.bronze.remove(name)
        }
        index = Guarded(Archive.list(try folders.bronze.names()))
    }

    static func list(_ names: [FileName]) -> [ContentHash: Forms] {
        var index: [ContentHash: Forms] = [:]
        // In order, so that of two endings of one content the same one is chosen every time.
        for name in names.sorted(by: >) {
            guard let archived = ArchivedName(name) else { continue }
            var forms = index[archived.hash] ?? Forms()
            if archived.isPacked { forms.packed = archived } else { forms.plain = archived }
            index[archived.hash] = forms
        }
        return index
    }

    /// Takes an accepted drop in, in such a way that it survives a power cut once the call has returned.
    ///
    /// When the same content is already there, whole, the claimed file is removed instead; the caller has established
    /// that it is the same by hashing the claimed file. A damaged original is replaced by it: a file that is delivered
    /// again mends what was kept of it. Calling it again after a crash does what is left to do.
    /// - Parameters:
    ///   - sha256: of the claimed file's own bytes.
    ///   - ending: the kind of file, for people: `csv`.
    /// - Returns: what that has changed.
    @discardableResult
    public func admit(_ drop: ClaimedDrop, sha256: ContentHash, ending: String) throws(FileError) -> Admission {
        let claimed = folders.claimed
        guard let status = try claimed.status(of: drop.claimedName) else {
            // Admitted before, and the caller did not get to hear of it.
            if forms(of: sha256) != nil { return .kept }
            throw FileError("archive", path: claimed.path(of: drop.claimedName), errorNumber: ENOENT)
        }
        guard status.kind == .regular else {
            throw FileError(
                .unsafeFolder, "archive", path: claimed.path(of: drop.claimedName), detail: "not a regular file")
        }
        if contains(sha256), condition(of: sha256) == .whole {
            try claimed.remove(drop.claimedName)
            try folders.forgetNote(of: drop)
            try claimed.sync()
            return .kept
        }
        let known = forms(of: sha256)
        let name = known?.plain ?? ArchivedName(hash: sha256, ending: known?.packed?.ending ?? ending)
        let file = try claimed.open(drop.claimedName)
        // Fails for a file that belongs to the client's user; the folder keeps everybody else out anyway.
        _ = fchmod(file.number, 0o400)
        try file.sync(path: claimed.path(of: drop.claimedName))
        // Replacing: what is there is damaged, and this one has just been hashed.
        try claimed.rename(drop.claimedName, to: folder, as: name.fileName, replacing: true, operation: "archive")
        try folder.sync()
        try claimed.sync()
        if let packed = known?.packed { try folder.remove(packed.fileName) }
        index.withLock { $0[sha256] = Forms(plain: name) }
        try folders.forgetNote(of: drop)
        return known == nil ? .added : .replaced
    }

    /// Returns when the content of a claimed drop would survive a power cut: before the ledger says that it is loaded.
    public func secure(_ drop: ClaimedDrop) throws(FileError) {
        let file = try folders.claimed.open(drop.claimedName)
        try file.sync(path: folders.claimed.path(of: drop.claimedName))
    }

    /// Whether an original with this hash is kept.
    public func contains(_ hash: ContentHash) -> Bool { forms(of: hash) != nil }

    var allForms: [ContentHash: Forms] { index.withLock { $0 } }

    /// Takes a new listing into force.
    func adopt(_ listed: [ContentHash: Forms]) {
        index.withLock { index in
            var listed = listed
            // What cannot be packed is not tried again because somebody has looked at the folder.
            for (hash, forms) in index where forms.isExemptFromPacking {
                listed[hash]?.isExemptFromPacking = true
            }
            index = listed
        }
    }

    func forms(of hash: ContentHash) -> Forms? { index.withLock { $0[hash] } }

    func update(_ hash: ContentHash, _ change: (inout Forms) -> Void) {
        index.withLock { index in
            guard var forms = index[hash] else { return }
            change(&forms)
            index[hash] = forms
        }
    }

    /// The original that is to be packed next.
    func nextToPack() -> (plain: ArchivedName, packed: ArchivedName?)? {
        index.withLock { index in
            let next = index.values.lazy
                .compactMap { forms in
                    forms.isExemptFromPacking ? nil : forms.plain.map { (plain: $0, packed: forms.packed) }
                }
                .min { $0.plain.hash < $1.plain.hash }
            return next
        }
    }

    /// All originals, by hash.
    public func entries() throws(FileError) -> [Entry] {
        let index = index.withLock { $0 }
        var entries: [Entry] = []
        for (hash, forms) in index {
            guard let name = forms.plain ?? forms.packed, let status = try folder.status(of: name.fileName) else {
                continue
            }
            entries.append(
                Entry(hash: hash, ending: name.ending, isPacked: name.isPacked, storedBytes: status.bytes))
        }
        return entries.sorted { $0.hash < $1.hash }
    }

    /// Opens an original, packed by the archive or not, for reading it again.
    /// - Parameter output: the delivered file's own bytes, or its content as it was read when it came in.
    public func openOriginal(
        _ hash: ContentHash, output: DropReader.Output = .fileBytes
    ) throws(ArchiveError) -> DropReader {
        // Packing may swap the form between the look-up and the opening; then the look-up is out of date. A file put
        // back by hand is found by listing.
        for attempt in 0..<4 {
            if attempt == 2 {
                do throws(FileError) {
                    let listed = Archive.list(try folder.names())[hash]
                    index.withLock { $0[hash] = listed }
                } catch {
                    throw .file(error)
                }
            }
            guard let forms = forms(of: hash), let name = forms.plain ?? forms.packed else { continue }
            let descriptor: Descriptor
            do throws(FileError) {
                descriptor = try folder.open(name.fileName)
            } catch let error where error.code == .missing {
                continue
            } catch {
                throw .file(error)
            }
            do throws(DropReadError) {
                // What was loaded once is read again whatever it unpacks to.
                return try DropReader(
                    FileSource(descriptor, path: folder.path(of: name.fileName)), isStoredAsZstd: name.isPacked,
                    output: output, unpackedFreely: .max)
            } catch {
                throw .read(error)
            }
        }
        throw .missing(hash)
    }

    /// Reads an original whole and compares its hash.
    /// - Throws: `.damaged`, `.missing`, or why it cannot be read.
    public func verify(_ hash: ContentHash) throws(ArchiveError) {
        let reader = try openOriginal(hash)
        let found: ContentHash
        do throws(DropReadError) {
            found = try reader.drain()
        } catch {
            switch error {
            case .damaged, .truncated: throw .damaged(hash, found: nil)
            default: throw .read(error)
            }
        }
        if found != hash { throw .damaged(hash, found: found) }
    }
}
