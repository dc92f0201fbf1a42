import Daemon
import Foundation
import Settings
import Testing

/// What the packages are made of says what the programs say.
struct PackagingTests {
    /// The root of the package, seen from this file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// Beside the program that runs the tests.
    static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    static let hasPython = FileManager.default.isExecutableFile(atPath: "/usr/bin/python3")
    static let hasAnalyze = FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")
    static let units = ["aurad.service", "aurad.socket", "aurad@.service", "aurad@.socket"]

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["timeout", "60"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    @Test func thePackageHasTheVersionOfTheProgram() throws {
        #expect(try Self.text("packaging/debian/changelog").hasPrefix("aura (\(AuraVersion.text)) "))
    }

    @Test(.enabled(if: hasAnalyze, "systemd-analyze not found"), arguments: ["aurad.service", "aurad@.service"])
    func theServiceIsExposedLittle(_ unit: String) throws {
        let path = Self.root.appending(path: "systemd/\(unit)").path
        let result = try Self.run([
            "systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=8", path,
        ])
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("Overall exposure level"))
    }

    @Test func theTenantsUnitsDifferFromTheOthersInPlacesAlone() throws {
        for kind in ["service", "socket"] {
            func keys(_ text: String) -> [String] {
                text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.hasPrefix("ConditionPathExists=") }
                    .map { String($0.prefix { $0 != "=" }) }
            }
            #expect(try keys(Self.text("systemd/aurad.\(kind)")) == keys(Self.text("systemd/aurad@.\(kind)")))
        }
    }

    /// What clients do to it never ends the daemon for good, and a mistake in the configuration does.
    @Test(arguments: ["aurad.service", "aurad@.service"])
    func onlyMistakesOfTheOperatorAreGivenUp(_ unit: String) throws {
        let settings = try Self.text("systemd/\(unit)").split(separator: "\n").reduce(into: [String: String]()) {
            let parts = $1.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { $0[String(parts[0])] = String(parts[1]) }
        }
        #expect(settings["Restart"] == "on-failure")
        #expect(settings["RestartPreventExitStatus"] == "64 78")
        let pause = try #require(settings["RestartSec"].flatMap { Int($0) })
        let burst = try #require(settings["StartLimitBurst"].flatMap { Int($0) })
        let interval = try #require(settings["StartLimitIntervalSec"].flatMap { Int($0) })
        // Every start after a crash has its pause, so that so many never fall into the interval.
        #expect((burst - 1) * pause > interval)
        #expect(interval > 0)
    }

    @Test(.enabled(if: hasPython, "python3 not found"), arguments: [("aurac", "1"), ("aurad", "8")])
    func everyOptionIsInTheManual(_ program: String, _ section: String) throws {
        let binary = Self.products.appending(path: program).path
        let page = try Self.run([
            Self.root.appending(path: "packaging/manual/manual").path, "command", section, binary,
            Self.root.appending(path: "packaging/manual/\(program).\(section).in").path,
        ])
        #expect(page.status == 0, "\(page.output)")
        let dump = try Self.run([binary, "--experimental-dump-help"])
        let shown = page.output.replacing("\\-", with: "-")
        struct Help: Decodable {
            struct Name: Decodable { var name: String }
            struct Argument: Decodable {
                var names: [Name]?
                var shouldDisplay: Bool
            }
            struct Command: Decodable {
                var commandName: String
                var arguments: [Argument]?
                var subcommands: [Command]?
                var shouldDisplay: Bool
                var discussion: String?
            }
            var command: Command
        }
        func visit(_ command: Help.Command, path: [String]) {
            for argument in command.arguments ?? [] where argument.shouldDisplay {
                for name in argument.names ?? [] { #expect(shown.contains("-\(name.name)"), "\(path): \(name.name)") }
            }
            // A program without commands has no use for the one that explains commands.
            let commands = (command.subcommands ?? []).filter(\.shouldDisplay)
            for child in commands where commands.count > 1 || child.commandName != "help" {
                let here = path + [child.commandName]
                #expect(shown.contains("\n.SS \(here.joined(separator: " "))\n"), "\(here) is not in the manual")
                visit(child, path: here)
            }
        }
        let help = try JSONDecoder().decode(Help.self, from: Data(dump.output.utf8))
        visit(help.command, path: [])
    }

    @Test(.enabled(if: hasPython, "python3 not found"))
    func everyKeyIsInTheManual() throws {
        let page = try Self.run([
            Self.root.appending(path: "packaging/manual/manual").path, "settings", "aurad.yaml",
            Self.root.appending(path: "etc/aura/aurad.yaml").path, "configuration of the AURA daemon",
        ])
        #expect(page.status == 0, "\(page.output)")
        for line in Configuration().render().split(separator: "\n") where !line.hasPrefix(" ") && !line.hasPrefix("#") {
            let key = line.prefix { $0 != ":" }
            #expect(page.output.contains("\(key):"), "\(key) is not in the manual")
        }
    }
}
