public import Records

/// A rejected row as it is kept on disk, one line of JSON each:
/// `{"line":3,"column":"amount","code":"not_an_amount","reason":"…","raw":"…"}`, with `raw_base64` after it when the
/// row is not UTF-8 (then `raw` is what can be shown of it).
///
/// Behind the rows that are listed may stand stretches of others, which begin with
/// `{"last_line":90000,"rows":89998,"line":3,…` and have no text: that is in the original.
public struct RejectedRow: Sendable, Hashable {
    /// The physical line the row starts on, counted from 1.
    public var line: Int
    /// The column whose value was refused; nil when the row as a whole could not be read.
    public var column: String?
    /// The short stable name of the reason.
    public var code: String
    /// The reason in words.
    public var reason: String
    /// The row as it stood in the file, cut after `Reject.rawLimit` bytes.
    public var raw: [UInt8]
    /// For rows that are not listed one by one: the line the last of them starts on; nil for a listed row.
    public var lastLine: Int?
    /// How many rows this stands for.
    public var rows: Int

    public init(
        line: Int, column: String?, code: String, reason: String, raw: [UInt8], lastLine: Int? = nil, rows: Int = 1
    ) {
        self.line = line
        self.column = column
        self.code = code
        self.reason = reason
        self.raw = raw
        self.lastLine = lastLine
        self.rows = rows
    }

    /// What the stages found.
    public init(_ reject: Reject) {
        self.init(
            line: reject.line, column: reject.column, code: reject.reason.code, reason: reject.reason.text,
            raw: reject.raw)
    }

    private static let stretchMark = "\"last_line\":"

    /// Whether a line as it is written here is that of a row listed by itself; found out without reading it.
    static func isListed(line: UnsafeRawBufferPointer) -> Bool {
        !line.dropFirst().starts(with: stretchMark.utf8)
    }

    /// Appends the row as one line, the line feed included.
    func appendLine(to text: inout [UInt8]) {
        text.append(UInt8(ascii: "{"))
        if let lastLine {
            text.append(contentsOf: RejectedRow.stretchMark.utf8)
            JSONText.append(lastLine, to: &text)
            text.append(contentsOf: ",\"rows\":".utf8)
            JSONText.append(rows, to: &text)
            text.append(UInt8(ascii: ","))
        }
        text.append(contentsOf: "\"line\":".utf8)
        JSONText.append(line, to: &text)
        text.append(contentsOf: ",\"column\":".utf8)
        if let column { JSONText.append(column, to: &text) } else { text.append(contentsOf: "null".utf8) }
        text.append(contentsOf: ",\"code\":".utf8)
        JSONText.append(code, to: &text)
        text.append(contentsOf: ",\"reason\":".utf8)
        JSONText.append(reason, to: &text)
        text.append(contentsOf: ",\"raw\":".utf8)
        if !JSONText.append(raw, to: &text) {
            text.append(contentsOf: ",\"raw_base64\":".utf8)
            JSONText.appendBase64(raw, to: &text)
        }
        text.append(contentsOf: "}\n".utf8)
    }

    /// Reads one line again, without its line feed. Fields that are not known are passed over, so that a later version
    /// may add some; nil when the line is damaged.
    init?(line text: UnsafeRawBufferPointer) {
        var scanner = JSONScanner(text)
        guard let fields = scanner.object() else { return nil }
        guard case .integer(let line)? = fields["line"], case .string(let code)? = fields["code"],
            case .string(let reason)? = fields["reason"], case .string(let shown)? = fields["raw"]
        else { return nil }
        var column: String?
        if case .string(let name)? = fields["column"] { column = String(decoding: name, as: UTF8.self) }
        var raw = shown
        if case .string(let digits)? = fields["raw_base64"] {
            guard let decoded = Base64.decode(digits) else { return nil }
            raw = decoded
        }
        var lastLine: Int?
        var rows = 1
        if case .integer(let last)? = fields["last_line"], case .integer(let count)? = fields["rows"] {
            (lastLine, rows) = (last, count)
        }
        self.init(
            line: line, column: column, code: String(decoding: code, as: UTF8.self),
            reason: String(decoding: reason, as: UTF8.self), raw: raw, lastLine: lastLine, rows: rows)
    }
}
