/// A table of titled columns that fits itself to the width of the terminal.
///
/// When room is short it first breaks titles, then narrows columns to their ideal and then to their minimum width
/// (wrapping or truncating text), and only then hides columns, those of the lowest priority first, and says which.
/// Without a width every row is one line and nothing is shortened.
public struct Table: Sendable, TerminalRenderable {
    /// Where the text of a column stands.
    public enum Alignment: Sendable, Hashable {
        /// At the left: names and text.
        case leading
        /// At the right: whole numbers.
        case trailing
        /// In the middle: flags.
        case center
        /// With the decimal marks below each other: numbers of different precision, with or without units.
        case decimal
    }

    /// What happens to text that is wider than its column.
    public enum Overflow: Sendable, Hashable {
        /// It continues on further lines of the row.
        case wrap
        /// It is cut and marked with an ellipsis.
        case truncate
        /// The column keeps the width of its widest text: figures, identifiers.
        case never
    }

    /// A column.
    public struct Column: Sendable, Hashable {
        /// A priority that keeps a column from ever being hidden.
        public static let required = Int.max

        /// The title above the column.
        public var title: String
        /// Where the text stands.
        public var alignment: Alignment
        /// What happens to text that is too wide.
        public var overflow: Overflow
        /// Columns of lower priority are hidden first; of equal priority the rightmost.
        public var priority: Int
        /// The narrowest useful width in columns; by default 8, or the widest text if that is less. Not used for
        /// `.never`.
        public var minimumWidth: Int?
        /// The width that is good enough when others need room; by default that of the widest text. Not used for
        /// `.never`.
        public var idealWidth: Int?

        /// A column by its properties. Without an overflow, text columns (`.leading`, `.center`) wrap and number
        /// columns are never narrowed.
        public init(
            _ title: String, alignment: Alignment = .leading, overflow: Overflow? = nil, priority: Int = 0,
            minimumWidth: Int? = nil, idealWidth: Int? = nil
        ) {
            self.title = title
            self.alignment = alignment
            self.overflow = overflow ?? (alignment == .leading || alignment == .center ? .wrap : .never)
            self.priority = priority
            self.minimumWidth = minimumWidth.map { max(1, $0) }
            self.idealWidth = idealWidth.map { max(1, $0) }
        }
    }

    /// The content of one row in one column.
    public struct Cell: Sendable, Hashable, ExpressibleByStringInterpolation {
        /// The text; it may come from anywhere and is cleaned when shown.
        public var text: String
        /// How it looks.
        public var attributes: TextAttributes

        /// A cell with a role.
        public init(_ text: String, _ role: TextRole = .normal) {
            self.text = text
            attributes = TextAttributes(role)
        }

        /// A cell with attributes.
        public init(_ text: String, attributes: TextAttributes) {
            self.text = text
            self.attributes = attributes
        }

        /// A cell of ordinary text.
        public init(stringLiteral value: String) {
            self.init(value)
        }
    }

    /// A line above the table.
    public var title: String?
    /// The columns from left to right.
    public var columns: [Column]
    /// The rows. Cells missing at the end are empty; cells beyond the columns get columns without titles.
    public var rows: [[Cell]]
    /// Rows below a rule, in bold: totals.
    public var footers: [[Cell]]
    /// Lines below the table.
    public var notes: [String]
    /// What stands in the place of rows when there are none.
    public var emptyText: String
    /// What to do to see hidden columns.
    public var hiddenColumnsAdvice: String

    /// A table by its parts.
    public init(
        title: String? = nil, columns: [Column], rows: [[Cell]] = [], footers: [[Cell]] = [], notes: [String] = [],
        emptyText: String = "no rows", hiddenColumnsAdvice: String = "use -o csv or a wider terminal"
    ) {
        self.title = title
        self.columns = columns
        self.rows = rows
        self.footers = footers
        self.notes = notes
        self.emptyText = emptyText
        self.hiddenColumnsAdvice = hiddenColumnsAdvice
    }

    /// Columns between two columns of the table.
    static let gapWidth = 2
}
