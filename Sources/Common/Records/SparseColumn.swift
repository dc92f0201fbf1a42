/// A column of which most rows may know nothing: it takes memory for the stretches of rows in which there is a value, and
/// next to none for the others. Columns that come with the data are such; a file of a few hundred names for a few clients
/// would otherwise cost every other client four bytes a name.
public struct SparseColumn: Sendable {
    /// So many rows are kept together: few enough that a value that is alone costs little, enough that a full column costs
    /// hardly more than an array.
    static let stretch = 64

    /// The codes by stretch of rows; empty where none is known, and nothing at all behind the last that is.
    private var stretches: [[UInt32]] = []
    /// The rows for which there is memory.
    public private(set) var cells = 0
    public private(set) var dictionary = CodedColumn.Dictionary()

    public init() {}

    /// The code of a row's value; 0 when unknown.
    public func code(of row: Int) -> UInt32 {
        let index = row / SparseColumn.stretch
        guard index < stretches.count, !stretches[index].isEmpty else { return 0 }
        return stretches[index][row % SparseColumn.stretch]
    }

    /// The value of a row; nil when unknown.
    public subscript(row: Int) -> String? {
        let code = code(of: row)
        return code == 0 ? nil : dictionary.values[Int(code)]
    }

    /// The rows of which something is known, with the codes of their values, in ascending order.
    public func forEachKnown(_ body: (_ row: Int, _ code: UInt32) -> Void) {
        for (index, codes) in stretches.enumerated() {
            for (offset, code) in codes.enumerated() where code != 0 {
                body(index * SparseColumn.stretch + offset, code)
            }
        }
    }

    /// Whether no row has a value.
    public var isEmpty: Bool { stretches.allSatisfy { $0.allSatisfy { $0 == 0 } } }

    public mutating func insert(_ value: String) -> UInt32 { dictionary.insert(value) }

    /// Makes room for a value of a row, so that what it costs is counted before it is set.
    public mutating func makeRoom(for row: Int) {
        let index = row / SparseColumn.stretch
        if index >= stretches.count {
            stretches.append(contentsOf: repeatElement([], count: index + 1 - stretches.count))
        }
        guard stretches[index].isEmpty else { return }
        stretches[index] = Array(repeating: 0, count: SparseColumn.stretch)
        cells += SparseColumn.stretch
    }

    public mutating func set(_ code: UInt32, of row: Int) {
        if code == 0, self.code(of: row) == 0 { return }
        makeRoom(for: row)
        stretches[row / SparseColumn.stretch][row % SparseColumn.stretch] = code
    }

    /// Forgets the distinct values from code `values` on, which no row may have.
    mutating func truncate(values: Int) { dictionary.truncate(to: values) }

    /// Gives back the room in which no value was set.
    public mutating func giveBackRoom() {
        for index in stretches.indices where !stretches[index].isEmpty && stretches[index].allSatisfy({ $0 == 0 }) {
            stretches[index] = []
            cells -= SparseColumn.stretch
        }
        while stretches.last?.isEmpty == true { stretches.removeLast() }
    }
}
