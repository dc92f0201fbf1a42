public import Words

/// What was noticed of a row that was not rejected.
public struct Remark: Sendable, Hashable {
    /// The physical line the row starts on; nil where that is not known any more.
    public var line: Int?
    /// The column that it is about; nil where it is about the row.
    public var column: String?
    public var kind: RemarkKind

    public init(line: Int?, column: String?, kind: RemarkKind) {
        self.line = line
        self.column = column
        self.kind = kind
    }
}

/// The remarks on one drop: so many with their lines, the others as stretches of lines, all of them counted.
public struct DropRemarks: Sendable, Equatable {
    /// Those that are told one by one, in no order.
    public private(set) var listed: [Remark] = []
    /// Where the others are.
    public private(set) var more: [Key: Stretch] = [:]

    public struct Key: Sendable, Hashable {
        public var column: String?
        public var kind: RemarkKind
    }

    public struct Stretch: Sendable, Equatable {
        public var first: Int
        public var last: Int
        public var rows: Int

        public init(first: Int, last: Int, rows: Int) {
            self.first = first
            self.last = last
            self.rows = rows
        }
    }

    /// Enough for people who look after a file; memory stays small whatever a file holds.
    public static let listedMax = 5_000

    public init() {}

    public var isEmpty: Bool { listed.isEmpty && more.isEmpty }

    public mutating func append(_ remark: Remark) {
        if listed.count < DropRemarks.listedMax { return listed.append(remark) }
        let key = Key(column: remark.column, kind: remark.kind)
        let line = remark.line ?? 0
        guard var stretch = more[key] else {
            more[key] = Stretch(first: line, last: line, rows: 1)
            return
        }
        stretch.first = min(stretch.first, line)
        stretch.last = max(stretch.last, line)
        stretch.rows += 1
        more[key] = stretch
    }
}
