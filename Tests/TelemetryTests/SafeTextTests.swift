import Foundation
import Glibc
import Telemetry
import Testing

@testable import struct Telemetry.EventMeasurement

/// That client data stays out is a property of the types: proven by what does not compile.
struct SafeTextTests {
    private enum Word: String, CaseIterable { case first, second }

    @Test func isMadeOfLiteralsIntegersAndCases() {
        let word = SafeText(caseOf: Word.second)
        let text: SafeText = "drop \(12) \(word) \(ErrorCode.errno(ENOSPC)) \(Duration.milliseconds(45))"
        #expect(text.description == "drop 12 second ENOSPC 45 ms")
    }

    @Test(
        arguments: [
            (Duration.microseconds(0), "0 us"), (.microseconds(999), "999 us"), (.microseconds(1_000), "1 ms"),
            (.milliseconds(999), "999 ms"), (.milliseconds(1_050), "1.05 s"), (.milliseconds(99_990), "99.99 s"),
            (.seconds(310), "310 s"), (.milliseconds(-1_500), "-1.50 s"),
            (.seconds(Int64.max), "9223372036854 s"), (.seconds(Int64.min), "-9223372036854 s"),
        ])
    func durationsAreShort(duration: Duration, expected: String) {
        let text: SafeText = "\(duration)"
        #expect(text.description == expected)
    }

    @Test func errorCodesHaveSymbols() {
        #expect(ErrorCode.errno(EACCES).description == "EACCES")
        #expect(ErrorCode.errno(4_711).description == "errno_4711")
        #expect(ErrorCode.sqlite(13).description == "sqlite_13")
        #expect(ErrorCode.rpc(-32_603).description == "rpc_-32603")
        #expect(ErrorCode(caseOf: Word.first).description == "first")
        #expect(("header_unknown" as ErrorCode).description == "header_unknown")
    }

    private static let modules = Program.products.appending(path: "Modules").path

    private static let isPossible: Bool = {
        do {
            return try Program.run(["sh", "-c", "command -v swiftc"]).status == 0
                && FileManager.default.fileExists(atPath: modules)
        } catch {
            return false
        }
    }()

    @Test(
        .enabled(if: isPossible, "compiler or modules not found"),
        arguments: [
            ("SafeText(caseOf: ConfigurationFile.rules)", true),
            ("\"drop \\(7)\" as SafeText", true),
            ("SafeText(stringLiteral: name)", false),
            ("SafeText(name)", false),
            ("\"\\(name)\" as SafeText", false),
            ("\"\\(Double(name) ?? 0)\" as SafeText", false),
            ("ErrorCode(stringLiteral: name)", false),
            ("EventValue.text(name)", false),
            ("DropReceived(dropID: 1, category: name, bytes: 2)", false),
        ])
    func otherTextDoesNotCompile(expression: String, compiles: Bool) throws {
        let folder = try ScratchFolder()
        let file = folder.url.appending(path: "attempt.swift")
        try Data("import Telemetry\nfunc attempt(name: String) -> Any { \(expression) }\n".utf8).write(to: file)
        let systemd = Program.packageRoot.appending(path: "Sources/Common/CSystemd/module.modulemap").path
        let result = try Program.run([
            "swiftc", "-typecheck", "-I", Self.modules, "-Xcc", "-fmodule-map-file=\(systemd)",
            file.path,
        ])
        #expect((result.status == 0) == compiles, "\(result.errors)")
    }
}
