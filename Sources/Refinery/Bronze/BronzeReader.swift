public import Records

/// Why a whole drop is refused: nothing of it is loaded, the file goes to quarantine with this reason.
public enum DropRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    case empty
    case headerTooLong(limit: Int)
    case headerNotText(offset: Int)
    /// The names of the columns are in an encoding other than UTF-8.
    case headerNotUTF8(line: Int)
    /// It is no text with rows at all.
    case otherFormat(text: String, code: String)
    case missingColumns([String], found: [String], candidates: [String: [String]])
    /// No object of a JSON file has the key of a required column.
    case missingKeys([String], found: [String], candidates: [String: [String]])
    /// Two columns have the name of one that is read, and on a line they say different things. Positions count from 1.
    case repeatedColumn(String, first: Int, second: Int, line: Int)
    case notJSON(line: Int, detail: String)
    /// More columns, or different keys of JSON objects, than a table of rows has; `line` is where the first too many
    /// stands.
    case tooManyColumns(line: Int, limit: Int)
    /// The names of the columns are longer together than a header may be.
    case columnNamesTooLong(line: Int, limit: Int)

    public var description: String {
        switch self {
        case .empty: return "the file is empty; expected a header line and rows, or JSON"
        case .headerTooLong(let limit):
            return "line 1: no line end within \(limit) bytes; expected a header line with column names, or JSON"
        case .headerNotText(let offset):
            return "line 1: byte \(offset) is no text; expected a header line with column names, or JSON (UTF-8)"
        case .headerNotUTF8(let line):
            return "line \(line): the names of the columns are not UTF-8 text; \(Reject.Reason.notUTF8Advice)"
        case .otherFormat(let text, _): return text
        case .missingColumns(let missing, let found, let candidates):
            return "line 1: required column\(missing.count == 1 ? "" : "s") missing: "
                + DropRefusal.missing(missing, found: found, candidates: candidates)
        case .missingKeys(let missing, let found, let candidates):
            return "no object has the required column\(missing.count == 1 ? "" : "s") "
                + DropRefusal.missing(missing, found: found, candidates: candidates)
        case .repeatedColumn(let name, let first, let second, let line):
            return
                "columns \(first) and \(second) are both \(name), and on line \(line) they differ; leave one of them out, or "
                + "give it another name"
        case .notJSON(let line, let detail): return "line \(line): \(detail)"
        case .tooManyColumns(let line, let limit):
            return "line \(line): more than \(limit) different columns; leave out those that are not needed, and where "
                + "names of columns are values (ids, days), make rows of them"
        case .columnNamesTooLong(let line, let limit):
            return
                "line \(line): the names of the columns are more than \(limit) bytes together; shorten them, or leave "
                + "out columns that are not needed"
        }
    }

    private static func missing(_ missing: [String], found: [String], candidates: [String: [String]]) -> String {
        let names = missing.map { name in
            guard let near = candidates[name], !near.isEmpty else { return name }
            return "\(name) (nearest: \(near.joined(separator: ", ")))"
        }
        let shown = found.prefix(20).joined(separator: ", ") + (found.count > 20 ? ", …" : "")
        return "\(names.joined(separator: ", ")); found: \(shown.isEmpty ? "no keys" : shown)"
    }
}

/// Turns the bytes of one drop into batches of rows as text. Recognises the format (delimited text with any of
/// `,` `;` tab `|`, JSON array, NDJSON) and the source's columns by their names.
///
/// The caller hands over the file block by block, in the memory of a ``BronzeBatch``:
/// ```
/// reader.begin(batch, dataStart: headroom, isLast: false)
/// while try reader.nextRows(batch) { silver.load(batch) }
/// ```
/// and, when the last block is used up, asks with ``finish()`` whether the drop as a whole will do.
public struct BronzeReader {
    public struct Limits: Sendable {
        /// A row, and the header, may be this long.
        public var rowBytesMax: Int
        /// A file may have so many columns, or different keys. The widest exports of other systems have some hundreds;
        /// where there are more, names are made of values, and every row would pay for all of them.
        public var columnsMax: Int

        public init(rowBytesMax: Int = 1 << 20, columnsMax: Int = 1000) {
            self.rowBytesMax = rowBytesMax
            self.columnsMax = columnsMax
        }
    }

