internal import Contract
internal import TerminalText

/// Rejected rows with where and why.
enum RejectTable {
    static func table(_ rejects: [Answer], showsDrop: Bool, _ page: ReportPage) -> Table {
        var columns: [Table.Column] = [
            .init("line", alignment: .trailing, priority: Table.Column.required),
            .init("column", overflow: .never, priority: 4),
            .init("reason", priority: Table.Column.required, minimumWidth: 20),
            .init("row as it came", overflow: .truncate, priority: 2, minimumWidth: 16),
        ]
        if showsDrop { columns.insert(.init("drop", overflow: .never, priority: 5), at: 0) }
        return Table(
            columns: columns,
            rows: rejects.map { reject in
                var row: [Table.Cell] = [
                    Table.Cell(page.identifier(reject[at: "line"])), Table.Cell(page.shown(reject[at: "column"])),
                    Table.Cell(page.shown(reject[at: "reason"]), .warning),
                    Table.Cell(page.shown(reject[at: "raw"]), .muted),
                ]
                if showsDrop { row.insert(Table.Cell(page.identifier(reject[at: "drop_id"])), at: 0) }
                return row
            }, emptyText: "no rejected rows")
    }
}
