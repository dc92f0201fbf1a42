import Foundation
import TelemetryProbe
import Testing

@testable import Telemetry

/// A real journal, in a mount namespace of its own: what the handler writes is what the reader finds.
struct JournalTests {
    /// Whether this machine lets a test have its own mounts and has the journal's programs.
    private static let isPossible: Bool = {
        let programs = ["/lib/systemd/systemd-journald", "/usr/bin/journalctl", "/usr/bin/systemd-cat"]
        guard programs.allSatisfy(Program.exists) else { return false }
        do {
            return try Program.run(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status == 0
        } catch {
            return false
        }
    }()

    /// Runs the probe with its standard error connected to the journal, named as the service manager names it, and then
    /// reads the journal.
    private static let script = """
        set -eu
        mount --make-rprivate /
        for folder in /run/systemd /run/log /var/log /var/lib/systemd /usr/lib/systemd/catalog; do
            mkdir -p $folder; mount -t tmpfs tmpfs $folder
        done
        mkdir -p /run/systemd/journal /var/lib/systemd/catalog
        cp "$2" /usr/lib/systemd/catalog/
        journalctl --update-catalog
        /lib/systemd/systemd-journald 2>/dev/null & journal=$!
        for attempt in $(seq 100); do
            [ -S /run/systemd/journal/stdout ] && [ -S /run/systemd/journal/socket ] && break; sleep 0.05
        done
        systemd-cat -t wrapper sh -c '
            JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$1" log >"$2"' sh "$1" "$3/probe"
        journalctl --sync
        journalctl -D /run/log/journal SYSLOG_IDENTIFIER=aurad -o json >"$3/entries"
        journalctl -D /run/log/journal MESSAGE_ID=\(EventKind.dropLoaded.messageID) -x --no-pager >"$3/explained"
        journalctl -D /run/log/journal AURA_DROP_ID=31 -o cat >"$3/matched"
        journalctl -D /run/log/journal SYSLOG_IDENTIFIER=wrapper -o cat >"$3/stream"
        kill $journal
        wait $journal || true
        """

    private struct Reading {
        var probe = ""
        var entries: [[String: Any]] = []
        var explained = ""
        var matched = ""
        var stream = ""
    }

    private func read() throws -> Reading {
        let folder = try ScratchFolder()
        let result = try Program.run([
            "unshare", "-m", "sh", "-c", Self.script, "sh", Program.probe, Program.catalog.path, folder.url.path,
        ])
        try #require(result.status == 0, "\(result.errors)")
        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: folder.url.appending(path: name)), as: UTF8.self)
        }
        let entries = try text("entries").split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
        return Reading(
            probe: try text("probe"), entries: entries, explained: try text("explained"), matched: try text("matched"),
            stream: try text("stream"))
    }

    @Test(.enabled(if: isPossible, "a journal of its own is not possible on this machine"))
    func entriesArriveWithTheirFields() throws {
        let reading = try read()
        #expect(reading.probe.hasPrefix("destination journal level error\n"))
        try #require(reading.entries.count == EventSamples.all.count + 2)
        for (event, entry) in zip(EventSamples.all, reading.entries) {
            let kind = type(of: event).kind
            #expect(entry["MESSAGE"] as? String == event.message.description)
            #expect(entry["MESSAGE_ID"] as? String == kind.messageID)
            #expect(entry["AURA_EVENT"] as? String == kind.rawValue)
            #expect(entry["PRIORITY"] as? String == String(SyslogPriority(kind.level).rawValue))
            #expect(entry["CODE_FILE"] as? String == "TelemetryProbe/TelemetryProbe.swift")
            #expect(entry["_TRANSPORT"] as? String == "journal")
            for field in event.fields.entries {
                #expect(entry[field.field.rawValue] as? String == field.value.description, "\(kind) \(field.field)")
            }
        }
        let plain = reading.entries[EventSamples.all.count]
        #expect(plain["MESSAGE"] as? String == "plain\nsecond line")
        #expect(plain["AURA_PEER_ROLE"] as? String == "admin" && plain["MESSAGE_ID"] == nil)
        #expect(plain["AURA_LIST"] as? [String] == ["a", "b"])
        #expect(reading.entries.last?["MESSAGE"] as? String == "loud enough")

        #expect(reading.matched == "drop 31 loaded: transactions, 33 rows, 34 accepted, 35 rejected, 36 duplicates\n")
        #expect(reading.explained.contains("Subject: A drop was loaded"))
        #expect(reading.explained.contains("Drop 31, category transactions, is in the database: 33 rows"))
        #expect(!reading.explained.contains("@AURA"))
        // Nothing went to the stream that standard error is.
        #expect(reading.stream.isEmpty)
    }

    /// Without the journal the same program writes lines.
    @Test func withoutAJournalTheSameEntriesAreLines() throws {
        let result = try Program.run([Program.probe, "log"], environment: ["JOURNAL_STREAM": "1:1"])
        #expect(result.output.hasPrefix("destination standardError level error\n"))
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == EventSamples.all.count + 2)
        for (event, line) in zip(EventSamples.all, lines) {
            #expect(line.hasSuffix(" " + event.message.description))
            #expect(line.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [a-z]+ .*/) != nil)
        }
        #expect(lines.contains { $0.contains(#" info  drop=7 list=a list=b peer.role=admin plain\nsecond line"#) })
        let text = try PrometheusParser(
            String(result.output.drop { $0 != "\n" }.dropFirst()))
        #expect(text["aura_events_total", ["event": "drop_loaded"]] == 1)
        #expect((text["process_resident_memory_bytes"] ?? 0) > 1_000_000)
    }
}