    private enum Format {
        case unknown
        case delimited(DelimitedReader, BronzeBatch.Header, repeats: [(first: Int, second: Int)])
        case json(JSONRecordReader)
    }

    private let category: Category
    private let limits: Limits
    private var format = Format.unknown
    /// The unfinished row at the end of the last block.
    private var carry: [UInt8] = []
    private var position = 0
    private var dataEnd = 0
    private var isLast = false
    private var blockIsOpen = false

    public init(category: Category, limits: Limits = Limits()) {
        self.category = category
        self.limits = limits
    }

    /// Bytes that a caller leaves free in front of a block so that an unfinished row needs no copy of the block.
    public static let headroom = 16 * 1024

    /// Starts on the block in `batch.bytes[dataStart ..< batch.byteCount]`.
    public mutating func begin(_ batch: BronzeBatch, dataStart: Int, isLast: Bool) {
        self.isLast = isLast
        var start = dataStart
        if carry.count > start {
            let length = batch.byteCount - dataStart
            batch.reserveBytes(carry.count + length)
            (batch.bytes + carry.count).update(from: batch.bytes + dataStart, count: length)
            batch.byteCount = carry.count + length
            start = carry.count
        }
        carry.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress {
                (batch.bytes + start - buffer.count).update(from: base, count: buffer.count)
            }
        }
        position = start - carry.count
        dataEnd = batch.byteCount
        carry.removeAll(keepingCapacity: true)
        blockIsOpen = true
    }

    /// Fills the batch with the next rows of the block; false when the block is used up.
    public mutating func nextRows(_ batch: BronzeBatch) throws(DropRefusal) -> Bool {
        guard blockIsOpen else { return false }
        batch.clearRows()
        if case .unknown = format {
            guard try recognise(batch) else {
                keepRest(batch)
                return false
            }
        }
        switch format {
        case .unknown:
            return false
        case .delimited(var reader, let header, let repeats):
            batch.header = header
            let start = position
            position = reader.read(batch, from: start, to: dataEnd, isLast: isLast)
            format = .delimited(reader, header, repeats: repeats)
            FieldCleaning.clean(batch, from: start, to: position, dataEnd: dataEnd, delimiter: reader.delimiter)
            FormulaGuard.takeOff(batch, from: start, to: position)
            if !repeats.isEmpty { try checkRepeats(repeats, batch) }
            keepRest(batch)
            rejectInvalidText(batch)
            return true
        case .json(var reader):
            let done = try reader.read(batch, position: &position, to: dataEnd, isLast: isLast, limits: limits)
            format = .json(reader)
            if done { keepRest(batch) }
            rejectInvalidText(batch)
            return true
        }
    }

    /// The last block is used up.
    ///
    /// - Throws: what names the required columns that no object of a JSON file has; their rows were rejected one by
    ///   one, and the drop is refused as a whole, as one of delimited text is by its header.
    public func finish() throws(DropRefusal) {
        if case .json(let reader) = format { try reader.finish(category: category) }
    }

    private mutating func keepRest(_ batch: BronzeBatch) {
        carry.append(contentsOf: UnsafeBufferPointer(start: batch.bytes + position, count: dataEnd - position))
        blockIsOpen = false
    }

    /// - Throws: what names two columns of one name that say different things.
    private func checkRepeats(_ repeats: [(first: Int, second: Int)], _ batch: BronzeBatch) throws(DropRefusal) {
        for row in 0..<batch.rowCount {
            for (first, second) in repeats {
                let spans = batch.spans + row * batch.columnCount
                guard batch.isSame(spans[first], spans[second]) else {
                    throw .repeatedColumn(
                        batch.header.names[first], first: first + 1, second: second + 1, line: Int(batch.lines[row]))
                }
            }
        }
    }

    /// Finds out the format from the first bytes; false when more bytes are needed.
    private mutating func recognise(_ batch: BronzeBatch) throws(DropRefusal) -> Bool {
        let bytes = batch.bytes
        if dataEnd - position < min(OtherFormat.headBytes, limits.rowBytesMax), !isLast { return false }
        let head = UnsafeBufferPointer(start: bytes + position, count: min(dataEnd - position, OtherFormat.headBytes))
        if let other = OtherFormat(head) { throw .otherFormat(text: other.text, code: other.code) }
        var at = position
        while dataEnd - at >= 3, bytes[at] == 0xEF, bytes[at + 1] == 0xBB, bytes[at + 2] == 0xBF { at += 3 }
        var line = 1
        while at < dataEnd, bytes[at] == 32 || bytes[at] == 9 || bytes[at] == 10 || bytes[at] == 13 {
            // A leading tab could be an empty first column name; only blank lines are skipped.
            if bytes[at] == 9 || bytes[at] == 32 { break }
            if bytes[at] == 10 || (at + 1 < dataEnd && bytes[at + 1] != 10) { line += 1 }
            at += 1
        }
        if at >= dataEnd {
            if isLast { throw .empty }
            if dataEnd - position > limits.rowBytesMax { throw .headerTooLong(limit: limits.rowBytesMax) }
            return false
        }
        // JSON may be indented; in front of column names a space or tab could mean an empty first name.
        var first = at
        while first < dataEnd, bytes[first] == 32 || bytes[first] == 9 || bytes[first] == 10 || bytes[first] == 13 {
            first += 1
        }
        if first < dataEnd, bytes[first] == 91 || bytes[first] == 123 {
            for offset in at..<first where bytes[offset] == 10 { line += 1 }
            format = .json(JSONRecordReader(category: category, isArray: bytes[first] == 91, line: line))
            position = bytes[first] == 91 ? first + 1 : first
            return true
        }
        if first == dataEnd, !isLast, dataEnd - at <= limits.rowBytesMax { return false }
        return try recogniseDelimited(batch, from: at, line: line)
    }

    /// Reads the header, and what may stand in front of it.
    private mutating func recogniseDelimited(
        _ batch: BronzeBatch, from start: Int, line first: Int
    ) throws(DropRefusal) -> Bool {
        let bytes = batch.bytes
        var (at, line) = (start, first)
        var delimiter: UInt8?
        while true {
            guard case .at(let end, let lineEnd) = HeaderLine.end(bytes, from: at, to: dataEnd, isLast: isLast) else {
                if dataEnd - at > limits.rowBytesMax { throw .headerTooLong(limit: limits.rowBytesMax) }
                return false
            }
            let text = UnsafeBufferPointer(start: bytes + at, count: end - at)
            if delimiter == nil, let named = HeaderLine.separator(text), end < dataEnd {
                delimiter = named
                at = end + 1
                line += 1
                continue
            }
            for (offset, byte) in text.enumerated() where byte < 32 && byte != 9 && byte != 13 && byte != 10 {
                throw .headerNotText(offset: at - position + offset)
            }
            guard TextCheck.isUTF8(text) else { throw .headerNotUTF8(line: line) }
            let header = try HeaderLine(
                text, category: category, line: line, delimiter: delimiter, lineEnd: lineEnd, limits: limits)
            let lineEnds = text.reduce(into: 0) { count, byte in if byte == lineEnd { count += 1 } }
            format = .delimited(
                DelimitedReader(header, firstLine: line + lineEnds + 1, rowBytesMax: limits.rowBytesMax),
                BronzeBatch.Header(
                    names: header.names, line: text,
                    head: Array(UnsafeBufferPointer(start: bytes + position, count: min(end + 1, dataEnd) - position))),
                repeats: header.repeats)
            position = min(end + 1, dataEnd)
            return true
        }
    }

    /// Rejects the rows whose bytes are not UTF-8. Rows of plain ASCII are told by one look at 64 bytes.
    private func rejectInvalidText(_ batch: BronzeBatch) {
        guard TextCheck.hasHighBytes(batch) else { return }
        var kept = 0
        for row in 0..<batch.rowCount {
            let span = batch.rows[row]
            let raw = UnsafeBufferPointer(start: batch.bytes + Int(span.start), count: span.count)
            if TextCheck.isUTF8(raw) {
                if kept != row { batch.moveRow(from: row, to: kept) }
                kept += 1
            } else {
                batch.reject(line: Int(batch.lines[row]), .notUTF8, from: Int(span.start), to: Int(span.end))
            }
        }
        batch.rowCount = kept
    }
}
