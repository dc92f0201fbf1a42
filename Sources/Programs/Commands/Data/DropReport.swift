internal import Contract
internal import TerminalText

/// One delivery for people, with why rows of it were rejected.
struct DropReport {
    let drop: Answer

    func write(on page: inout ReportPage) {
        let state = drop[at: "state"].stringValue
        var line = StyledLine()
        line.append("drop \(page.identifier(drop[at: "drop_id"]))  ", TextAttributes(.strong), style: page.style)
        line.append(page.shown(drop[at: "state"]), TextAttributes(LevelRole.drop(state)), style: page.style)
        if let reason = drop[at: "reason"].stringValue {
            line.append(": " + reason, TextAttributes(state == "refused" ? .bad : .normal), style: page.style)
        }
        page.add(line)
        page.blank()
        var facts: [KeyValueBlock.Pair] = [
            .init("file", Table.Cell(page.shown(drop[at: "file"]))),
            .init("category", Table.Cell(page.shown(drop[at: "category"]))),
            .init("source", Table.Cell(page.shown(drop[at: "source_type"]))),
            .init("size", Table.Cell(page.number.bytes(drop[at: "bytes"].int))),
            .init("delivered by", Table.Cell(page.shown(drop[at: "delivered_by"]))),
            .init("received", Table.Cell(instant(drop[at: "received_at"], page))),
            .init(
                state == "refused" || state == "duplicate" ? "ended" : "loaded",
                Table.Cell(instant(drop[at: "loaded_at"], page))),
        ]
        if !drop[at: "duplicate_of"].isNull {
            facts.append(.init("same content as", Table.Cell("drop " + page.identifier(drop[at: "duplicate_of"]))))
        }
        if drop[ifSaid: "restored_original"].boolValue == true {
            facts.append(.init("original", Table.Cell("was damaged or missing, and has been put back", .good)))
        }
        if let isServed = drop[at: "served"].boolValue, state == "loaded" || state == "duplicate" {
            facts.append(
                .init("in the figures", isServed ? Table.Cell("yes") : Table.Cell("not yet", .warning)))
        }
        facts.append(.init("SHA-256", Table.Cell(page.shown(drop[at: "sha256"]), .muted)))
        let counts = ["rows", "accepted", "rejected", "duplicates", "collisions", "updated", "warnings", "orphans"].map
        {
            name -> KeyValueBlock.Pair in
            let isNotable = (name == "rejected" || name == "collisions") && (drop[at: name].int ?? 0) > 0
            return .init(name, Table.Cell(page.integer(drop[at: name]), isNotable ? .warning : .normal))
        }
        page.add(KeyValueBlock([.init(pairs: facts)], columnCountMax: 1))
        // Of a delivery that was not taken nothing was counted.
        guard !drop[at: "rows"].isNull else { return }
        page.blank()
        page.add(KeyValueBlock([.init("Rows", pairs: counts)], columnCountMax: 4))
    }

    private func instant(_ value: Answer, _ page: ReportPage) -> String {
        guard let text = value.stringValue else { return page.number.unknown }
        return "\(text) (\(page.age(value)))"
    }

    /// How often each reason occurs among the rejects, the most frequent first.
    static func reasons(_ rejects: [Answer]) -> [(count: Int, column: String?, reason: String)] {
        var order: [String] = []
        var found: [String: (count: Int, column: String?, reason: String)] = [:]
        for reject in rejects {
            let column = reject[at: "column"].stringValue
            // Reasons quote values; the code tells which are alike.
            let key = "\(reject[at: "code"].stringValue ?? reject[at: "reason"].stringValue ?? "")\u{0}\(column ?? "")"
            if found[key] == nil {
                order.append(key)
                found[key] = (0, column, reject[at: "reason"].stringValue ?? reject[at: "code"].stringValue ?? "")
            }
            found[key]?.count += 1
        }
        let list = order.compactMap { found[$0] }
        return list.indices.sorted { (-list[$0].count, $0) < (-list[$1].count, $1) }.map { list[$0] }
    }
}
