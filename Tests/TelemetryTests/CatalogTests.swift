import Foundation
import TelemetryProbe
import Testing

@testable import Telemetry

/// The message catalog says something true about every kind.
struct CatalogTests {
    private struct Entry {
        var subject = ""
        var text = ""
    }

    private func entries() throws -> [String: Entry] {
        let text = String(decoding: try Data(contentsOf: Program.catalog), as: UTF8.self)
        var entries: [String: Entry] = [:]
        var current: String?
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            if line.hasPrefix("-- ") {
                let identifier = String(line.dropFirst(3))
                #expect(entries[identifier] == nil, "\(identifier) occurs twice")
                entries[identifier] = Entry()
                current = identifier
            } else if let current {
                if line.hasPrefix("Subject: ") { entries[current]?.subject = String(line.dropFirst(9)) }
                entries[current]?.text += line + "\n"
            }
        }
        return entries
    }

    @Test func coversExactlyTheKinds() throws {
        let entries = try entries()
        #expect(Set(entries.keys) == Set(EventKind.allCases.map(\.messageID)))
        #expect(Set(entries.values.map(\.subject)).count == entries.count)
        for (identifier, entry) in entries { #expect(!entry.subject.isEmpty, "\(identifier)") }
    }

    /// A placeholder of a field that the event lacks would be shown as its name.
    @Test func usesOnlyFieldsTheEventAlwaysHas() throws {
        let entries = try entries()
        let optional: [EventKind: Set<EventField>] = [
            .daemonReady: [.snapshot], .daemonStopping: [.signal], .configurationRejected: [.line],
            .stageFinished: [.rows], .clientDenied: [.method],
        ]
        for event in EventSamples.all {
            let kind = type(of: event).kind
            let text = try #require(entries[kind.messageID]).text
            let used = Set(text.matches(of: /@([A-Z0-9_]+)@/).map { String($0.1) })
            let known = Set(event.fields.entries.map(\.field)).subtracting(optional[kind] ?? [])
            #expect(used.isSubset(of: Set(known.map(\.rawValue))), "\(kind): \(used)")
        }
    }

    @Test(.enabled(if: Program.exists("/usr/bin/journalctl"), "journalctl not found"))
    func theSystemAcceptsIt() throws {
        let root = try ScratchFolder()
        let source = root.url.appending(path: "usr/lib/systemd/catalog")
        try FileManager.default.createDirectory(at: source, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            at: root.url.appending(path: "var/lib/systemd/catalog"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(at: Program.catalog, to: source.appending(path: "aura.catalog"))
        let update = try Program.run(["journalctl", "--update-catalog", "--root=\(root.url.path)"])
        #expect(update.status == 0 && update.errors.isEmpty, "\(update.errors)")
        let list = try Program.run(["journalctl", "--list-catalog", "--root=\(root.url.path)"])
        let identifiers = list.output.split(separator: "\n").map { String($0.prefix(32)) }
        #expect(identifiers.sorted() == EventKind.allCases.map(\.messageID).sorted())
        let dump = try Program.run(["journalctl", "--dump-catalog", "--root=\(root.url.path)"])
        #expect(dump.output.contains("Subject: A drop was loaded"))
        #expect(!dump.output.contains("# "))
    }
}
