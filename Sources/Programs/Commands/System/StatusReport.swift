internal import Contract
internal import TerminalText

/// The state of the daemon for people.
struct StatusReport {
    private let result: Answer

    init(_ result: Answer) { self.result = result }

    func write(on page: inout ReportPage) {
        headline(on: &page)
        for problem in result[at: "problems"].elements { page.text("! " + page.shown(problem), .bad, hanging: 2) }
        for key in result[at: "settings"][at: "without_effect"].elements {
            page.text("~ \(page.shown(key)): accepted and has no effect in this version", .muted, hanging: 2)
        }
        progress(on: &page)
        facts(on: &page)
        FeedReport(result[at: "feeds"]).write(on: &page)
        stages(on: &page)
    }

    private func headline(on page: inout ReportPage) {
        var line = StyledLine()
        line.append("aurad \(page.shown(result[at: "version"]))", TextAttributes(.strong), style: page.style)
        line.appendSpaces(2)
        if result[at: "ready"].boolValue == true {
            let hasData = !result[at: "snapshot"].isNull
            line.append(
                hasData ? "ready" : "ready, no data yet", TextAttributes(hasData ? .good : .warning), style: page.style)
        } else {
            line.append("starting, reading what is stored", TextAttributes(.warning), style: page.style)
        }
        line.append(
            "  up \(page.number.duration(seconds: result[at: "uptime_seconds"].doubleValue))", TextAttributes(.muted),
            style: page.style)
        page.add(line)
    }

    private func progress(on page: inout ReportPage) {
        let progress = result[at: "progress"]
        guard !progress.isNull else { return }
        page.add(LoadProgress.bar(progress, now: page.now))
        let rows = progress[at: "rows"].int.map { ", \(page.number.integer($0)) rows" } ?? ""
        page.text("  \(page.shown(progress[at: "phase"])): \(page.shown(progress[at: "category"]))\(rows)", .muted)
    }

    private func facts(on page: inout ReportPage) {
        let counts = result[at: "counts"]
        let inbox = result[at: "inbox"]
        let gold = result[at: "gold_db"]
        var data = counts.fields.map { member in
            KeyValueBlock.Pair(
                member.key == "customers" ? "clients" : member.key, Table.Cell(page.integer(member.value)))
        }
        if data.isEmpty { data = [KeyValueBlock.Pair("clients", Table.Cell(page.number.unknown))] }
        let failed = inbox[at: "failed"].int ?? 0
        var state: [KeyValueBlock.Pair] = [
            .init("as of", Table.Cell("\(page.shown(result[at: "as_of"]))\(mode)")),
            .init("snapshot", Table.Cell(page.shown(result[at: "snapshot"]))),
            .init("inbox", Table.Cell("\(page.integer(inbox[at: "pending"])) pending")),
            .init("refused drops", Table.Cell(page.integer(inbox[at: "failed"]), failed > 0 ? .bad : .normal)),
        ]
        if !gold.isNull {
            let isBehind = gold[at: "behind"].boolValue == true
            state.append(.init("gold.db", isBehind ? Table.Cell("behind", .warning) : Table.Cell("up to date")))
        }
        let history = result[at: "history"]
        if let days = history[at: "days"].int, let wanted = history[at: "wanted"].int {
            let first = history[at: "first"].stringValue.map { " since \($0)" } ?? ""
            state.append(
                .init(
                    "past of health",
                    days < wanted
                        ? Table.Cell("\(days) of \(wanted) weeks made", .warning)
                        : Table.Cell("\(wanted) weeks\(first)")))
        }
        let models = result[at: "models"].fields
        if !models.isEmpty {
            state.append(.init("models", Table.Cell(models.map(\.key).joined(separator: ", "))))
        }
        let process: [KeyValueBlock.Pair] = [
            .init("started", Table.Cell(page.age(result[at: "started_at"]))),
            .init("memory", Table.Cell(page.number.bytes(result[at: "memory_bytes"].int))),
            .init("your role", Table.Cell(page.shown(result[at: "role"]))),
        ]
        page.blank()
        page.add(
            KeyValueBlock([
                .init("Data", pairs: data), .init("State", pairs: state), .init("Process", pairs: process),
            ]))
    }

    private var mode: String {
        result[at: "as_of_mode"].stringValue.map { $0 == "clock" || $0 == "data" ? " (by \($0))" : "" } ?? ""
    }

    private func stages(on page: inout ReportPage) {
        let rows = result[at: "stages"].elements.map { stage -> [Table.Cell] in
            let state = stage[at: "state"].stringValue
            return [
                Table.Cell(page.shown(stage[at: "name"])),
                Table.Cell(page.shown(stage[at: "state"]), LevelRole.stage(state)),
                Table.Cell(page.age(stage[at: "last_run"])),
                Table.Cell(page.duration(milliseconds: stage[at: "last_duration_ms"])),
                Table.Cell(page.wait(stage[at: "next_run"])),
                Table.Cell(stage[at: "detail"].stringValue ?? "", state == "failed" ? .bad : .muted),
            ]
        }
        guard !rows.isEmpty else { return }
        page.blank()
        page.add(
            Table(
                columns: [
                    .init("stage", priority: Table.Column.required), .init("state", priority: Table.Column.required),
                    .init("last run", overflow: .never, priority: 4),
                    .init("took", alignment: .trailing, priority: 3),
                    .init("next run", overflow: .never, priority: 2), .init("detail", priority: 1, minimumWidth: 12),
                ], rows: rows))
    }
}
