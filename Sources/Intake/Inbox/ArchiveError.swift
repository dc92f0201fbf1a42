/// Why the archive could not do what was asked.
public enum ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
    case file(FileError)
    case read(DropReadError)
    /// No original with this hash is kept.
    case missing(ContentHash)
    /// The stored bytes are not the ones that were admitted.
    case damaged(ContentHash, found: ContentHash?)
    /// zstd refused to pack.
    case packer(detail: String)

    /// Short and stable, for counting and for logs.
    public var code: String {
        switch self {
        case .file(let error): error.code.rawValue
        case .read(let error): error.code
        case .missing: "original_missing"
        case .damaged: "original_damaged"
        case .packer: "packer_failed"
        }
    }

    public var description: String {
        switch self {
        case .file(let error): error.description
        case .read(let error): error.description
        case .missing(let hash):
            "could not find the original \(hash) in bronze; restore it from a backup, or deliver the file again"
        case .damaged(let hash, let found):
            "the original \(hash) in bronze is damaged"
                + (found.map { " (its bytes now hash to \($0))" } ?? "")
                + "; restore it from a backup, or deliver the file again"
        case .packer(let detail): "could not pack an original: \(detail); it stays as it is"
        }
    }
}
