extension Archive {
    /// How an original was found.
    public enum Condition: Sendable, Hashable {
        /// Its bytes have its hash.
        case whole
        case missing
        /// In words, without any name of a file.
        case damaged(String)
    }

    /// Lists the folder anew, so that what somebody has put back or taken away by hand is seen.
    /// - Returns: names that the archive has not made: whatever they are, no delivery brought them here.
    @discardableResult
    public func relist() throws(FileError) -> [FileName] {
        let names = try folder.names()
        adopt(Archive.list(names))
        return names.filter { name in
            // What is being written begins with a point.
            ArchivedName(name) == nil && !LoadJournal.isJournal(name) && name.bytes.first != UInt8(ascii: ".")
        }.sorted()
    }

    /// When the oldest of some originals was last written to, in milliseconds since 1970; nil where none of them is there.
    public func oldest(of hashes: some Sequence<ContentHash>) -> Int64? {
        hashes.compactMap { hash in
            forms(of: hash).flatMap { $0.plain ?? $0.packed }
                .flatMap { try? folder.status(of: $0.fileName) }.map { $0.modifiedNanoseconds / 1_000_000 }
        }.min()
    }

    /// The hashes of all originals that are there, as last listed.
    public var hashes: Set<ContentHash> { Set(allForms.keys) }

    /// Reads an original whole and compares its hash. With two forms of it one whole form is enough.
    public func condition(of hash: ContentHash) -> Condition {
        do throws(ArchiveError) {
            try verify(hash)
            return .whole
        } catch {
            switch error {
            case .missing: return .missing
            case .damaged(_, let found):
                if isWholePacked(hash) { return .whole }
                return .damaged(found.map { "its bytes now have the SHA-256 \($0)" } ?? "it cannot be unpacked")
            case .file(let error): return .damaged(error.logDescription)
            case .read(let error): return .damaged(error.logDescription)
            case .packer: return .damaged("it cannot be read")
            }
        }
    }

    /// The packed form of an original whose plain one is damaged may still be there, after a crash between the two.
    private func isWholePacked(_ hash: ContentHash) -> Bool {
        guard let forms = forms(of: hash), forms.plain != nil, let packed = forms.packed,
            let descriptor = try? folder.open(packed.fileName)
        else { return false }
        do throws(DropReadError) {
            let reader = try DropReader(
                FileSource(descriptor, path: folder.path(of: packed.fileName)), isStoredAsZstd: true,
                output: .fileBytes)
            return try reader.drain() == hash
        } catch {
            return false
        }
    }
}
