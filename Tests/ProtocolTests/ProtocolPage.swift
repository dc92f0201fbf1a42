import Contract
import Glibc

/// PROTOCOL.md as it stands beside the sources, with the methods as they are printed.
struct ProtocolPage {
    let text: String

    struct Trouble: Error, CustomStringConvertible {
        var description: String
    }

    init(file: String = #filePath) throws {
        let root = file.split(separator: "/").dropLast(3).joined(separator: "/")
        let path = "/\(root)/Sources/Serving/Wire/PROTOCOL.md"
        guard let stream = fopen(path, "r") else { throw Trouble(description: "could not open \(path)") }
        defer { fclose(stream) }
        // As the package installs it: the methods follow the rest.
        let own = TextFile.rest(of: stream)
        text = String(own.split(separator: "## Methods", maxSplits: 1).first ?? "") + MethodReference.text
    }

    /// The program the page quotes.
    var client: String {
        let marked = text.split(separator: "```python\n", maxSplits: 1)
        return String(marked.last?.split(separator: "```", maxSplits: 1).first ?? "")
    }

    /// Methods that have a section.
    var methodHeadings: [String] {
        text.split(separator: "\n").compactMap { line in
            line.hasPrefix("### `") ? String(line.dropFirst(5).prefix { $0 != "`" }) : nil
        }
    }

    /// What stands under a method's heading.
    func section(of method: String) -> String? {
        let parts = text.split(separator: "\n### ", omittingEmptySubsequences: false).map { "\n" + $0 }
        return parts.first { $0.hasPrefix("\n`\(method)`\n") }
    }

    func names(_ word: String) -> Bool { text.contains("`\(word)`") }
}

/// Text from C streams.
enum TextFile {
    static func rest(of stream: UnsafeMutablePointer<FILE>) -> String {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, stream)
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk[..<count]
        }
    }

    static func write(_ text: String, to path: String) throws {
        guard let stream = fopen(path, "w") else { throw ProtocolPage.Trouble(description: "could not write \(path)") }
        defer { fclose(stream) }
        let bytes = Array(text.utf8)
        guard fwrite(bytes, 1, bytes.count, stream) == bytes.count else {
            throw ProtocolPage.Trouble(description: "could not write \(path)")
        }
    }
}
