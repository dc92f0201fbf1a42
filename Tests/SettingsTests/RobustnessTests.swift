import Foundation
import Settings
import Testing

/// Whatever stands in a file: an answer or problems with places, never a crash.
@Suite struct RobustnessTests {
    private static func seeds(_ group: String) -> [[UInt8]] {
        FixtureTests.names.filter { $0.hasPrefix(group) }.compactMap {
            FileManager.default.contents(atPath: "\(FixtureTests.folder)/\($0)").map(Array.init)
        }
    }

    @Test(arguments: ["aurad", "rules", "fx"])
    func damagedFilesAreAnswered(_ group: String) {
        var generator = SeededGenerator(seed: 42)
        let shipped = ["aurad": "aurad.yaml", "rules": "rules.yaml", "fx": "fx.csv"][group] ?? ""
        var seeds = Self.seeds(group)
        if let bytes = FileManager.default.contents(atPath: "\(ShippedFilesTests.folder)/\(shipped)") {
            seeds.append(Array(bytes.filter { $0 != UInt8(ascii: "#") }))
        }
        let tokens = [
            ":", "- ", "[", "]", "{", "}", "\"", "'", "\n", "  ", "&a ", "*a", "!x ", "|\n", "~", "\u{FEFF}", ",",
        ]
        .map { Array($0.utf8) }
        for round in 0..<1200 {
            guard var bytes = seeds.randomElement(using: &generator) else { break }
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0...bytes.count, using: &generator)
                switch Int.random(in: 0...3, using: &generator) {
                case 0: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
                case 1: bytes.insert(contentsOf: tokens.randomElement(using: &generator) ?? [], at: place)
                case 2 where place < bytes.count: bytes.remove(at: place)
                default: bytes.insert(contentsOf: bytes.prefix(place).suffix(20), at: place)
                }
            }
            let content = bytes
            let files = FileAccess(
                read: { path, _ in path.hasSuffix("/\(shipped)") ? .bytes(content) : .missing },
                isDirectory: { _ in true }, groupExists: { _ in true }, currentDirectory: { "/" })
            let file = group == "aurad" ? "/x/aurad.yaml" : nil
            do throws(ConfigurationError) {
                let configuration = try Configuration.load(
                    file: file, environment: [:], defaultDirectory: "/x", files: files)
                _ = configuration.fingerprint
                #expect(!configuration.render().isEmpty)
            } catch {
                #expect(!error.problems.isEmpty, "round \(round)")
                let lines = error.description.split(separator: "\n", omittingEmptySubsequences: false)
                #expect(lines.count == error.problems.count, "round \(round)")
            }
        }
    }

    // MARK: The operating system

    @Test func theSystemTellsFilesApart() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("settings-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let files = FileAccess.system
        try Data("hello".utf8).write(to: URL(fileURLWithPath: "\(folder)/a"))
        #expect(files.read("\(folder)/a", 10) == .bytes(Array("hello".utf8)))
        #expect(files.read("\(folder)/a", 4) == .refused("it is longer than 4"))
        #expect(files.read("\(folder)/b", 10) == .missing)
        #expect(files.read("\(folder)/a/b", 10) == .missing)
        #expect(files.read(folder, 10) == .refused("it is a directory"))
        #expect(mkfifo("\(folder)/fifo", 0o600) == 0)
        #expect(files.read("\(folder)/fifo", 10) == .refused("it is not a regular file"))
        #expect(symlink("loop", "\(folder)/loop") == 0)
        #expect(files.read("\(folder)/loop", 10) == .refused("too many symbolic links"))
        #expect(files.read("\(folder)/" + String(repeating: "x", count: 300), 10) == .refused("the name is too long"))
        if getuid() != 0 {
            chmod("\(folder)/a", 0)
            #expect(files.read("\(folder)/a", 10) == .refused("permission denied"))
        }
        #expect(files.isDirectory(folder))
        #expect(!files.isDirectory("\(folder)/a"))
        #expect(files.groupExists("root"))
        #expect(!files.groupExists("no-such-group-of-anyone"))
        #expect(files.currentDirectory().hasPrefix("/"))
    }

    @Test func aMissingConfigurationIsNamed() {
        #expect(throws: ConfigurationError.self) {
            try Configuration.load(file: "/nonexistent/aurad.yaml", environment: [:])
        }
        do throws(ConfigurationError) {
            _ = try Configuration.load(file: "missing.yaml", environment: [:])
        } catch {
            #expect(
                error.description
                    == "missing.yaml: found no such file, expected a readable YAML file; "
                    + "without a configuration file every key has its default")
        }
        do throws(ConfigurationError) {
            _ = try Configuration.load(file: "/", environment: [:])
        } catch {
            #expect(error.problems.map(\.kind) == [.unreadableFile])
        }
    }

    @Test func aRelativeConfigurationIsFound() throws {
        var files = TestFiles()
        files.texts["/srv/conf/aurad.yaml"] = "state_dir: state\n"
        let configuration = try Configuration.load(file: "conf/aurad.yaml", environment: [:], files: files.access)
        #expect(configuration.stateDirectory == "/srv/conf/state")
    }
}
