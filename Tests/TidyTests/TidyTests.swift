import Foundation
import Testing

/// Rules of the house that the compiler does not know.
@Suite struct TidyTests {
    @Test func thereAreFiles() {
        #expect(SourceTree.files.count > 300)
        #expect(code("let a = \"//\" // comment") == "let a = \" ")
    }

    /// Which module imports which of ours. A new edge is a reviewed line in the list; a line that nothing needs goes.
    @Test func importsAreReviewed() throws {
        let modules = Set(SourceTree.files.map(\.module)).union(["CAura", "CCrypto", "CSystemd", "CZlib", "CZstd"])
        var edges = Set<String>()
        for file in SourceTree.files {
            for line in file.lines {
                let words = code(line).split(separator: " ").map(String.init)
                guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
                    words[..<at].allSatisfy({
                        $0.hasPrefix("@") || ["public", "internal", "private", "package"].contains($0)
                    })
                else { continue }
                // `import struct Records.Day` names the module in front of the dot.
                let kinds = ["class", "enum", "func", "let", "protocol", "struct", "typealias", "var"]
                let name = kinds.contains(words[at + 1]) && at + 2 < words.count ? words[at + 2] : words[at + 1]
                let target = String(name.prefix { $0 != "." })
                if modules.contains(target), target != file.module { edges.insert("\(file.module) -> \(target)") }
            }
        }
        let reviewed = try SourceTree.list("imports.txt")
        #expect(edges.subtracting(reviewed).sorted() == [], "imports that Tests/TidyTests/imports.txt does not list")
        #expect(Set(reviewed).subtracting(edges).sorted() == [], "listed imports that are not there any more")
        #expect(reviewed == reviewed.sorted())
    }

    /// The borders of the map: what each group may use at all, whatever the list says.
    @Test func bordersHold() throws {
        let refinery = [
            "Bronze", "Silver", "Gold", "Rollup", "Features", "Freshness", "Lifecycle", "Periods", "Revenue",
            "Standings",
        ]
        let models = ["HealthScore", "RiskRules", "RiskValue", "ChurnModel", "Forecasting"]
        var allowed: [String: Set<String>] = [
            "Records": ["CAura", "Words"], "Words": [], "Contract": ["Words"], "SampleCompany": [],
            "Wire": ["Contract"],
            "Assessment": ["Records", "HealthScore", "RiskRules", "RiskValue", "ChurnModel", "Forecasting", "Words"],
            "Snapshots": ["Freshness", "Lifecycle", "Locks", "Records", "Rollup", "Standings", "Words"],
            "Answers": [
                "Contract", "Freshness", "Lifecycle", "Periods", "Records", "Revenue", "Rollup", "Snapshots",
                "Standings", "Words",
            ],
            "Locks": [], "Schedule": [],
            "TerminalText": [],
        ]
        for module in refinery + models { allowed[module] = ["CAura", "Records", "Words"] }
        // Where clients stand comes before what is made of it.
        allowed["Standings"]?.formUnion(["Freshness", "Lifecycle", "Revenue"])
        for module in ["Features", "Gold", "Rollup"] {
            allowed[module]?.formUnion(["Freshness", "Lifecycle", "Standings"])
        }
        for edge in try SourceTree.list("imports.txt") {
            let ends = edge.split(separator: " ").map(String.init)
            guard ends.count == 3, let targets = allowed[ends[0]] else { continue }
            #expect(targets.contains(ends[2]), "\(edge)")
        }
    }

    /// Nothing that ends the process on odd input.
    @Test func nothingIsForced() {
        for file in SourceTree.files {
            for (number, line) in file.lines.enumerated() {
                let code = code(line)
                for word in ["try!", "as!"] where code.contains(word) {
                    Issue.record("\(file.path):\(number + 1): \(word)")
                }
            }
        }
    }

    /// Whoever steps out of what the compiler checks says why: in a comment on the line or just around it.
    @Test func dangerousPlacesAreExplained() {
        let words = ["@unchecked Sendable", "nonisolated(unsafe)", "Task {", "Task.detached", "Task(", "Task<"]
        for file in SourceTree.files {
            for (number, line) in file.lines.enumerated() {
                let code = code(line)
                guard let word = words.first(where: { stands($0, in: code) }) else { continue }
                // A block of such lines shares the comment above its first; the inside of a type may carry it too.
                let around = file.lines[max(0, number - 4)...min(file.lines.count - 1, number + 2)]
                if !around.contains(where: { $0.contains("//") }) {
                    Issue.record("\(file.path):\(number + 1): \(word) without a comment")
                }
            }
        }
    }

    /// Whether a word stands there by itself and not as the end of another: child tasks (`addTask {`) are structured.
    private func stands(_ word: String, in code: String) -> Bool {
        guard let range = code.range(of: word) else { return false }
        guard range.lowerBound > code.startIndex else { return true }
        let before = code[code.index(before: range.lowerBound)]
        return !before.isLetter && before != "."
    }

    /// A file has one purpose. Longer ones are listed with the reason.
    /// An event that nothing emits is a promise to operators that is not kept.
    @Test func everyEventHasAnEmitter() throws {
        let events = SourceTree.files.filter { $0.path.hasPrefix("Runtime/Telemetry/Events/") }
            .flatMap { $0.lines.compactMap { $0.firstMatch(of: /struct (\w+): Event\b/).map { String($0.1) } } }
        #expect(events.count > 25)
        let kinds = SourceTree.files.filter { $0.path == "Runtime/Telemetry/Events/EventKind.swift" }
            .flatMap { $0.lines.filter { $0.contains(/^    case \w+ = "/) } }
        #expect(kinds.count == events.count)
        let others = SourceTree.files.filter { !$0.path.hasPrefix("Runtime/Telemetry/Events/") }.flatMap(\.lines)
        for event in events {
            #expect(others.contains { code($0).contains("\(event)(") }, "nothing emits \(event)")
        }
    }

    @Test func filesStayShort() {
        let exceptions = [
            // One state machine: claims, settling and hints cannot be told apart without passing all of its state around.
            "Intake/Inbox/InboxWatcher.swift": 440
        ]
        for file in SourceTree.files {
            let limit = exceptions[file.path] ?? 420
            #expect(file.lines.count <= limit, "\(file.path) has \(file.lines.count) lines")
        }
        for path in exceptions.keys { #expect(SourceTree.files.contains { $0.path == path }, "\(path)") }
    }
}
