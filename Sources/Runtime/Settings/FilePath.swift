/// Paths as text.
enum FilePath {
    /// The folder a file is in: `/etc/aura` for `/etc/aura/aurad.yaml`, `.` for a bare name.
    static func directory(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// `path` as seen from `directory`; an absolute one stays as it is.
    static func resolve(_ path: String, in directory: String) -> String {
        if path.hasPrefix("/") { return path }
        var rest = path[...]
        while rest.hasPrefix("./") { rest = rest.dropFirst(2) }
        if rest == "." || rest.isEmpty { return directory }
        return directory.hasSuffix("/") ? directory + rest : "\(directory)/\(rest)"
    }
}
