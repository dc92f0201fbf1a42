/// Why the content of a drop could not be read to its end.
public enum DropReadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kernel refused, or the disk failed.
    case file(FileError)
    /// Somebody wrote to the file: put it back to wait.
    case changedWhileReading(path: String)
    /// The compressed content ends too early; `atByte` counts the bytes of the file.
    case truncated(Encoding, atByte: Int, path: String)
    /// The compressed content is damaged; `atByte` is where in the file that showed.
    case damaged(Encoding, atByte: Int, detail: String, path: String)
    /// A little file whose content has no end in sight.
    case unpacksTooFar(Encoding, ratio: Int, path: String)
    /// Whoever reads has been asked to stop.
    case interrupted(path: String)
    /// There is nothing to read in it.
    case notARegularFile(FileStatus.Kind, path: String)

    /// How the content of a file is packed.
    public enum Encoding: String, Sendable, Hashable, CaseIterable {
        case plain
        case gzip
        case zstd
    }

    /// Short and stable, for counting and for logs.
    public var code: String {
        switch self {
        case .file(let error): error.code.rawValue
        case .changedWhileReading: "changed_while_reading"
        case .truncated(let encoding, _, _): "\(encoding.rawValue)_truncated"
        case .damaged(let encoding, _, _, _): "\(encoding.rawValue)_damaged"
        case .unpacksTooFar: "unpacks_too_far"
        case .interrupted: "interrupted"
        case .notARegularFile: "not_a_regular_file"
        }
    }

    /// For people: with the path. `logDescription` leaves it out.
    public var description: String {
        switch self {
        case .file(let error): error.description
        case .changedWhileReading(let path), .truncated(_, _, let path), .damaged(_, _, _, let path),
            .unpacksTooFar(_, _, let path), .interrupted(let path), .notARegularFile(_, let path):
            "could not read \(path): \(cause)"
        }
    }

    /// The same without the path, for logs and for the reason of a refusal.
    public var logDescription: String {
        if case .file(let error) = self { return error.logDescription }
        return "could not read the drop: \(cause)"
    }

    private var cause: String {
        switch self {
        case .file(let error): error.logDescription
        case .changedWhileReading:
            "it changed while it was read; it is tried again when it has stayed the same for a while"
        case .truncated(let encoding, let byte, _):
            "the \(encoding.rawValue) data ends after byte \(byte), before its own end; deliver the whole file again"
        case .damaged(let encoding, let byte, let detail, _):
            "the \(encoding.rawValue) data is damaged at byte \(byte): \(detail); pack and deliver the file again"
        case .unpacksTooFar(let encoding, let ratio, _):
            "the \(encoding.rawValue) data unpacks to more than \(ratio) times its size, which no table of rows does; if it "
                + "is right, deliver the file unpacked"
        case .interrupted: "reading was interrupted; it begins again later"
        case .notARegularFile(let kind, _): "it is a \(kind.rawValue); drop regular files only"
        }
    }
}
