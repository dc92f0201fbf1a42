import CAura
import Records

/// Splits delimited text (RFC 4180 quoting) into rows of fields, block by block.
///
/// Blocks may end anywhere: what is left of an unfinished row is carried over in front of the next block. Structural
/// bytes are found 64 bytes at a time; everything between them is never looked at.
///
/// A row that cannot be split (wrong number of fields, a quote that is never closed, NUL, too long) becomes a reject
/// with
/// its line, and reading goes on with the next line: rows + rejects = data lines.
struct DelimitedReader {
    let delimiter: UInt8
    let columnCount: Int
    let rowBytesMax: Int
    /// A line feed; in files of the old Macintosh a carriage return.
    let lineEnd: UInt8
    /// The header ends with a delimiter: its last column has no name, and rows may go without it.
    let lastIsUnnamed: Bool
    /// The physical line at the start of what has not been read yet.
    private(set) var line: Int
    /// Set while the rest of an over-long row is being skipped.
    private var skipping = false

    init(_ header: HeaderLine, firstLine: Int, rowBytesMax: Int) {
        delimiter = header.delimiter
        columnCount = header.names.count
        lineEnd = header.lineEnd
        lastIsUnnamed = header.lastIsUnnamed
        self.rowBytesMax = rowBytesMax
        line = firstLine
    }

    private enum RowProblem {
        case none, unclosedQuote, textAfterQuote, containsNUL
    }

    /// The rows found so far. Plain pointers and counters in locals: properties of a class would be checked for
    /// exclusive access at every field of every file.
    private struct Output {
        let columnCount: Int
        var rowCount: Int
        /// Rows that fit without asking for more room.
        var roomFor = 0
        var fields = 0
        var span: UnsafeMutablePointer<FieldSpan>
        var spans: UnsafeMutablePointer<FieldSpan>
        var lines: UnsafeMutablePointer<UInt32>
        var rows: UnsafeMutablePointer<FieldSpan>

        init(_ batch: BronzeBatch, columnCount: Int) {
            self.columnCount = columnCount
            rowCount = batch.rowCount
            (spans, lines, rows) = (batch.spans, batch.lines, batch.rows)
            span = spans
        }

        /// Makes room for the rows that 64 bytes can end, and one begun.
        @inline(__always)
        mutating func reserve(_ batch: BronzeBatch) {
            if rowCount &+ 65 > roomFor { grow(batch) }
        }

        @inline(never)
        private mutating func grow(_ batch: BronzeBatch) {
            let begun = span - spans
            batch.rowCount = rowCount
            batch.reserveRows(1024)
            roomFor = rowCount + 1024
            (spans, lines, rows) = (batch.spans, batch.lines, batch.rows)
            span = spans + begun
        }

        @inline(__always)
        mutating func beginRow() {
            span = spans + rowCount &* columnCount
            fields = 0
        }

        @inline(__always)
        mutating func field(_ value: FieldSpan) {
            if fields < columnCount {
                span.pointee = value
                span += 1
            }
            fields &+= 1
        }

        @inline(__always)
        mutating func field(_ start: Int, _ end: Int) {
            field(FieldSpan(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end)))
        }

