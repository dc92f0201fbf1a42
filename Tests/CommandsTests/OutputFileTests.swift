import Contract
import Foundation
import Glibc
import Testing

/// What the client writes to files is for their owner, whole, and where the user said.
@Suite struct OutputFileTests {
    private static let csv = "id,name\n1,a\n"

    private static func answers(_ text: String = csv) -> [String: FakeDaemon.Answer] {
        let export: FakeDaemon.Answer = { parameters in
            let isCSV = parameters["format"] == "csv"
            let answer: JSONObject = [
                "rows": 1, "total": 1, "data": .string(isCSV ? text : "{\"id\":1,\"name\":\"a\"}\n"),
                "columns": [["name": "id", "type": "integer"], ["name": "name", "type": "text"]], "next_cursor": nil,
            ]
            return JSONWriter.bytes(of: .object(answer))
        }
        return [
            "export.table": export,
            "churn.export": { _ in Array(#"{"version":"v","bytes":3,"content_base64":"YWJj"}"#.utf8) },
        ]
    }

    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode : nil
    }

    /// Every way in which the client writes a file.
    private static func commands(_ path: String) -> [[String]] {
        ["csv", "ndjson", "json", "sqlite"].map { ["export", "customer_metrics", path, "--format", $0] }
            + [["churn", "model", "export", path]]
    }

    @Test func filesAreForTheirOwner() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(Self.answers(), in: scratch)
        for (number, command) in Self.commands(scratch.path("out")).enumerated() {
            // The second time a file that everybody can read is replaced.
            for _ in 0..<2 {
                let run = try CommandRun(command, socket: daemon.socketPath)
                #expect(run.status == 0, "\(command): \(run.errors)")
                #expect(Self.mode(scratch.path("out")) == S_IFREG | 0o600, "\(command)")
                chmod(scratch.path("out"), 0o644)
            }
            #expect(scratch.names() == ["aurad.sock", "out"], "\(number)")
            unlink(scratch.path("out"))
        }
        let run = try CommandRun(["sample", "--clients", "1", "--days", "1", scratch.path("demo")])
        #expect(run.status == 0)
        // Invented data hides nothing: the files are those of any other program, so that a daemon may read them where
        // they are put. What such a file gets, one that is made here shows.
        close(open(scratch.path("ordinary"), O_WRONLY | O_CREAT, 0o666))
        for name in ["demographics", "truth"] {
            #expect(Self.mode(scratch.path("demo/\(name).csv")) == Self.mode(scratch.path("ordinary")))
        }
        await daemon.stop()
    }

    /// A link at the name, or at the name that the incomplete file once had, leads nowhere.
    @Test func linksAreNotFollowed() async throws {
        let scratch = try Scratch()
        let other = try Scratch()
        let daemon = try FakeDaemon(Self.answers(), in: scratch)
        let victim = try other.write("precious", to: "victim")
        for command in Self.commands(scratch.path("out")) {
            #expect(symlink(victim, scratch.path("out")) == 0)
            #expect(symlink(victim, scratch.path("out.part")) == 0)
            let refused = try CommandRun(command, socket: daemon.socketPath)
            #expect(refused.status == 73, "\(command)")
            #expect(refused.errors.contains("is a symbolic link"), "\(refused.errors)")
            #expect(Self.mode(scratch.path("out")).map { $0 & S_IFMT } == S_IFLNK)
            unlink(scratch.path("out"))
            // Neither is one that leads nowhere yet.
            #expect(symlink(other.path("new"), scratch.path("out")) == 0)
            #expect(try CommandRun(command, socket: daemon.socketPath).status == 73)
            unlink(scratch.path("out"))
            #expect(try CommandRun(command, socket: daemon.socketPath).status == 0)
            #expect(other.read("victim") == Array("precious".utf8))
            #expect(other.names() == ["victim"])
            unlink(scratch.path("out"))
            unlink(scratch.path("out.part"))
        }
        await daemon.stop()
    }

    @Test func whatIsNoFileIsRefused() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(Self.answers(), in: scratch)
        mkdir(scratch.path("folder"), 0o700)
        for (path, text) in [
            (scratch.path("aurad.sock"), "no file"), (scratch.path("folder"), "is a folder"),
            (scratch.path("folder/"), "is a folder"), ("/dev/zero", "no file"),
        ] {
            for command in Self.commands(path) {
                let run = try CommandRun(command, socket: daemon.socketPath)
                #expect(run.status == 73, "\(command)")
                #expect(run.errors.contains(text), "\(run.errors)")
            }
        }
        #expect(Self.mode("/dev/zero").map { $0 & S_IFMT } == S_IFCHR)
        let null = try CommandRun(["export", "customer_metrics", "/dev/null"], socket: daemon.socketPath)
        #expect(null.status == 0)
        #expect(Self.mode("/dev/null").map { $0 & S_IFMT } == S_IFCHR)
        await daemon.stop()
    }

    /// A pipe takes the rows as they come, and keeps its place.
    @Test func aNamedPipeAndADescriptor() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(Self.answers(), in: scratch)
        let path = scratch.path("pipe")
        #expect(mkfifo(path, 0o600) == 0)
        // Open at both ends and larger than what comes: nobody waits for anybody.
        let reader = open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let run = try CommandRun(["export", "customer_metrics", path], socket: daemon.socketPath)
        #expect(run.status == 0, "\(run.errors)")
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = read(reader, &bytes, bytes.count)
        #expect(bytes.prefix(max(0, count)) == Self.csv.utf8.map { $0 }[...])
        #expect(Self.mode(path).map { $0 & S_IFMT } == S_IFIFO)

        // A descriptor goes on where it stands, as a shell's >(command) and >> file do.
        let file = open(try scratch.write("before\n", to: "file"), O_WRONLY | O_APPEND)
        defer { close(file) }
        #expect(
            try CommandRun(["export", "customer_metrics", "/dev/fd/\(file)"], socket: daemon.socketPath).status == 0)
        #expect(scratch.read("file") == Array(("before\n" + Self.csv).utf8))

        let database = try CommandRun(
            ["export", "customer_metrics", "/dev/fd/\(file)", "--format", "sqlite"], socket: daemon.socketPath)
        #expect(database.status == 64)
        #expect(database.errors.contains("name a file"))
        await daemon.stop()
    }

    /// What cannot be completed leaves neither a file nor a part of one, and what was there stays.
    @Test func nothingIsLeftOfAFailure() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            [
                "export.table": { (parameters) throws(Problem) in
                    if parameters["cursor"]?.stringValue != nil { throw Problem(.unavailable, "no more") }
                    return Array(#"{"rows":1,"total":2,"columns":[],"data":"id\n1\n","next_cursor":"x"}"#.utf8)
                }
            ], in: scratch)
        let fresh = try CommandRun(["export", "customer_metrics", scratch.path("new.csv")], socket: daemon.socketPath)
        #expect(fresh.status == 1)
        let path = try scratch.write("old", to: "old.csv")
        #expect(try CommandRun(["export", "customer_metrics", path], socket: daemon.socketPath).status == 1)
        #expect(scratch.names() == ["aurad.sock", "old.csv"])
        #expect(scratch.read("old.csv") == Array("old".utf8))
        await daemon.stop()
    }
}
