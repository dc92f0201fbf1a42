import Contract
import Foundation
import Synchronization
import Testing

/// Handing files over.
@Suite struct IngestTests {
    /// A daemon that puts uploads together and then walks a drop through its states.
    private final class Intake: Sendable {
        struct State {
            var content: [UInt8] = []
            var uploads = 0
            var drops: [String] = []
            var statusCalls = 0
        }

        let state = Mutex(State())
        let outcome: [String]
        let status: String

        /// - Parameters:
        ///   - outcome: the records of the drop, one for each question, the last for ever.
        ///   - status: the state of the daemon.
        init(outcome: [String], status: String = SampleAnswers.status) {
            self.outcome = outcome
            self.status = status
        }

        var answers: [String: FakeDaemon.Answer] {
            [
                "data.ingest": { [self] (parameters) throws(Problem) in try ingest(parameters) },
                "data.drops": { [self] _ in
                    state.withLock { state in
                        let index = min(state.statusCalls, outcome.count - 1)
                        state.statusCalls += 1
                        return Array("{\"drops\":[\(outcome[index])],\"total\":1}".utf8)
                    }
                },
                "data.rejects": { _ in Array(SampleAnswers.rejects.utf8) },
                "data.remarks": { _ in Array(SampleAnswers.noRemarks.utf8) },
                "system.status": { [self] _ in Array(status.utf8) },
            ]
        }

        private func ingest(_ parameters: JSONObject) throws(Problem) -> [UInt8] {
            try state.withLock { (state) throws(Problem) in
                guard let text = parameters["content_base64"]?.stringValue, let bytes = decoded(text) else {
                    throw Problem(.invalidParams, "content_base64 is missing")
                }
                guard parameters["offset"]?.integerValue == Int64(state.content.count) else {
                    throw Problem(.conflict, "the offset is not where the upload stands")
                }
                if state.content.isEmpty, state.uploads == 0 {
                    guard parameters["upload"] == JSONValue.null else {
                        throw Problem(.invalidParams, "upload is not null")
                    }
                } else {
                    guard parameters["upload"] == "u7" else { throw Problem(.invalidParams, "upload is not u7") }
                }
                state.content += bytes
                state.uploads += 1
                if parameters["last"] == true {
                    return Array(
                        """
                        {"drop_id":17,"category":"support","sha256":"00","state":"queued",\
                        "bytes":\(state.content.count)}
                        """.utf8)
                }
                return Array("{\"upload\":\"u7\",\"received_bytes\":\(state.content.count)}".utf8)
            }
        }

        private func decoded(_ text: String) -> [UInt8]? {
            let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
            var value = [UInt8: UInt32]()
            for (index, byte) in alphabet.enumerated() { value[byte] = UInt32(index) }
            let bytes = Array(text.utf8)
            guard bytes.count % 4 == 0 else { return nil }
            var result: [UInt8] = []
            for start in stride(from: 0, to: bytes.count, by: 4) {
                let group = bytes[start..<(start + 4)]
                let padding = group.count { $0 == 0x3D }
                var word: UInt32 = 0
                for byte in group {
                    guard let digit = byte == 0x3D ? 0 : value[byte] else { return nil }
                    word = word << 6 | digit
                }
                result += [UInt8(word >> 16 & 255), UInt8(word >> 8 & 255), UInt8(word & 255)].dropLast(padding)
            }
            return result
        }
    }

    private static let queued = SampleAnswers.loadedDrop.replacing("\"loaded\",", with: "\"queued\",")
    private static let loading = SampleAnswers.loadedDrop.replacing("\"loaded\",", with: "\"loading\",")

    private func bytes(_ count: Int) -> String {
        var state: UInt32 = 12345
        var text = ""
        text.reserveCapacity(count)
        for _ in 0..<count {
            state = state &* 1_664_525 &+ 1_013_904_223
            text.unicodeScalars.append(Unicode.Scalar(UInt8(state >> 24) & 0x7F))
        }
        return text
    }

