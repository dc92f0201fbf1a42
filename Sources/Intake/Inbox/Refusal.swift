/// Why a drop as a whole was refused.
public struct Refusal: Sendable, Hashable {
    /// Short and stable, for counting and for logs: `symbolic_link`.
    public var code: String
    /// In words, with what to do.
    public var text: String

    public init(code: String, text: String) {
        self.code = code
        self.text = text
    }

    /// Something that is not a file with content.
    static func notARegularFile(_ kind: FileStatus.Kind) -> Refusal {
        let code =
            switch kind {
            case .regular, .unknown: "special_file"
            case .folder: "folder"
            case .symbolicLink: "symbolic_link"
            case .pipe: "named_pipe"
            case .socket: "socket"
            case .device: "device"
            }
        let advice =
            switch kind {
            case .folder: "drop the files in it one by one"
            case .symbolicLink: "drop the file that it points to; links are never followed"
            default: "drop regular files only"
            }
        return Refusal(code: code, text: "a \(kind.rawValue), not a regular file; \(advice)")
    }

    /// Stretches that nobody has written, which take no room where the file lies and would where it is kept.
    static let hasHoles = Refusal(
        code: "has_holes", text: "the file has holes: it was not completely written; write it anew and drop it again")

    static func unreadable(_ error: FileError) -> Refusal {
        Refusal(
            code: "unreadable",
            text: "the daemon may not read the file; drop it again with read permission for the daemon's user or group")
    }
}

/// A drop that now lies in the quarantine.
public struct RefusedDrop: Sendable, Hashable {
    public var drop: ClaimedDrop
    public var refusal: Refusal
    /// Its name inside the quarantine; the reason stands beside it, in `<name>.reason.json`.
    public var quarantinedName: FileName
}
