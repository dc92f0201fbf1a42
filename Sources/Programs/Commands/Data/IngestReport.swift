internal import Contract
internal import TerminalText

/// What became of a file that was handed over.
struct IngestReport {
    private let name: String
    private let drop: Answer
    private let reasons: [(count: Int, column: String?, reason: String)]
    private let lookedAt: Int
    private let remarks: RemarkSummary?

    private static let reasonsMax = 5
    private static let rejectsMax = 1_000

    /// Asks the daemon why rows were rejected, if there are any.
    init(_ name: String, _ drop: Answer, session: DaemonSession) throws(CommandFailure) {
        self.name = name
        self.drop = drop
        remarks = drop[at: "state"].stringValue == "loaded" ? try RemarkSummary(drop, session: session) : nil
        guard (drop[ifSaid: "rejected"].int ?? 0) > 0 else {
            reasons = []
            lookedAt = 0
            return
        }
        let parameters: JSONObject = ["drop_id": drop[at: "drop_id"].value, "limit": .integer(Int64(Self.rejectsMax))]
        let rejects = try session.ask(.dataRejects, parameters)[at: "rejects"].elements
        reasons = DropReport.reasons(rejects)
        lookedAt = rejects.count
    }

    func write(on page: inout ReportPage) {
        let state = drop[at: "state"].stringValue
        let id = page.identifier(drop[at: "drop_id"])
        var text = "\(name): "
        switch state {
        case "refused":
            text += "refused as drop \(id)" + (drop[ifSaid: "reason"].stringValue.map { ": \($0)" } ?? "")
        case "duplicate":
            let of =
                drop[ifSaid: "duplicate_of"].isNull ? "" : " as drop \(page.identifier(drop[ifSaid: "duplicate_of"]))"
            text += "the same content was delivered before\(of); "
            text +=
                drop[ifSaid: "restored_original"].boolValue == true
                ? "its original was damaged or missing and has been put back, the figures are as before"
                : "nothing changed"
        case "loaded":
            let counts = ["rows", "accepted", "rejected", "duplicates", "orphans"].compactMap { name in
                drop[ifSaid: name].int.map { "\(page.number.integer($0)) \(name)" }
            }
            text += "loaded as drop \(id)" + (counts.isEmpty ? "" : ": " + counts.joined(separator: ", "))
        default:
            text += "taken as drop \(id), \(page.shown(drop[at: "state"])), \(page.number.bytes(drop[at: "bytes"].int))"
        }
        let role: TextRole = state == "refused" ? .bad : state == "loaded" ? .good : .normal
        page.text(text, role, hanging: 2)
        defer { remarks?.write(on: &page, indentation: 2) }
        guard !reasons.isEmpty else { return }
        let rejected = drop[ifSaid: "rejected"].int ?? 0
        let scope = lookedAt < rejected ? " (of the first \(page.number.integer(lookedAt)))" : ""
        page.text("rejected because\(scope):", .warning, indentation: 2)
        for entry in reasons.prefix(Self.reasonsMax) {
            let column = entry.column.map { "\($0): " } ?? ""
            page.text("\(page.number.integer(entry.count)) × \(column)\(entry.reason)", indentation: 4, hanging: 8)
        }
        if reasons.count > Self.reasonsMax {
            page.text("and \(reasons.count - Self.reasonsMax) other reasons", .muted, indentation: 4)
        }
        page.text("all of them: aurac rejects --drop \(id) --limit \(rejected)", .muted, indentation: 2)
    }
}
