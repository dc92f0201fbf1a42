import Foundation
import Settings
import Testing

/// One broken file for each mistake, named after it. `expected.txt` holds what is said of each, in the order of the
/// files:
/// a change of a message is a diff that a person reads. Set `UPDATE_EXPECTED=1` to write it anew.
@Suite struct FixtureTests {
    static let folder = FilePathOfTests.folder + "/Fixtures"

    static let names: [String] = ["aurad", "rules", "fx"].flatMap { group in
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(group)")) ?? []
        return files.filter { !$0.hasPrefix(".") }.sorted().map { "\(group)/\($0)" }
    }

    static let expected: [Substring] = {
        let text = (try? String(contentsOfFile: "\(folder)/expected.txt", encoding: .utf8)) ?? ""
        return text.split(separator: "\n")
    }()

    /// The problems of one fixture, one per line, with paths relative to the fixtures.
    static func problems(_ name: String) -> [String] {
        let path = "\(folder)/\(name)"
        do throws(ConfigurationError) {
            let group = name.prefix { $0 != "/" }
            switch group {
            case "aurad": _ = try Configuration.load(file: path, environment: [:])
            case "rules":
                _ = try Configuration.parse(
                    yaml: "rules: \(name.dropFirst(6))", path: "\(folder)/rules/aurad.yaml", files: .system)
            default:
                _ = try Configuration.parse(
                    yaml: "fx: \(name.dropFirst(3))", path: "\(folder)/fx/aurad.yaml", files: .system)
            }
            return []
        } catch {
            return error.description.split(separator: "\n").map {
                $0.replacingOccurrences(of: "\(folder)/", with: "")
            }
        }
    }

    @Test(arguments: names)
    func everyMistakeIsNamedWithItsPlace(_ name: String) {
        let expected = Self.expected.filter { $0.hasPrefix("\(name):") }.map(String.init)
        #expect(!expected.isEmpty)
        #expect(Self.problems(name) == expected)
    }

    @Test func everyExpectationHasItsFixture() {
        #expect(Self.names.count >= 25)
        for line in Self.expected {
            #expect(Self.names.contains { line.hasPrefix("\($0):") }, "no fixture for: \(line)")
        }
    }

    /// What an operator needs to mend it: file, line, column, key, what was found, what is accepted.
    @Test func everyMistakeIsNamedCompletely() throws {
        // Where the text cannot be told apart into keys there is no key to name.
        let keyless = ["syntax_", "duplicate_key", "not_utf8", "file_is_a_list", "quote_", "header_", "empty_file"]
        for line in Self.expected {
            let match = try #require(
                line.wholeMatch(of: /([a-z0-9_]+\/([a-z0-9_]+)\.(yaml|csv)):[1-9][0-9]*:[1-9][0-9]*: (.*)/),
                "no place: \(line)")
            let said = match.4
            #expect(said.contains("found ") && said.contains(", expected "), "\(line)")
            if match.3 == "csv" || keyless.contains(where: { match.2.hasPrefix($0) }) { continue }
            #expect(said.wholeMatch(of: /[A-Za-z0-9_.\[\]]+: found .+, expected .+/) != nil, "no key: \(line)")
        }
    }

    @Test(.enabled(if: ProcessInfo.processInfo.environment["UPDATE_EXPECTED"] == "1", "only on request"))
    func updateExpected() throws {
        let text = Self.names.flatMap { Self.problems($0) }.joined(separator: "\n") + "\n"
        try text.write(toFile: "\(Self.folder)/expected.txt", atomically: true, encoding: .utf8)
    }
}

/// Where these tests stand, to find files beside them.
enum FilePathOfTests {
    static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
    /// The folder of the package.
    static let package = folder.split(separator: "/").dropLast(2).reduce("") { "\($0)/\($1)" }
}
