import Foundation

/// Rows of results, as a table or as one JSON object per line.
struct RowOutput {
    enum Cell {
        case text(String)
        case number(Double)
        case flag(Bool)
    }

    let json: Bool
    /// Name and table width of each column.
    let columns: [(name: String, width: Int)]

    init(json: Bool, columns: [(name: String, width: Int)]) {
        self.json = json
        self.columns = columns
        if !json { print(columns.map { Self.pad($0.name, $0.width) }.joined(separator: " ")) }
    }

    func write(_ cells: [Cell]) {
        if json {
            let fields = zip(columns, cells).map { column, cell in "\"\(column.name)\":\(Self.encode(cell))" }
            print("{" + fields.joined(separator: ",") + "}")
        } else {
            print(
                zip(columns, cells).map { column, cell in Self.pad(Self.format(cell), column.width) }.joined(
                    separator: " "))
        }
    }

    private static func format(_ cell: Cell) -> String {
        switch cell {
        case .text(let text): text
        case .number(let value): value.isFinite ? String(format: "%.5g", value) : "-"
        case .flag(let flag): flag ? "yes" : "NO"
        }
    }

    private static func encode(_ cell: Cell) -> String {
        switch cell {
        case .text(let text):
            "\"" + text.replacingOccurrences(of: "\\", with: "\\\\").replacingOccurrences(of: "\"", with: "\\\"") + "\""
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .flag(let flag): flag ? "true" : "false"
        }
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
    }
}
