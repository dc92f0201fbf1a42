import CoreMetrics
import Foundation
import Logging
import TelemetryProbe
import Testing

@testable import Telemetry

/// The closed set: identifiers, vocabulary, and what one emission does.
struct EventTests {
    @Test func everyKindHasItsOwnIdentifierAndName() {
        let identifiers = EventKind.allCases.map(\.messageID)
        #expect(Set(identifiers).count == identifiers.count)
        for identifier in identifiers {
            #expect(identifier.wholeMatch(of: /[0-9a-f]{32}/) != nil)
            // Random (version 4) as `systemd-id128 new` makes them.
            #expect(Array(identifier)[12] == "4")
        }
        #expect(Set(EventKind.allCases.map(\.rawValue)).count == EventKind.allCases.count)
    }

    /// The identifiers are promised to scripts: a changed one must be noticed.
    @Test func identifiersStayWhatTheyWere() {
        #expect(EventKind.daemonStarted.messageID == "1420233324194307ba41d534d73dadfa")
        #expect(EventKind.dropLoaded.messageID == "c1356af6c2f2430f8fa678c48635e23d")
        #expect(EventKind.requestAudited.messageID == "724cf19325b5429c87d3c76ea17f9235")
        #expect(EventKind.databaseMigrated.messageID == "3252f9dd9ffd4d9cb58643538b823c53")
    }

    @Test func everyKindHasOneEvent() {
        #expect(EventSamples.all.map { type(of: $0).kind } == EventKind.allCases)
    }

    @Test func messagesAreOneShortLine() {
        for event in EventSamples.all {
            let message = event.message.description
            #expect(!message.isEmpty && message.utf8.count < 160 && !message.hasSuffix("."))
            #expect(TextSafety.escaped(message) == message)
        }
    }

    @Test func fieldNamesAreValidAndUnique() {
        for field in EventField.allCases {
            #expect(field.rawValue.wholeMatch(of: /AURA_[A-Z0-9_]{1,59}/) != nil)
        }
        #expect(Set(EventField.allCases.map(\.shortName)).count == EventField.allCases.count)
        #expect(EventField.dropID.shortName == "drop" && EventField.peerUID.shortName == "peer_uid")
    }

    @Test func everyFieldIsUsedAndNoEventRepeatsOne() {
        var used: Set<EventField> = []
        for event in EventSamples.all {
            let fields = event.fields.entries.map(\.field)
            #expect(Set(fields).count == fields.count)
            used.formUnion(fields)
        }
        #expect(used == Set(EventField.allCases))
    }

    @Test func unknownFieldsAreLeftOut() {
        let fields = DaemonReady(clients: 3, duration: .seconds(1)).fields
        #expect(fields[.snapshot] == nil)
        #expect(fields[.clients] == .integer(3))
        #expect(ClientDenied(peerUID: 5, errorCode: "role_missing").message.description.contains("a connection"))
        let rejected = ConfigurationRejected(file: .daemon, errorCode: "key_unknown")
        #expect(rejected.message == "aurad.yaml rejected: key_unknown")
    }

    @Test func measurementsUseDeclaredMetricsOnly() throws {
        let metrics = MetricsRegistry()
        let events = EventLog(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, metrics: metrics)
        func emit(_ event: some Event) { events.emit(event) }
        for event in EventSamples.all { emit(event) }
        let text = try PrometheusParser(metrics.prometheusText())
        // Each has its help, so each was declared; and every declared one is moved by some event.
        #expect(Set(text.types.keys) == Set(text.helps.keys))
        #expect(
            Set(text.types.keys) == Set(ProductMetric.allCases.map(\.rawValue) + ["aura_metrics_discarded_total"]))
        #expect(text["aura_metrics_discarded_total"] == 0)
        for kind in EventKind.allCases { #expect(text["aura_events_total", ["event": kind.rawValue]] == 1) }
    }

    /// The counters move whether or not the entry is written, and the entry carries what the event says.
    @Test func oneEmissionWritesAndCounts() throws {
        let sent = Collector<JournalEntry>()
        let control = LogLevelControl(.info)
        let metrics = MetricsRegistry()
        let logger = Logger(label: "pipeline") { label in
            JournalLogHandler(
                label: label, identifier: "aurad", control: control,
                send: { entry in
                    sent.append(entry)
                    return 0
                }, fallback: StandardError.sink)
        }
        let events = EventLog(logger: logger, metrics: metrics)
        let loaded = DropLoaded(
            dropID: 12, category: "transactions", rows: 100, accepted: 90, rejected: 7, duplicates: 3, orphans: 1,
            bytes: 4_096, duration: .milliseconds(1_500))
        events.emit(loaded)
        control.level = .error
        events.emit(loaded)

        let text = try PrometheusParser(metrics.prometheusText())
        #expect(text["aura_rows_total", ["category": "transactions", "outcome": "accepted"]] == 180)
        #expect(text["aura_drop_duration_seconds_sum", ["category": "transactions"]] == 3)
        let entry = try #require(sent.values.first)
        #expect(sent.values.count == 1)
        let fields = entry.fields
        #expect(fields["MESSAGE"] == "drop 12 loaded: transactions, 100 rows, 90 accepted, 7 rejected, 3 duplicates")
        #expect(fields["MESSAGE_ID"] == EventKind.dropLoaded.messageID)
        #expect(fields["AURA_EVENT"] == "drop_loaded")
        #expect(fields["AURA_DROP_ID"] == "12" && fields["AURA_DURATION_USEC"] == "1500000")
        #expect(fields["PRIORITY"] == "6" && fields["SYSLOG_IDENTIFIER"] == "aurad")
        #expect(fields["CODE_FILE"] == "TelemetryTests/EventTests.swift")
        #expect(fields["CODE_FUNC"] == "oneEmissionWritesAndCounts()")
        #expect(Int(fields["CODE_LINE"] ?? "") != nil)
    }
}

extension JournalEntry {
    /// As the reader of the journal sees it.
    var fields: [String: String] {
        var result: [String: String] = [:]
        for range in ranges {
            let text = String(decoding: bytes[range], as: UTF8.self)
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            result[String(parts[0])] = String(parts[1])
        }
        return result
    }
}
