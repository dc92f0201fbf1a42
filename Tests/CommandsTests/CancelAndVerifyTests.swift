import Contract
import Testing

/// Taking a delivery back, and what a check of the originals found.
@Suite struct CancelAndVerifyTests {
    @Test func cancelTakesADeliveryBack() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            [
                "data.cancel": { _ in
                    Array(#"{"drop_id":17,"state":"refused","cancelled":true,"as_of":null,"snapshot":null}"#.utf8)
                }
            ], in: scratch)
        let run = try CommandRun(["drops", "cancel", "17"], socket: daemon.socketPath, .init(columns: 80))
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output == "drop 17 is cancelled: nothing of it was loaded\n")
        #expect(daemon.requests("data.cancel") == [["drop_id": 17]])
        let record = try CommandRun(["drops", "cancel", "17", "-o", "csv"], socket: daemon.socketPath)
        #expect(record.output == "drop_id,state,cancelled,as_of,snapshot\n17,refused,true,,\n")
        await daemon.stop()
    }

    @Test(arguments: [
        ("loaded", "too late: drop 17 is loaded"), ("duplicate", "repeats an earlier one"), ("refused", "was refused"),
        ("loading", "could not be cancelled; it is loading"),
    ])
    func cancelMayComeTooLate(_ state: String, _ text: String) async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            ["data.cancel": { _ in Array("{\"drop_id\":17,\"state\":\"\(state)\",\"cancelled\":false}".utf8) }],
            in: scratch)
        let run = try CommandRun(["drops", "cancel", "17"], socket: daemon.socketPath, .init(columns: 100))
        #expect(run.status == 1)
        #expect(run.output.contains(text) && run.output.contains("aurac drops show 17"), "\(run.output)")
        await daemon.stop()
    }

    @Test(arguments: [
        (Problem.Code.conflict, Int32(1)), (.notFound, 1), (.forbidden, 77), (.unavailable, 1), (.invalidParams, 64),
    ])
    func theDaemonSaysWhyNot(_ code: Problem.Code, _ status: Int32) async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            ["data.cancel": { (_) throws(Problem) in throw Problem(code, "drop 17 is loaded", hint: "do this") }],
            in: scratch)
        let run = try CommandRun(["drops", "cancel", "17"], socket: daemon.socketPath)
        #expect(run.status == status)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("drop 17 is loaded") && run.errors.contains("hint: do this"))
        await daemon.stop()
    }

    private static let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

    private static let found = """
        {"ok":false,"checks":[{"name":"ledger","ok":true,"detail":"17 drops"},\
        {"name":"bronze","ok":false,"detail":"2 of 5 originals are not whole"}],\
        "originals":{"checked":5,"bytes":123456,\
        "damaged":[{"drop_id":3,"sha256":"\(hash)","file":"june.csv","detail":"its content has another hash"}],\
        "missing":[{"drop_id":4,"sha256":"0\(hash.dropFirst())","file":null,"detail":"not in bronze"}],\
        "unknown":["stray.csv"]},"as_of":null,"snapshot":null}
        """

    @Test func verifyNamesEveryOriginal() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(["system.verify": { _ in Array(Self.found.utf8) }], in: scratch)
        let table = try CommandRun(["verify"], socket: daemon.socketPath, .init(columns: 120))
        #expect(table.status == 1)
        let lines = table.output.split(separator: "\n").map(String.init)
        for (words, line) in [
            (["damaged", "3", "9f86d081884c", "june.csv", "another hash"], "damaged "),
            (["missing", "4", "0f86d081884c", "not in bronze"], "missing "), (["unknown", "stray.csv"], "unknown "),
        ] {
            let found = try #require(lines.first { $0.hasPrefix(line) }, "\(table.output)")
            for word in words { #expect(found.contains(word), "\(found)") }
        }
        #expect(!table.output.contains(Self.hash))
        #expect(table.output.contains("5 originals checked"))
        #expect(table.output.contains("1 damaged: ") && table.output.contains("from a backup"))
        #expect(table.output.contains("'aurad --rebuild' checks all originals first and refuses"))
        let records = try CommandRun(["verify", "-o", "csv"], socket: daemon.socketPath)
        #expect(records.status == 1)
        #expect(
            records.output == """
                name,ok,detail,original,drop_id,sha256,file
                ledger,true,17 drops,,,,
                bronze,false,2 of 5 originals are not whole,,,,
                original,false,its content has another hash,damaged,3,\(Self.hash),june.csv
                original,false,not in bronze,missing,4,0\(Self.hash.dropFirst()),
                original,false,,unknown,,,stray.csv

                """)
        #expect(try CommandRun(["verify", "--quick"], socket: daemon.socketPath).status == 1)
        #expect(daemon.requests("system.verify").map { $0["whole"] } == [true, true, false])
        await daemon.stop()
    }

    /// A daemon that says less of its originals, or nothing.
    @Test(arguments: [
        "", #","originals":{}"#, #","originals":{"checked":0,"damaged":[],"unknown":[]}"#,
    ])
    func verifyWithoutOriginals(_ member: String) async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            [
                "system.verify": { _ in
                    Array("{\"ok\":true,\"checks\":[{\"name\":\"ledger\",\"ok\":true,\"detail\":\"\"}]\(member)}".utf8)
                }
            ], in: scratch)
        let run = try CommandRun(["verify"], socket: daemon.socketPath, .init(columns: 80))
        #expect(run.status == 0)
        #expect(run.output.contains("all 1 checks passed"))
        #expect(!run.output.contains("Originals"))
        await daemon.stop()
    }
}