    /// Sizes around the border of a chunk of 1 MiB, and no bytes at all.
    @Test(arguments: [
        (0, 1), (1, 1), (2, 1), (1_048_575, 1), (1_048_576, 1), (1_048_577, 2), (2_097_152, 2), (2_500_000, 3),
    ])
    func contentArrivesInChunks(_ size: Int, _ chunks: Int) async throws {
        let scratch = try Scratch()
        let intake = Intake(outcome: [SampleAnswers.loadedDrop])
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let text = bytes(size)
        let path = try scratch.write(text, to: "support.csv")
        let run = try CommandRun(
            ["ingest", path, "--category", "support", "--source-type", "crm"], socket: daemon.socketPath)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.hasPrefix("support.csv: taken as drop 17, queued, "))
        #expect(intake.state.withLock { $0.content } == Array(text.utf8))
        let requests = daemon.requests("data.ingest")
        #expect(requests.count == chunks)
        for request in requests {
            #expect(request["category"] == "support")
            #expect(request["file"] == "support.csv")
            #expect(request["source_type"] == "crm")
        }
        #expect(requests.map { $0["last"] } == Array(repeating: false, count: chunks - 1) + [true])
        await daemon.stop()
    }

    /// The smallest frame that can be configured; what was read before that was known is not read again.
    @Test(arguments: [("file", 100), ("file", 32_768), ("file", 1_048_577), ("-", 200_000)])
    func contentFitsSmallFrames(_ source: String, _ size: Int) async throws {
        let scratch = try Scratch()
        let intake = Intake(outcome: [SampleAnswers.loadedDrop])
        let daemon = try FakeDaemon(intake.answers, in: scratch, frameBytesMax: 64 << 10)
        let text = bytes(size)
        let path = source == "-" ? "-" : try scratch.write(text, to: "support.csv")
        let run = try CommandRun(
            ["ingest", path, "--category", "support", "--wait"], socket: daemon.socketPath, .init(input: text))
        #expect(run.status == 0, "\(run.errors)")
        #expect(intake.state.withLock { $0.content } == Array(text.utf8))
        #expect(daemon.requests("data.ingest").count >= (size + 32_767) / 32_768)
        await daemon.stop()
    }

    @Test func standardInput() async throws {
        let scratch = try Scratch()
        let intake = Intake(outcome: [SampleAnswers.loadedDrop])
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let run = try CommandRun(
            ["ingest", "-", "--category", "support", "-o", "json"], socket: daemon.socketPath,
            .init(input: "a,b\n1,2\n"))
        #expect(
            run.output == "{\"drop_id\":17,\"category\":\"support\",\"sha256\":\"00\",\"state\":\"queued\",\"bytes\":8}"
        )
        #expect(intake.state.withLock { $0.content } == Array("a,b\n1,2\n".utf8))
        #expect(daemon.requests("data.ingest").first?["file"] == "stdin")
        await daemon.stop()
    }

    @Test func waitTellsHowItWent() async throws {
        let scratch = try Scratch()
        let intake = Intake(outcome: [Self.queued, Self.loading, Self.loading, SampleAnswers.loadedDrop])
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(
            ["ingest", path, "--category", "support", "--wait"], socket: daemon.socketPath, .init(columns: 100))
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            run.output == """
                support.csv: loaded as drop 17: 1,500 rows, 1,480 accepted, 12 rejected, 8 duplicates, 4 orphans
                  rejected because (of the first 3):
                    2 × created_at: created_at is "yesterday"; expected an instant
                    1 × satisfaction_score: satisfaction_score is "9"; expected 1 to 5
                  all of them: aurac rejects --drop 17 --limit 12

                """)
        // No terminal: a plain line for each piece of news, no escape sequences.
        #expect(run.errors.contains("support.csv waits for its turn\n"))
        #expect(run.errors.contains("engagement.csv  ["))
        #expect(!run.errors.contains("\u{1B}") && !run.errors.contains("\r"))
        await daemon.stop()
    }

    @Test func waitPaintsABarOnATerminal() async throws {
        let scratch = try Scratch()
        let intake = Intake(outcome: [Self.loading, SampleAnswers.loadedDrop])
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(
            ["ingest", path, "--category", "support", "--wait", "-o", "ndjson"], socket: daemon.socketPath,
            .init(environment: ["LANG": "C.UTF-8", "TERM": "xterm"], errorsAreTerminal: true))
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("\r") && run.errors.contains("25 %"))
        #expect(run.errors.hasSuffix("\r\u{1B}[K"))
        #expect(run.output.hasPrefix("{\"drop_id\":17,") && run.output.hasSuffix("}\n"))
        await daemon.stop()
    }

    @Test(arguments: [
        (SampleAnswers.refusedDrop, Int32(65), "refused as drop 16: line 1"),
        (
            SampleAnswers.loadedDrop.replacing("\"loaded\",", with: "\"duplicate\",")
                .replacing("\"duplicate_of\":null", with: "\"duplicate_of\":3").replacing(
                    "\"rejected\":12", with: "\"rejected\":0"),
            Int32(0), "the same content was delivered before as drop 3; nothing changed"
        ),
        (
            SampleAnswers.loadedDrop.replacing("\"loaded\",", with: "\"duplicate\",\"restored_original\":true,")
                .replacing("\"duplicate_of\":null", with: "\"duplicate_of\":3").replacing(
                    "\"rejected\":12", with: "\"rejected\":0"),
            Int32(0), "as drop 3; its original was damaged or missing and has been put back"
        ),
    ])
    func outcomesOfWaiting(_ record: String, _ status: Int32, _ text: String) async throws {
        let scratch = try Scratch()
        let intake = Intake(outcome: [Self.queued, record])
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(["ingest", path, "--category", "support", "--wait"], socket: daemon.socketPath)
        #expect(run.status == status)
        #expect(run.output.contains(text), "\(run.output)")
        await daemon.stop()
    }

    @Test func aFullDiskIsATemporaryFailure() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            ["data.ingest": { (_) throws(Problem) in throw Problem(.unavailable, "the disk is full").passing }],
            in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(["ingest", path, "--category", "support"], socket: daemon.socketPath)
        #expect(run.status == 75, "\(run.errors)")
        await daemon.stop()
    }

    @Test func waitEndsWithTheTimeLimit() async throws {
        let scratch = try Scratch()
        let intake = Intake(outcome: [Self.queued])
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(
            ["ingest", path, "--category", "support", "--wait", "--timeout", "5"], socket: daemon.socketPath)
        #expect(run.status == 75)
        #expect(run.errors.contains("timed out waiting for drop 17, which is queued"))
        #expect(run.errors.contains("aurac drops show 17"))
        await daemon.stop()
    }

    private static func served(_ value: String, _ state: String = "loaded") -> String {
        SampleAnswers.loadedDrop.replacing("\"loaded\",", with: "\"\(state)\",")
            .replacing("\"served\":true", with: "\"served\":\(value)")
    }

    /// Stored is not enough: the wait is for the answers.
    @Test(arguments: ["loaded", "duplicate"]) func waitEndsWhenTheAnswersHaveTheFile(_ state: String) async throws {
        let scratch = try Scratch()
        let intake = Intake(outcome: [
            Self.served("false", "queued"), Self.served("false", state), Self.served("false", state),
            Self.served("true", state),
        ])
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(
            ["ingest", path, "--category", "support", "--wait", "-o", "ndjson"], socket: daemon.socketPath)
        #expect(run.status == 0, "\(run.errors)")
        #expect(intake.state.withLock { $0.statusCalls } == 4)
        #expect(try JSONReader().read(run.outputBytes)["served"]?.boolValue == true)
        #expect(run.errors.contains("support.csv is stored; the figures are worked out\n"))
        await daemon.stop()
    }

    private static func status(failed stage: String, at instant: String, blocked: String = "null") -> String {
        SampleAnswers.status
            .replacing(
                "\"stages\":[",
                with: """
                    "stages":[{"name":"\(stage)","state":"failed","last_run":"\(instant)","last_duration_ms":1,\
                    "next_run":null,"detail":"\(stage): it is broken"},
                    """
            )
            .replacing("\"blocked\":null", with: "\"blocked\":\(blocked)")
    }

    @Test(arguments: [
        ("intake", "queued", "loading has failed, and drop 17 is queued: intake: it is broken"),
        (
            "refresh", "loaded",
            "working out the figures has failed, and drop 17 is stored but not in the figures yet: refresh: it is broken"
        ),
    ])
    func waitEndsWhenAStageFails(_ stage: String, _ state: String, _ text: String) async throws {
        let scratch = try Scratch()
        // The drop was received at 11:00.
        let intake = Intake(
            outcome: [Self.served("false", state)], status: Self.status(failed: stage, at: "2026-06-15T11:00:01.000Z"))
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(
            ["ingest", path, "--category", "support", "--wait", "--timeout", "100"], socket: daemon.socketPath)
        #expect(run.status == 75)
        #expect(run.errors.contains(text), "\(run.errors)")
        #expect(run.errors.contains("aurac drops show 17"))
        await daemon.stop()
    }

    /// What failed before the file came may go well with it.
    @Test func waitGoesOnAfterAnOlderFailure() async throws {
        let scratch = try Scratch()
        let intake = Intake(
            outcome: [Self.served("false", "queued"), Self.served("true")],
            status: Self.status(failed: "intake", at: "2026-06-15T10:59:59.000Z"))
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(["ingest", path, "--category", "support", "--wait"], socket: daemon.socketPath)
        #expect(run.status == 0, "\(run.errors)")
        await daemon.stop()
    }

    @Test func waitSaysThatTheDiskIsFull() async throws {
        let scratch = try Scratch()
        let intake = Intake(
            outcome: [Self.served("false", "queued"), Self.served("false", "queued"), Self.served("true")],
            status: Self.status(failed: "publish", at: "2026-06-15T11:30:00.000Z", blocked: "\"the disk is full\""))
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(["ingest", path, "--category", "support", "--wait"], socket: daemon.socketPath)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.split(separator: "\n").count { $0 == "support.csv waits: the disk is full" } == 1)
        await daemon.stop()
    }

    @Test func waitEndsWhenTheDaemonStops() async throws {
        let scratch = try Scratch()
        let intake = Intake(outcome: [Self.served("false", "queued")])
        let daemon = try FakeDaemon(intake.answers, in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let stopping = Task {
            while daemon.requests("system.status").isEmpty { try await Task.sleep(for: .milliseconds(5)) }
            await daemon.stop()
        }
        // On a thread of its own: the one that stops the daemon must get round to it.
        let run = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { [socket = daemon.socketPath] in
                continuation.resume(
                    with: Result {
                        try CommandRun(["ingest", path, "--category", "support", "--wait"], socket: socket)
                    })
            }
        }
        try await stopping.value
        #expect(run.status == 75)
        #expect(run.errors.contains("the daemon has stopped, and drop 17 is queued"), "\(run.errors)")
        #expect(run.errors.contains("aurac drops show 17"))
    }

    /// Everything is sent before anything is waited for, and told of in the order of the command line.
    @Test func severalFilesAreWaitedForTogether() async throws {
        let scratch = try Scratch()
        let calls = Mutex<[String]>([])
        let daemon = try FakeDaemon(
            [
                "data.ingest": { (parameters) throws(Problem) in
                    let name = parameters["file"]?.stringValue ?? ""
                    let number = calls.withLock { calls in
                        calls.append("ingest \(name)")
                        return calls.count
                    }
                    if name == "bad.csv" { throw Problem(.unavailable, "no room") }
                    return Array(
                        "{\"drop_id\":\(number),\"category\":\"support\",\"state\":\"queued\",\"bytes\":1}".utf8)
                },
                "data.drops": { parameters in
                    let number = parameters["drop_id"]?.integerValue ?? 0
                    calls.withLock { $0.append("drops \(number)") }
                    return Array("{\"drops\":[{\"drop_id\":\(number),\"state\":\"loaded\",\"served\":true}]}".utf8)
                },
            ], in: scratch)
        let paths = try ["one.csv", "two.csv", "bad.csv", "never.csv"].map { try scratch.write("a", to: $0) }
        let run = try CommandRun(
            ["ingest"] + paths + ["--category", "support", "--wait", "-o", "csv"], socket: daemon.socketPath)
        #expect(
            calls.withLock { $0 } == ["ingest one.csv", "ingest two.csv", "ingest bad.csv", "drops 1", "drops 2"])
        #expect(run.status == 1)
        #expect(run.errors.contains("no room"))
        #expect(run.output == "drop_id,state,served\n1,loaded,true\n2,loaded,true\n")
        await daemon.stop()
    }

    @Test func severalFilesAndTheWorstOutcome() async throws {
        let scratch = try Scratch()
        let count = Mutex(0)
        let daemon = try FakeDaemon(
            [
                "data.ingest": { _ in
                    let number = count.withLock { count in
                        count += 1
                        return count
                    }
                    let state = number == 1 ? "refused" : "queued"
                    return Array(
                        """
                        {"drop_id":\(number),"category":"support","sha256":"","state":"\(state)","bytes":1}
                        """
                        .utf8)
                }
            ], in: scratch)
        let first = try scratch.write("a", to: "one.csv")
        let second = try scratch.write("b", to: "two.csv")
        let run = try CommandRun(
            ["ingest", first, second, "--category", "support", "-o", "csv"], socket: daemon.socketPath)
        #expect(run.status == 65)
        #expect(
            run.output == """
                drop_id,category,sha256,state,bytes
                1,support,"",refused,1
                2,support,"",queued,1

                """)
        await daemon.stop()
    }

    @Test(arguments: [
        (Problem.Code.tooLarge, Int32(65)), (.invalidParams, 64), (.forbidden, 77), (.overloaded, 75), (.conflict, 1),
    ])
    func theDaemonMayDecline(_ code: Problem.Code, _ status: Int32) async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(
            ["data.ingest": { (_) throws(Problem) in throw Problem(code, "no, thank you") }], in: scratch)
        let path = try scratch.write("x", to: "support.csv")
        let run = try CommandRun(["ingest", path, "--category", "support"], socket: daemon.socketPath)
        #expect(run.status == status)
        #expect(run.output.isEmpty)
        #expect(run.errors.contains("no, thank you"))
        await daemon.stop()
    }

    @Test func missingFilesAreFoundBeforeAnythingIsSent() async throws {
        let scratch = try Scratch()
        let daemon = try FakeDaemon(Intake(outcome: []).answers, in: scratch)
        let good = try scratch.write("a", to: "good.csv")
        for bad in [scratch.path("none.csv"), scratch.folder] {
            let run = try CommandRun(["ingest", good, bad, "--category", "support"], socket: daemon.socketPath)
            #expect(run.status == 66)
            #expect(run.errors.contains(bad))
        }
        #expect(daemon.requests("data.ingest").isEmpty)
        await daemon.stop()
    }
}
