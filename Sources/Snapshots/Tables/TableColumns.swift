import Records
import Words

/// One column of a table by client: its name, its type and how its cells are read, said once for exports and `gold.db`.
struct ClientColumn: Sendable {
    /// Fills the column of the rows that were begun.
    typealias Filler = (_ rows: ChosenClients, _ column: Int, _ batch: inout CellBatch) -> Void

    let column: PublishedTable.Column
    /// Takes what it reads out of the generation once: in a loop every array of it would be counted in and out at every
    /// row. The batch is the one that the rows will be written to.
    let reader: @Sendable (_ snapshot: Snapshot, _ batch: inout CellBatch) -> Filler

    init(
        _ name: String, _ type: PublishedTable.ColumnType,
        _ reader: @escaping @Sendable (_ snapshot: Snapshot, _ batch: inout CellBatch) -> Filler
    ) {
        column = PublishedTable.Column(name, type)
        self.reader = reader
    }
}

/// The clients of the rows at hand.
struct ChosenClients {
    /// Their positions.
    let positions: [Int]
    /// Their dense indices.
    let clients: [Int]
}

/// Rows of a table by client, column by column.
struct ClientRows {
    private let fillers: [ClientColumn.Filler]
    private let clients: [UInt32]

    /// - Parameter batch: the one that the rows will be written to.
    init(_ columns: [ClientColumn], _ snapshot: Snapshot, _ batch: inout CellBatch) {
        clients = snapshot.gold.clients
        var fillers: [ClientColumn.Filler] = []
        for column in columns { fillers.append(column.reader(snapshot, &batch)) }
        self.fillers = fillers
    }

    /// Fills the batch with the rows of some positions.
    func write(_ chosen: ArraySlice<Int>, to batch: inout CellBatch) {
        batch.begin(rows: chosen.count)
        let rows = ChosenClients(positions: Array(chosen), clients: chosen.map { Int(clients[$0]) })
        for (column, fill) in fillers.enumerated() { fill(rows, column, &batch) }
    }
}

extension ClientColumn {
    static func text(_ name: String, _ column: @escaping @Sendable (Snapshot) -> TextColumn) -> ClientColumn {
        ClientColumn(name, .text) { snapshot, _ in
            let texts = column(snapshot)
            return { rows, column, batch in
                batch.fillText(column) { row, store in texts.withBytes(at: rows.clients[row], store) }
            }
        }
    }

    static func attribute(_ attribute: ClientAttribute) -> ClientColumn {
        switch attribute.form {
        case .word where attribute.place == .grouping: dimension(attribute)
        case .word: word(attribute)
        case .text: text(attribute.name) { $0.silver.clients[text: attribute] }
        case .number:
            ClientColumn(attribute.name, .integer) { snapshot, _ in
                let numbers = snapshot.silver.clients[number: attribute]
                return { rows, column, batch in
                    batch.fill(column) { row in
                        let number = numbers[rows.clients[row]]
                        return number == ClientTable.unknownNumber ? .null : .integer(Int64(number))
                    }
                }
            }
        case .day, .futureDay: day(attribute) { _ in .max }
        case .knownWhenOver: day(attribute) { $0.asOf.rawValue }
        }
    }

    /// With the house's defaults, as clients are grouped by it.
    private static func dimension(_ attribute: ClientAttribute) -> ClientColumn {
        ClientColumn(attribute.name, .text) { snapshot, batch in
            let dimension = snapshot.gold.dimensions[attribute]
            let texts = batch.pin(dimension.values)
            let codes = dimension.codes
            return { rows, column, batch in batch.fillCoded(column, texts) { Int(codes[rows.positions[$0]]) } }
        }
    }

    private static func word(_ attribute: ClientAttribute) -> ClientColumn {
        ClientColumn(attribute.name, .text) { snapshot, batch in
            let words = snapshot.silver.clients[word: attribute]
            let texts = batch.pin(words.dictionary.values)
            let codes = words.codes
            return { rows, column, batch in batch.fillCoded(column, texts) { Int(codes[rows.clients[$0]]) } }
        }
    }

    /// - Parameter latest: the last day that a generation knows of.
    private static func day(
        _ attribute: ClientAttribute, latest: @escaping @Sendable (Snapshot) -> Int32
    ) -> ClientColumn {
        ClientColumn(attribute.name, .day) { snapshot, _ in
            let days = snapshot.silver.clients[day: attribute]
            let latest = latest(snapshot)
            return { rows, column, batch in
                batch.fill(column) { row in
                    let day = days[rows.clients[row]]
                    return day <= latest ? CellBatch.day(day) : .null
                }
            }
        }
    }

    static func metric(_ metric: ClientMetric) -> ClientColumn {
        switch metric.form {
        case .whole:
            ClientColumn(metric.name, .integer) { snapshot, _ in
                let values = snapshot.gold.metrics[whole: metric]
                return { rows, column, batch in batch.fill(column) { CellBatch.number(values[rows.positions[$0]]) } }
            }
        case .money:
            ClientColumn(metric.name, .money) { snapshot, _ in
                let values = snapshot.gold.metrics[money: metric]
                return { rows, column, batch in
                    batch.fill(column) { row in
                        let value = values[rows.positions[row]]
                        return value == ClientMetrics.unknownAmount ? .null : .money(value)
                    }
                }
            }
        case .real where metric.isDerived:
            ClientColumn(metric.name, .real) { snapshot, _ in
                let values = snapshot.gold.metrics.values(metric)
                return { rows, column, batch in batch.fill(column) { CellBatch.real(values[rows.positions[$0]]) } }
            }
        case .real: real(metric.name) { $0.gold.metrics[real: metric] }
        }
    }

    static func real(_ name: String, _ values: @escaping @Sendable (Snapshot) -> [Double]) -> ClientColumn {
        ClientColumn(name, .real) { snapshot, _ in
            let values = values(snapshot)
            return { rows, column, batch in batch.fill(column) { CellBatch.real(values[rows.positions[$0]]) } }
        }
    }
}

/// One column of a table that is written row by row: its name, its type and how its cell is read.
struct RowColumn<Row>: Sendable {
    let column: PublishedTable.Column
    let write: @Sendable (_ row: Row, _ batch: inout CellBatch) -> Void

    private init(
        _ name: String, _ type: PublishedTable.ColumnType, _ write: @escaping @Sendable (Row, inout CellBatch) -> Void
    ) {
        column = PublishedTable.Column(name, type)
        self.write = write
    }

    static func text(_ name: String, _ value: @escaping @Sendable (Row) -> String?) -> RowColumn {
        RowColumn(name, .text) { $1.text(value($0) ?? "") }
    }

    static func integer(_ name: String, _ value: @escaping @Sendable (Row) -> Int?) -> RowColumn {
        RowColumn(name, .integer) { row, batch in
            if let value = value(row) { batch.integer(Int64(value)) } else { batch.null() }
        }
    }

    static func real(_ name: String, _ value: @escaping @Sendable (Row) -> Double?) -> RowColumn {
        RowColumn(name, .real) { $1.optionalReal(value($0)) }
    }

    /// Micro-units.
    static func money(_ name: String, _ value: @escaping @Sendable (Row) -> Int64?) -> RowColumn {
        RowColumn(name, .money) { row, batch in
            if let value = value(row) { batch.money(value) } else { batch.null() }
        }
    }

    static func day(_ name: String, _ value: @escaping @Sendable (Row) -> Day?) -> RowColumn {
        RowColumn(name, .day) { row, batch in
            if let day = value(row) { batch.day(day.rawValue) } else { batch.null() }
        }
    }
}
