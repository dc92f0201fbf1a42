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
    /// The physical line at the start of what has not been read yet.
    private(set) var line: Int
    /// Set while the rest of an over-long row is being skipped.
    private var skipping = false

    init(delimiter: UInt8, columnCount: Int, firstLine: Int, rowBytesMax: Int) {
        self.delimiter = delimiter
        self.columnCount = columnCount
        self.rowBytesMax = rowBytesMax
        line = firstLine
    }

    private enum RowProblem {
        case none, unclosedQuote, textAfterQuote, containsNUL
    }

    /// Reads the complete rows of `batch.bytes[start ..< end]` into the batch.
    /// - Parameter isLast: no bytes follow, so that an unfinished last line is a row too.
    /// - Returns: how far it read; the bytes from there on must stand in front of the next block.
    mutating func read(_ batch: BronzeBatch, from start: Int, to end: Int, isLast: Bool) -> Int {
        batch.columnCount = columnCount
        var rowStart = start
        if skipping {
            guard let lineEnd = nextLineFeed(batch.bytes, from: start, to: end) else { return end }
            skipping = false
            line += 1
            rowStart = lineEnd + 1
        }
        var position = rowStart
        var fieldStart = rowStart
        var fields = 0
        var rowLine = line
        var problem = RowProblem.none
        batch.reserveRow()
        var span = batch.spans + batch.rowCount * columnCount

        scan: while true {
            if position >= end {
                // Nothing structural is left: the row is unfinished.
                if !isLast || rowStart >= end { break scan }
                let contentEnd = end > fieldStart && batch.bytes[end - 1] == 13 ? end - 1 : end
                if contentEnd > rowStart || fields > 0 {
                    finishField(batch, &span, &fields, fieldStart, contentEnd)
                    finishRow(batch, &fields, rowStart, contentEnd, rowLine, &problem)
                }
                rowStart = end
                break scan
            }
            let base = batch.bytes
            var mask = aura_structural_mask(base + position, delimiter)
            let available = end - position
            if available < 64 { mask &= (1 << UInt64(available)) &- 1 }
            while mask != 0 {
                let at = position + mask.trailingZeroBitCount
                mask &= mask &- 1
                let byte = base[at]
                if byte == delimiter {
                    if fields < columnCount {
                        span.pointee = FieldSpan(
                            start: UInt32(truncatingIfNeeded: fieldStart), end: UInt32(truncatingIfNeeded: at))
                        span += 1
                    }
                    fields += 1
                    fieldStart = at + 1
                } else if byte == 10 {
                    let contentEnd = at > rowStart && base[at - 1] == 13 ? at - 1 : at
                    line += 1
                    if contentEnd == rowStart && fields == 0 {
                        // A blank line is no row.
                    } else {
                        finishField(batch, &span, &fields, fieldStart, max(fieldStart, contentEnd))
                        finishRow(batch, &fields, rowStart, contentEnd, rowLine, &problem)
                        batch.reserveRow()
                    }
                    span = batch.spans + batch.rowCount * columnCount
                    fields = 0
                    rowStart = at + 1
                    fieldStart = rowStart
                    rowLine = line
                } else if byte == 0 {
                    problem = .containsNUL
                } else if at == fieldStart {
                    // An opening quote: the field ends behind its closing quote, wherever that is.
                    guard let close = closingQuote(base, from: at + 1, to: end) else {
                        if !isLast && end - rowStart <= rowBytesMax { break scan }
                        // Never closed: this line alone is the reject, the next one is read as usual.
                        let lineEnd = nextLineFeed(base, from: rowStart, to: end) ?? end
                        reject(batch, rowStart, lineEnd, rowLine, .unclosedQuote)
                        line = rowLine + 1
                        rowStart = min(lineEnd + 1, end)
                        (position, fieldStart, fields, rowLine) = (rowStart, rowStart, 0, line)
                        problem = .none
                        span = batch.spans + batch.rowCount * columnCount
                        continue scan
                    }
                    let next = close.position + 1
                    if next >= end && !isLast { break scan }
                    line += close.lineFeeds
                    if fields < columnCount {
                        span.pointee =
                            close.escapes == 0
                            ? FieldSpan(
                                start: UInt32(truncatingIfNeeded: at + 1),
                                end: UInt32(truncatingIfNeeded: close.position))
                            : unescaped(batch, from: at + 1, to: close.position)
                        span += 1
                    }
                    if close.containsNUL { problem = .containsNUL }
                    fields += 1
                    // What follows is a delimiter, a line end, the end, or a mistake.
                    var after = next
                    if after < end, batch.bytes[after] == 13, after + 1 < end, batch.bytes[after + 1] == 10 {
                        after += 1
                    }
                    if after < end, batch.bytes[after] == 13, after + 1 == end {
                        if !isLast { break scan }
                        after = end
                    }
                    if after >= end || batch.bytes[after] == 10 {
                        finishRow(batch, &fields, rowStart, next, rowLine, &problem)
                        line += 1
                        batch.reserveRow()
                        span = batch.spans + batch.rowCount * columnCount
                        fields = 0
                        rowStart = min(after + 1, end)
                        fieldStart = rowStart
                        rowLine = line
                        position = rowStart
                        if after >= end { break scan }
                        continue scan
                    }
                    if batch.bytes[after] == delimiter {
                        fieldStart = after + 1
                        position = fieldStart
                        // A delimiter at the very end opens one more, empty field.
                        continue scan
                    }
                    problem = .textAfterQuote
                    fieldStart = next
                    fields -= 1
                    if fields < columnCount { span -= 1 }
                    position = next
                    continue scan
                }
                // A quote inside an unquoted field is an ordinary character.
            }
            position += 64
        }
        if rowStart < end, end - rowStart > rowBytesMax {
            reject(batch, rowStart, end, rowLine, .rowTooLong(limit: rowBytesMax))
            skipping = true
            line = rowLine
            return end
        }
        // The unfinished row is read again from its start.
        line = rowLine
        return rowStart
    }

    @inline(__always)
    private func finishField(
        _ batch: BronzeBatch, _ span: inout UnsafeMutablePointer<FieldSpan>, _ fields: inout Int, _ start: Int,
        _ end: Int
    ) {
        if fields < columnCount {
            span.pointee = FieldSpan(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
            span += 1
        }
        fields += 1
    }

    @inline(__always)
    private func finishRow(
        _ batch: BronzeBatch, _ fields: inout Int, _ start: Int, _ end: Int, _ line: Int, _ problem: inout RowProblem
    ) {
        if fields == columnCount, problem == .none, end - start <= rowBytesMax {
            batch.lines[batch.rowCount] = UInt32(truncatingIfNeeded: line)
            batch.rows[batch.rowCount] = FieldSpan(
                start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
            batch.rowCount += 1
            return
        }
        let reason: Reject.Reason
        switch problem {
        case .unclosedQuote: reason = .unclosedQuote
        case .textAfterQuote: reason = .textAfterQuote
        case .containsNUL: reason = .containsNUL
        case .none:
            reason =
                fields == columnCount
                ? .rowTooLong(limit: rowBytesMax) : .fieldCount(expected: columnCount, found: fields)
        }
        reject(batch, start, end, line, reason)
        problem = .none
    }

    private func reject(_ batch: BronzeBatch, _ start: Int, _ end: Int, _ line: Int, _ reason: Reject.Reason) {
        let count = min(max(0, end - start), Reject.rawLimit)
        let raw = Array(UnsafeBufferPointer(start: batch.bytes + start, count: count))
        batch.rejects.append(Reject(line: line, column: nil, reason: reason, raw: raw))
    }

    private func nextLineFeed(_ bytes: UnsafeMutablePointer<UInt8>, from start: Int, to end: Int) -> Int? {
        var at = start
        while at < end {
            if bytes[at] == 10 { return at }
            at += 1
        }
        return nil
    }

    private func closingQuote(
        _ bytes: UnsafeMutablePointer<UInt8>, from start: Int, to end: Int
    ) -> (position: Int, escapes: Int, lineFeeds: Int, containsNUL: Bool)? {
        var at = start
        var escapes = 0
        var lineFeeds = 0
        var containsNUL = false
        while at < end {
            switch bytes[at] {
            case 34:
                if at + 1 < end, bytes[at + 1] == 34 {
                    escapes += 1
                    at += 2
                    continue
                }
                return (at, escapes, lineFeeds, containsNUL)
            case 10: lineFeeds += 1
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
