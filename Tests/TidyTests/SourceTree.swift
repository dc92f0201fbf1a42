import Foundation

/// The source files of the house, as text.
enum SourceTree {
    struct File: Sendable {
        /// Below `Sources`, such as `Refinery/Gold/GoldPart.swift`.
        var path: String
        var lines: [String]

        /// The module: the folder below the group, or the group itself where it is one.
        var module: String {
            let parts = path.split(separator: "/").map(String.init)
            return ["Snapshots", "Answers"].contains(parts[0]) ? parts[0] : parts[1]
        }
    }

    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// All Swift files, in the order of their paths.
    static let files: [File] = {
        let root = package.appendingPathComponent("Sources").resolvingSymlinksInPath()
        let all = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return all.filter { $0.hasSuffix(".swift") && $0.contains("/") }.sorted().compactMap { path in
            guard let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) else {
                return nil
            }
            return File(
                path: path, lines: text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
        }
    }()

    /// The file beside this one.
    static func list(_ name: String) throws -> [String] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(name)
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }
}

/// A line of code without the text of its strings and without its comment: what the compiler sees, roughly.
func code(_ line: String) -> String {
    var result = ""
    var inString = false
    var previous: Character = " "
    for character in line {
        if character == "\"", previous != "\\" { inString.toggle() }
        if !inString, character == "/", previous == "/" {
            result.removeLast()
            break
        }
        if !inString { result.append(character) }
        previous = character
    }
    return result
}
