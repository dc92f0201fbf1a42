import Glibc
import Logging
import Testing

@testable import Telemetry

/// The pure parts of writing an entry.
struct LogTextTests {
    private func record(
        _ message: Logger.Message, level: Logger.Level = .info, metadata: Logger.Metadata = [:],
        error: (any Error)? = nil, showsErrorText: Bool = false
    ) -> LogRecord {
        LogRecord(
            LogEvent(
                level: level, message: message, error: error, metadata: metadata, source: nil, file: "M/F.swift",
                function: "f()", line: 7),
            label: "test", metadata: ["stage": .stringConvertible(EventValue.text("load")), "host": "here"],
            showsErrorText: showsErrorText)
    }

    @Test func aLineHasTimeLevelFieldsAndMessage() {
        let line = LogLine.text(
            record("message", metadata: ["drop": .stringConvertible(EventValue.integer(12))]), at: 1_795_352_400,
            colour: false)
        #expect(line == "2026-11-22T13:00:00Z info  stage=load drop=12 host=here message\n")
    }

    @Test(arguments: Logger.Level.allCases)
    func colourSurroundsTheLevelAlone(level: Logger.Level) {
        let plain = LogLine.text(record("m", level: level), at: 0, colour: false)
        let coloured = LogLine.text(record("m", level: level), at: 0, colour: true)
        #expect(!plain.contains("\u{1B}"))
        #expect(coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "") == plain)
        #expect(plain.contains("Z \(level.rawValue) "))
    }

    @Test func valuesCannotForgeFieldsOrLines() {
        let line = LogLine.text(
            record(
                "a\nb\u{1B}[31m\r\n\u{2028}\u{202E}",
                metadata: ["k=v x": "1 drop=9", "empty": "", "quote": "say \"x\"\n"]),
            at: 0, colour: true)
        #expect(line.utf8.count { $0 == 0x0A } == 1 && line.hasSuffix("\n"))
        #expect(line.contains("k_v_x=\"1 drop=9\"") && line.contains("empty=\"\""))
        #expect(line.contains(#"quote="say \"x\"\n""#))
        #expect(line.contains(#"a\nb\u{1b}[31m\r\n\u{2028}\u{202e}"#))
    }

    @Test func nestedMetadataIsFlattened() {
        let fields = record("m", metadata: ["peer": ["uid": "5", "groups": ["b", "a"]], "": "x"]).fields
        #expect(fields.map(\.shortName) == ["stage", "_", "host", "peer.groups", "peer.groups", "peer.uid"])
        #expect(fields.map(\.journalName)[3] == "AURA_PEER_GROUPS")
        #expect(fields.map(\.value) == ["load", "x", "here", "a", "b", "5"])
    }

    /// Metadata that only looks like an event is metadata.
    @Test func plainMetadataDoesNotPoseAsAnEvent() {
        let posing = record(
            "m", metadata: ["event": .stringConvertible("drop_loaded"), "drop": "12", "method": .stringConvertible(7)])
        #expect(posing.kind == nil)
        #expect(posing.fields.map(\.shortName) == ["stage", "drop", "event", "host", "method"])
        #expect(posing.fields.map(\.journalName).contains("AURA_DROP"))
        #expect(!posing.fields.map(\.journalName).contains("AURA_DROP_ID"))
    }

    @Test func errorsTellTheirTypeAndTheirTextOnlyWhenAskedFor() {
        struct Leaky: Error, CustomStringConvertible { let description = "row of jane@example.org" }
        let quiet = record("m", error: Leaky()).fields
        #expect(quiet.contains { $0.journalName == "AURA_ERROR_TYPE" && $0.value.contains("Leaky") })
        #expect(!quiet.contains { $0.value.contains("jane") })
        let loud = record("m", error: Leaky(), showsErrorText: true).fields
        #expect(loud.contains { $0.journalName == "AURA_ERROR_TEXT" && $0.value.contains("jane") })
    }

    @Test func longTextIsCutAtACharacter() {
        let text = String(repeating: "ä", count: 20_000)
        let message = record("\(text)").message
        #expect(message.utf8.count <= TextSafety.messageBytesMax + 3 && message.hasSuffix("ä…"))
        #expect(TextSafety.capped("aä", bytesMax: 2) == "a…")
        #expect(TextSafety.capped("aä", bytesMax: 3) == "aä")
        let many = Dictionary(uniqueKeysWithValues: (0..<500).map { ("k\($0)", Logger.MetadataValue("v")) })
        #expect(record("m", metadata: many).fields.count == LogRecord.fieldsMax)
    }

    @Test func deepMetadataEnds() {
        var value: Logger.MetadataValue = "leaf"
        for _ in 0..<1_000 { value = ["x": value] }
        #expect(record("m", metadata: ["deep": value]).fields.map(\.shortName) == ["stage", "host"])
    }

    @Test func journalNamesAreValid() {
        #expect(FieldName.journal("db.rows") == "AURA_DB_ROWS")
        #expect(FieldName.journal("_private") == "AURA__PRIVATE")
        #expect(FieldName.journal("straße-ß") == "AURA_STRA_E__")
        #expect(FieldName.journal(String(repeating: "x", count: 100)).utf8.count == 64)
        #expect(FieldName.short(String(repeating: "x", count: 100)).utf8.count == 64)
    }

    @Test func anEntryIsAListOfAssignments() {
        let fields = JournalEntry(record("two\nlines\u{7}", level: .critical), identifier: "aurad").fields
        #expect(fields["MESSAGE"] == "two\nlines\\u{7}")
        #expect(fields["PRIORITY"] == "2" && fields["AURA_LOGGER"] == "test" && fields["AURA_HOST"] == "here")
        #expect(fields["CODE_FILE"] == "M/F.swift" && fields["CODE_LINE"] == "7" && fields["CODE_FUNC"] == "f()")
        #expect(fields["MESSAGE_ID"] == nil)
    }

    @Test func levelsBecomeSeverities() {
        #expect(Logger.Level.allCases.map { SyslogPriority($0).rawValue } == [7, 7, 6, 5, 4, 3, 2])
    }

    /// Against the C library, over the years it and the format share.
    @Test func timestampsAgreeWithTheSystem() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<2_000 {
            var seconds = time_t.random(in: -62_167_219_200...253_402_300_799, using: &generator)
            var parts = tm()
            gmtime_r(&seconds, &parts)
            var buffer = [CChar](repeating: 0, count: 64)
            let count = strftime(&buffer, buffer.count, "%m-%dT%H:%M:%SZ", &parts)
            let expected = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
            let text = Timestamp.rfc3339(seconds: Int64(seconds))
            #expect(text.hasSuffix(expected) && Int32(text.prefix(4)) == parts.tm_year + 1_900)
        }
        #expect(Timestamp.rfc3339(seconds: .min) == "0000-01-01T00:00:00Z")
        #expect(Timestamp.rfc3339(seconds: .max) == "9999-12-31T23:59:59Z")
    }

    @Test func colourIsForTerminalsThatWantIt() {
        #expect(StandardError.showsColour(isTerminal: true, noColour: nil, terminal: "xterm"))
        #expect(StandardError.showsColour(isTerminal: true, noColour: "", terminal: nil))
        #expect(!StandardError.showsColour(isTerminal: false, noColour: nil, terminal: "xterm"))
        #expect(!StandardError.showsColour(isTerminal: true, noColour: "1", terminal: "xterm"))
        #expect(!StandardError.showsColour(isTerminal: true, noColour: nil, terminal: "dumb"))
    }
}
