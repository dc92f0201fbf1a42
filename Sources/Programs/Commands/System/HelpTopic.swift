internal import Contract
internal import TerminalText
internal import Words

/// What `aurac help` explains beside commands.
enum HelpTopic: String, CaseIterable {
    case exitCodes = "exit-codes"
    case formats
    case metrics
    case stores
    case `protocol`

    func write(on page: inout ReportPage) {
        switch self {
        case .exitCodes: HelpTopic.exitCodes(on: &page)
        case .formats: HelpTopic.formats(on: &page)
        case .metrics: HelpTopic.metrics(on: &page)
        case .stores: HelpTopic.stores(on: &page)
        // A page of its own.
        case .protocol: break
        }
    }

    private static func exitCodes(on page: inout ReportPage) {
        page.text("How a command ends, after sysexits.h:")
        page.blank()
        page.add(
            Table(
                columns: [
                    .init("code", alignment: .trailing, priority: Table.Column.required),
                    .init("meaning", priority: Table.Column.required),
                ],
                rows: ExitStatus.allCases.map { [Table.Cell("\($0.rawValue)"), Table.Cell($0.explanation)] }))
        page.blank()
        page.text("Errors go to standard error with what to do next.")
    }

    private static func formats(on page: inout ReportPage) {
        page.text("How files are read that are handed in:")
        for part in FileReading.allCases {
            page.heading(part.title)
            page.text(part.text, indentation: 2)
        }
    }

    private static func metrics(on page: inout ReportPage) {
        page.text("Metrics of a client: for --sort and --where, in exports, and but for the first three in rules.yaml.")
        page.blank()
        page.add(
            Table(
                columns: [
                    .init("metric", priority: Table.Column.required), .init("unit", priority: 1),
                    .init("meaning", priority: Table.Column.required, minimumWidth: 20),
                ],
                rows: MetricRegistry.clientMetrics.map { metric in
                    let unit = metric.unit
                    return [
                        Table.Cell(metric.name), Table.Cell(unit.text ?? unit.rawValue, .muted),
                        Table.Cell(metric.formula),
                    ]
                }))
    }

    /// Where clients' data lies, for whoever backs it up or has to erase it.
    private static func stores(on page: inout ReportPage) {
        page.text("What lies in the state directory (/var/lib/aura), what of it is a client's, and what to do with it:")
        for store in StateStore.allCases {
            let contents = StateStore.Content.allCases.filter(store.contents.contains).map(\.rawValue)
            page.heading(store.paths.joined(separator: ", "))
            page.text(store.meaning, indentation: 2)
            page.add(
                KeyValueBlock(
                    [
                        .init(
                            pairs: [
                                .init(
                                    "holds",
                                    Table.Cell(
                                        contents.isEmpty ? "nothing of a client" : contents.joined(separator: ", "))),
                                .init("comes", Table.Cell(store.origin.rawValue)),
                                .init("to erase a client", Table.Cell(store.erasure.rawValue)),
                                .init("in a backup", Table.Cell(store.backup.rawValue)),
                            ])
                    ], columnCountMax: 1))
        }
        page.blank()
        page.text(
            "Beside it, in the log of the system, stands nothing of a client. aurad --forget-everything removes all of it "
                + "but what waits in the inboxes.")
    }
}