        /// Takes the last field back: it goes on.
        mutating func reopenField() {
            fields -= 1
            if fields < columnCount { span -= 1 }
        }
    }

    /// Reads the complete rows of `batch.bytes[start ..< end]` into the batch.
    /// - Parameter isLast: no bytes follow, so that an unfinished last line is a row too.
    /// - Returns: how far it read; the bytes from there on must stand in front of the next block.
    mutating func read(_ batch: BronzeBatch, from start: Int, to end: Int, isLast: Bool) -> Int {
        batch.columnCount = columnCount
        var rowStart = start
        if skipping {
            guard let skipped = nextLineEnd(batch.bytes, from: start, to: end) else { return end }
            skipping = false
            line += 1
            rowStart = skipped + 1
        }
        var line = self.line
        var position = rowStart
        var fieldStart = rowStart
        var rowLine = line
        var problem = RowProblem.none
        /// Where a field goes on behind its closing quote: no other quote opens there.
        var reopened = -1
        var output = Output(batch, columnCount: columnCount)
        output.beginRow()
        let delimiter = delimiter
        let lineEnd = lineEnd
        var base = batch.bytes
        defer { batch.rowCount = output.rowCount }

        scan: while true {
            output.reserve(batch)
            if position >= end {
                // Nothing structural is left: the row is unfinished.
                if !isLast || rowStart >= end { break scan }
                let contentEnd = end > fieldStart && base[end - 1] == 13 ? end - 1 : end
                if output.fields > 0 || !isBlank(base, rowStart, contentEnd) {
                    output.field(fieldStart, contentEnd)
                    finishRow(batch, &output, rowStart, contentEnd, rowLine, &problem)
                }
                rowStart = end
                break scan
            }
            var mask = aura_structural_mask(base + position, delimiter, lineEnd)
            let available = end &- position
            if available < 64 { mask &= (1 << UInt64(available)) &- 1 }
            while mask != 0 {
                let at = position &+ mask.trailingZeroBitCount
                mask &= mask &- 1
                let byte = base[at]
                if byte == delimiter {
                    output.field(fieldStart, at)
                    fieldStart = at &+ 1
                } else if byte == lineEnd {
                    let contentEnd = at > rowStart && base[at &- 1] == 13 ? at &- 1 : at
                    line &+= 1
                    // A line of nothing, or of blanks alone, is no row.
                    if output.fields != 0 || !isBlank(base, rowStart, contentEnd) {
                        output.field(fieldStart, max(fieldStart, contentEnd))
                        finishRow(batch, &output, rowStart, contentEnd, rowLine, &problem)
                    }
                    output.beginRow()
                    rowStart = at &+ 1
                    fieldStart = rowStart
                    rowLine = line
                } else if byte == 0 {
                    problem = .containsNUL
                } else if fieldStart != reopened, isBlank(base, fieldStart, at) {
                    // An opening quote: the field ends behind its closing quote, wherever that is.
                    guard let close = closingQuote(base, from: at + 1, to: end) else {
                        if !isLast && end - rowStart <= rowBytesMax { break scan }
                        let firstEnd = nextLineEnd(base, from: rowStart, to: end)
                        if firstEnd == nil, !isLast {
                            // One line, and longer than any row may be: the value is.
                            let name = output.fields < columnCount ? batch.header.names[output.fields] : nil
                            batch.reject(
                                line: rowLine, column: name, .tooLong(limit: rowBytesMax), from: rowStart, to: end,
                                isCut: true)
                            skipping = true
                            self.line = rowLine
                            return end
                        }
                        // Never closed: this line alone is the reject, the next one is read as usual.
                        let textEnd = withoutReturn(base, rowStart, firstEnd ?? end)
                        batch.reject(line: rowLine, .unclosedQuote, from: rowStart, to: textEnd)
                        line = rowLine + 1
                        rowStart = min((firstEnd ?? end) + 1, end)
                        (position, fieldStart, rowLine) = (rowStart, rowStart, line)
                        problem = .none
                        output.beginRow()
                        continue scan
                    }
                    let next = close.position + 1
                    if next >= end && !isLast { break scan }
                    line += close.lineEnds
                    if close.escapes == 0 {
                        output.field(at + 1, close.position)
                    } else {
                        output.field(unescaped(batch, from: at + 1, to: close.position))
                        base = batch.bytes
                    }
                    if close.containsNUL { problem = .containsNUL }
                    // What follows is a delimiter, a line end, the end, or a mistake.
                    var after = next
                    while after < end, base[after] != delimiter, base[after] == 32 || base[after] == 9 { after += 1 }
                    if after >= end && !isLast { break scan }
                    let textEnd = after
                    if after < end, base[after] == 13, after + 1 < end, base[after + 1] == 10 {
                        after += 1
                    }
                    if after < end, base[after] == 13, after + 1 == end {
                        if !isLast { break scan }
                        after = end
                    }
                    if after >= end || base[after] == lineEnd {
                        finishRow(batch, &output, rowStart, textEnd, rowLine, &problem)
                        line += 1
                        output.beginRow()
                        rowStart = min(after + 1, end)
                        fieldStart = rowStart
                        rowLine = line
                        position = rowStart
                        if after >= end { break scan }
                        continue scan
                    }
                    if base[after] == delimiter {
                        fieldStart = after + 1
                        position = fieldStart
                        // A delimiter at the very end opens one more, empty field.
                        continue scan
                    }
                    problem = .textAfterQuote
                    fieldStart = next
                    output.reopenField()
                    reopened = next
                    position = next
                    continue scan
                }
                // A quote inside an unquoted field is an ordinary character.
            }
            position &+= 64
        }
        if rowStart < end, end - rowStart > rowBytesMax {
            batch.reject(line: rowLine, .rowTooLong(limit: rowBytesMax), from: rowStart, to: end, isCut: true)
            skipping = true
            self.line = rowLine
            return end
        }
        // The unfinished row is read again from its start.
        self.line = rowLine
        return rowStart
    }

    @inline(__always)
    private func finishRow(
        _ batch: BronzeBatch, _ output: inout Output, _ start: Int, _ end: Int, _ line: Int,
        _ problem: inout RowProblem
    ) {
        if output.fields != columnCount { complete(batch.bytes, &output, start, end) }
        if output.fields == columnCount, problem == .none, end &- start <= rowBytesMax {
            output.lines[output.rowCount] = UInt32(truncatingIfNeeded: line)
            output.rows[output.rowCount] = FieldSpan(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
            output.rowCount &+= 1
            return
        }
        rejectRow(batch, fields: output.fields, start, end, line, problem)
        problem = .none
    }

    /// Lets a row pass that has one delimiter at its end which the header does not have, or the other way about.
    @inline(never)
    private func complete(_ bytes: UnsafeMutablePointer<UInt8>, _ output: inout Output, _ start: Int, _ end: Int) {
        if output.fields == columnCount + 1 {
            var last = end
            while last > start, isBlank(bytes, last - 1, last) { last -= 1 }
            if last > start, bytes[last - 1] == delimiter { output.fields = columnCount }
        } else if lastIsUnnamed, output.fields == columnCount - 1 {
            output.field(end, end)
        }
    }

    /// Whether there are blanks alone, or nothing. A tab that delimits is no blank.
    @inline(__always)
    private func isBlank(_ bytes: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var at = start
        while at < end {
            guard bytes[at] == 32 || bytes[at] == 9, bytes[at] != delimiter else { return false }
            at += 1
        }
        return true
    }

    @inline(never)
    private func rejectRow(
        _ batch: BronzeBatch, fields: Int, _ start: Int, _ end: Int, _ line: Int, _ problem: RowProblem
    ) {
        let reason: Reject.Reason =
            switch problem {
            case .unclosedQuote: .unclosedQuote
            case .textAfterQuote: .textAfterQuote
            case .containsNUL: .containsNUL
            case .none:
                fields == columnCount
                    ? .rowTooLong(limit: rowBytesMax) : .fieldCount(expected: columnCount, found: fields)
            }
        batch.reject(line: line, reason, from: start, to: end)
    }

    /// The end of a line without the carriage return in front of its line feed.
    private func withoutReturn(_ bytes: UnsafeMutablePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        lineEnd == 10 && end > start && bytes[end - 1] == 13 ? end - 1 : end
    }

    private func nextLineEnd(_ bytes: UnsafeMutablePointer<UInt8>, from start: Int, to end: Int) -> Int? {
        var at = start
        while at < end {
            if bytes[at] == lineEnd { return at }
            at += 1
        }
        return nil
    }

    private func closingQuote(
        _ bytes: UnsafeMutablePointer<UInt8>, from start: Int, to end: Int
    ) -> (position: Int, escapes: Int, lineEnds: Int, containsNUL: Bool)? {
        var at = start
        var escapes = 0
        var lineEnds = 0
        var containsNUL = false
        while at < end {
            switch bytes[at] {
            case 34:
                if at + 1 < end, bytes[at + 1] == 34 {
                    escapes += 1
                    at += 2
                    continue
                }
                return (at, escapes, lineEnds, containsNUL)
            case lineEnd: lineEnds += 1
            case 0: containsNUL = true
            default: break
            }
            at += 1
        }
        return nil
    }

    /// Copies a quoted field with its doubled quotes made single to the end of the batch's bytes; the raw text stays.
    private func unescaped(_ batch: BronzeBatch, from start: Int, to end: Int) -> FieldSpan {
        batch.reserveBytes(batch.byteCount + (end - start))
        let bytes = batch.bytes
        var target = batch.byteCount
        let targetStart = target
        var at = start
        while at < end {
            let byte = bytes[at]
            bytes[target] = byte
            target += 1
            at += byte == 34 ? 2 : 1
        }
        batch.byteCount = target
        return FieldSpan(start: UInt32(truncatingIfNeeded: targetStart), end: UInt32(truncatingIfNeeded: target))
    }
}
