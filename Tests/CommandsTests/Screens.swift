import Glibc
import Testing

/// Expected screens in files, compared whole, so that a change of the output is a difference a person reads.
/// With `AURA_UPDATE_SCREENS=1` in the environment they are written anew.
enum Screens {
    private static let folder = {
        let here = #filePath
        return here.prefix(here.count - "Screens.swift".count) + "Screens"
    }()

    private static func withoutDigests(_ text: String) -> String {
        text.replacing(/[0-9a-f]{16}/, with: "0123456789abcdef")
    }

    static func expect(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) {
        let path = "\(folder)/\(name).txt"
        if getenv("AURA_UPDATE_SCREENS") != nil {
            guard let file = fopen(path, "w") else {
                Issue.record("could not write \(path)", sourceLocation: sourceLocation)
                return
            }
            let bytes = Array(text.utf8)
            fwrite(bytes, 1, bytes.count, file)
            fclose(file)
            return
        }
        guard let expected = Scratch.bytes(path).map({ String(decoding: $0, as: UTF8.self) }) else {
            Issue.record("no expected screen \(name); run with AURA_UPDATE_SCREENS=1", sourceLocation: sourceLocation)
            return
        }
        // The name of a generation changes with every column that is added.
        guard withoutDigests(text) != withoutDigests(expected) else { return }
        let lines = zip(
            text.split(separator: "\n", omittingEmptySubsequences: false),
            expected.split(separator: "\n", omittingEmptySubsequences: false))
        let first = lines.enumerated().first { $0.element.0 != $0.element.1 }
        Issue.record(
            """
            screen \(name) differs, first in line \((first?.offset ?? 0) + 1):
            found    \(first?.element.0 ?? "another number of lines")
            expected \(first?.element.1 ?? "")
            """, sourceLocation: sourceLocation)
    }
}
