internal import Contract
internal import TerminalText

/// What a check of the originals found, as `system.verify` tells: files as they were delivered, kept to derive
/// everything from. Members that are missing say nothing.
struct OriginalsReport {
    private let originals: Answer

    init(_ result: Answer) { originals = result[at: "originals"] }

    /// What can be wrong with an original.
    private enum Trouble: String, CaseIterable {
        case damaged
        case missing
        case unknown

        /// What to do about it, after the number of originals and a blank.
        var advice: String {
            switch self {
            case .damaged:
                "not what was delivered any more: deliver the same file again, which takes its place, or put it back from "
                    + "a backup. Until then nothing can be derived anew: 'aurad --rebuild' checks all originals first and "
                    + "refuses"
            case .missing:
                "not there: deliver the same file again, or put it back from a backup. Until then nothing can be derived "
                    + "anew: 'aurad --rebuild' checks all originals first and refuses"
            case .unknown:
                "of no delivery: the figures do not use it; find out who put it there before you move it away"
            }
        }
    }

    private func found(_ trouble: Trouble) -> [Answer] { originals[at: trouble.rawValue].elements }

    /// How many originals something is wrong with.
    var troubleCount: Int { Trouble.allCases.reduce(0) { $0 + found($1).count } }

    /// A record for each, alike to those of checks.
    var records: [Answer] {
        Trouble.allCases.flatMap { trouble in
            found(trouble).map { original -> Answer in
                // A file that no delivery explains has a name, the others have what they should be.
                let isNamed = trouble == .unknown
                return [
                    "name": .string("original"), "ok": .bool(false), "detail": isNamed ? nil : original[at: "detail"],
                    "original": .string(trouble.rawValue), "drop_id": isNamed ? nil : original[at: "drop_id"],
                    "sha256": isNamed ? nil : original[at: "sha256"], "file": isNamed ? original : original[at: "file"],
                ]
            }
        }
    }

    func write(on page: inout ReportPage) {
        if let checked = originals[at: "checked"].int {
            let bytes = originals[at: "bytes"].int.map { ", \(page.number.bytes($0))" } ?? ""
            page.text("\(page.number.integer(checked)) originals checked\(bytes)", .muted)
        }
        guard troubleCount > 0 else { return }
        page.heading("Originals")
        page.add(
            Table(
                columns: [
                    .init("original", priority: Table.Column.required),
                    .init("drop", alignment: .trailing, priority: Table.Column.required),
                    .init("SHA-256", overflow: .never, priority: 8),
                    .init("file", overflow: .truncate, priority: 6, minimumWidth: 12),
                    .init("detail", priority: 4, minimumWidth: 16),
                ],
                rows: records.map { record in
                    let trouble = record[at: "original"].stringValue
                    return [
                        Table.Cell(page.shown(record[at: "original"]), trouble == "unknown" ? .warning : .bad),
                        Table.Cell(record[at: "drop_id"].isNull ? "" : page.identifier(record[at: "drop_id"])),
                        // Twelve digits tell files apart; -o json and csv have all of them.
                        Table.Cell(String(record[at: "sha256"].stringValue?.prefix(12) ?? ""), .muted),
                        Table.Cell(record[at: "file"].stringValue ?? ""),
                        Table.Cell(record[at: "detail"].stringValue ?? ""),
                    ]
                }
            ).withoutEmptyColumns(["SHA-256", "file", "detail"]))
        for trouble in Trouble.allCases {
            let count = found(trouble).count
            guard count > 0 else { continue }
            page.text(
                "\(page.number.integer(count)) \(trouble.rawValue): \(trouble.advice).",
                trouble == .unknown ? .warning : .normal, hanging: 2)
        }
    }
}
