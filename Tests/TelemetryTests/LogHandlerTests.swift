import CoreMetrics
import Foundation
import Logging
import Testing

@testable import Telemetry

/// The handlers as loggers use them.
struct LogHandlerTests {
    private func stderrHandler(_ sink: LineSink, _ control: LogLevelControl) -> StderrLogHandler {
        StderrLogHandler(label: "test", control: control, sink: sink, colour: false, wallSeconds: { 0 })
    }

    @Test func levelAndMetadataAreValues() throws {
        let reader = try PipeReader()
        let sink = reader.sink
        let control = LogLevelControl(.info)
        for make in [
            { _ in stderrHandler(sink, control) as any LogHandler },
            { JournalLogHandler(label: $0, identifier: "x", control: control, send: { _ in 0 }, fallback: sink) },
        ] as [@Sendable (String) -> any LogHandler] {
            var first = Logger(label: "first", factory: make)
            first.logLevel = .debug
            first[metadataKey: "only-on"] = "first"
            var second = first
            second.logLevel = .error
            second[metadataKey: "only-on"] = "second"
            #expect(first.logLevel == .debug && second.logLevel == .error)
            #expect(first[metadataKey: "only-on"] == "first" && second[metadataKey: "only-on"] == "second")
            var handler = make("third")
            handler.metadata = ["a": "1"]
            handler.metadataProvider = Logger.MetadataProvider { ["b": "2"] }
            #expect(handler.metadata == ["a": "1"] && handler.metadataProvider?.get() == ["b": "2"])
        }
        _ = reader.finish()
    }

    /// A reload changes the level of loggers that exist already; a logger with a level of its own keeps it.
    @Test func theCommonLevelChangesAtRunTime() throws {
        let reader = try PipeReader()
        let sink = reader.sink
        let control = LogLevelControl(.warning)
        let common = Logger(label: "common") { _ in stderrHandler(sink, control) }
        var own = common
        own.logLevel = .error
        common.info("before")
        own.warning("own before")
        control.level = .trace
        common.trace("after")
        own.warning("own after")
        own.error("own error")
        control.level = .critical
        common.error("closed")
        #expect(control.level == .critical)
        #expect(
            reader.finish() == [
                "1970-01-01T00:00:00Z trace after", "1970-01-01T00:00:00Z error own error",
            ])
    }

    @Test func metadataOfTheEntryWinsOverProviderAndLogger() throws {
        let reader = try PipeReader()
        let sink = reader.sink
        var logger = Logger(label: "test") { label in
            StderrLogHandler(
                label: label, control: LogLevelControl(.info),
                metadataProvider: Logger.MetadataProvider { ["b": "provider", "c": "provider"] }, sink: sink,
                colour: false, wallSeconds: { 0 })
        }
        logger[metadataKey: "a"] = "logger"
        logger[metadataKey: "b"] = "logger"
        logger[metadataKey: "c"] = "logger"
        logger.info("m", metadata: ["c": "entry"])
        #expect(reader.finish() == ["1970-01-01T00:00:00Z info  a=logger b=provider c=entry m"])
    }

    /// An entry the journal refuses still reaches it, with its severity, by the stream.
    @Test func whatTheJournalRefusesGoesToStandardError() throws {
        let reader = try PipeReader()
        let sink = reader.sink
        let logger = Logger(label: "test") {
            JournalLogHandler(
                label: $0, identifier: "aurad", control: LogLevelControl(.info), send: { _ in -ENOBUFS },
                fallback: sink)
        }
        logger.error("two\nlines")
        #expect(reader.finish() == ["<3>two\\nlines"])
    }

    @Test func linesOfSeveralThreadsStayWhole() async throws {
        let reader = try PipeReader()
        let sink = reader.sink
        let control = LogLevelControl(.info)
        let logger = Logger(label: "test") { _ in stderrHandler(sink, control) }
        let padding = String(repeating: "p", count: 6_000)
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for index in 0..<50 {
                        logger.info("\(worker):\(index) \(padding)")
                        control.level = index.isMultiple(of: 2) ? .debug : .info
                    }
                }
            }
        }
        let lines = reader.finish()
        #expect(lines.count == 400)
        let expected = Set((0..<8).flatMap { worker in (0..<50).map { "\(worker):\($0)" } })
        #expect(Set(lines.compactMap { $0.split(separator: " ").dropFirst(2).first.map(String.init) }) == expected)
        #expect(lines.allSatisfy { $0.hasSuffix(padding) })
    }

    @Test func aReaderWhoDoesNotReadLosesLinesAndIsTold() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let (reading, writing) = (ends[0], ends[1])
        for end in ends { #expect(fcntl(end, F_SETFL, O_NONBLOCK) == 0) }
        let sink = LineSink(descriptor: writing)
        var buffer = [UInt8](repeating: UInt8(ascii: "x"), count: 512)
        var filled = 0
        while case let count = write(writing, buffer, buffer.count), count > 0 { filled += count }
        sink.write("lost\n")
        sink.write("lost too\n")
        while case let count = read(reading, &buffer, buffer.count), count > 0 { filled -= count }
        #expect(filled == 0)
        sink.write("through\n")
        let count = read(reading, &buffer, buffer.count)
        let rest = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        #expect(rest == "(2 lines lost: their reader did not keep up)\nthrough\n")
        for end in ends { close(end) }
        // A descriptor that is none is survived as well.
        LineSink(descriptor: -1).write("nowhere\n")
    }

    @Test func theJournalStreamIsRecognisedByDeviceAndInode() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        var status = stat()
        #expect(fstat(descriptor, &status) == 0)
        let name = "\(status.st_dev):\(status.st_ino)"
        #expect(LogDestination.detect(journalStream: name, descriptor: descriptor) == .journal)
        let other = "\(status.st_dev):\(status.st_ino + 1)"
        for text in [other, nil, "", "1", "1:", ":1", "a:b", "1:2:3", "-1:2", "1: 2", "99999999999999999999:1"] {
            #expect(LogDestination.detect(journalStream: text, descriptor: descriptor) == .standardError)
        }
        #expect(LogDestination.detect(journalStream: name, descriptor: -1) == .standardError)
    }

    @Test func destinationsMakeTheirHandlers() {
        let control = LogLevelControl(.notice)
        let journal = LogDestination.journal.handler(label: "l", identifier: "aurad", control: control)
        let lines = LogDestination.standardError.handler(label: "l", identifier: "aurad", control: control)
        #expect(journal is JournalLogHandler && lines is StderrLogHandler)
        #expect(journal.logLevel == .notice && lines.logLevel == .notice)
    }
}
