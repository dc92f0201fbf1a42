import Records

/// Finds the ends of JSON values in the bytes of a batch.
enum JSONScanner {
    enum Outcome {
        case value(FieldSpan, next: Int)
        case incomplete
        case malformed(String)
    }

    private static func span(_ start: Int, _ end: Int) -> FieldSpan {
        FieldSpan(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: end))
    }

    static func value(_ batch: BronzeBatch, from start: Int, to end: Int) -> Outcome {
        switch batch.bytes[start] {
        case 34: return string(batch, from: start, to: end)
        case 123, 91: return nested(batch, from: start, to: end)
        default: break
        }
        var at = start
        while at < end {
            let byte = batch.bytes[at]
            if byte == 44 || byte == 125 || byte == 93 || byte == 32 || byte == 10 || byte == 13 || byte == 9 { break }
            at += 1
        }
        if at == end { return .incomplete }
        let text = UnsafeBufferPointer(start: batch.bytes + start, count: at - start)
        // Not JSON, and yet what many programs write for a number that they do not have.
        if text.elementsEqual("null".utf8) || text.elementsEqual("NaN".utf8) {
            return .value(span(start, start), next: at)
        }
        if text.elementsEqual("true".utf8) || text.elementsEqual("false".utf8) {
            return .value(span(start, at), next: at)
        }
        let isNumber =
            !text.isEmpty
            && text.allSatisfy { ($0 >= 48 && $0 <= 57) || $0 == 45 || $0 == 43 || $0 == 46 || $0 == 101 || $0 == 69 }
        guard isNumber else { return .malformed("a value that is no JSON") }
        return .value(span(start, at), next: at)
    }

    /// A nested object or array, as written.
    private static func nested(_ batch: BronzeBatch, from start: Int, to end: Int) -> Outcome {
        var depth = 0
        var at = start
        var inString = false
        while at < end {
            let byte = batch.bytes[at]
            if inString {
                if byte == 92 { at += 1 } else if byte == 34 { inString = false }
            } else if byte == 34 {
                inString = true
            } else if byte == 123 || byte == 91 {
                depth += 1
            } else if byte == 125 || byte == 93 {
                depth -= 1
                if depth == 0 { return .value(span(start, at + 1), next: at + 1) }
            }
            at += 1
        }
        return .incomplete
    }

    /// A string; unescaped at the end of the batch's bytes when it has escapes.
    static func string(_ batch: BronzeBatch, from start: Int, to end: Int) -> Outcome {
        var at = start + 1
        var hasEscapes = false
        while at < end {
            let byte = batch.bytes[at]
            if byte == 34 {
                return hasEscapes
                    ? unescaped(batch, from: start + 1, to: at)
                    : .value(span(start + 1, at), next: at + 1)
            }
            if byte == 92 {
                hasEscapes = true
                at += 1
            } else if byte < 32 {
                return .malformed(byte == 0 ? "a NUL byte in a string" : "a control character in a string")
            }
            at += 1
        }
        return .incomplete
    }

    private static func unescaped(_ batch: BronzeBatch, from start: Int, to end: Int) -> Outcome {
        var text: [UInt8] = []
        text.reserveCapacity(end - start)
        var at = start
        while at < end {
            let byte = batch.bytes[at]
            guard byte == 92 else {
                text.append(byte)
                at += 1
                continue
            }
            at += 1
            guard at < end else { return .malformed("an unfinished escape in a string") }
            switch batch.bytes[at] {
            case 34, 92, 47: text.append(batch.bytes[at])
            case 98: text.append(8)
            case 102: text.append(12)
            case 110: text.append(10)
            case 114: text.append(13)
            case 116: text.append(9)
            case 117:
                guard let unit = hex4(batch, at + 1, end) else {
                    return .malformed("a \\u escape without four hex digits")
                }
                at += 4
                var scalar = UInt32(unit)
                if unit & 0xFC00 == 0xD800 {
                    guard at + 2 < end, batch.bytes[at + 1] == 92, batch.bytes[at + 2] == 117,
                        let low = hex4(batch, at + 3, end), low & 0xFC00 == 0xDC00
                    else { return .malformed("half of a surrogate pair") }
                    scalar = 0x10000 + (UInt32(unit & 0x3FF) << 10 | UInt32(low & 0x3FF))
                    at += 6
                }
                guard let value = Unicode.Scalar(scalar), value.value != 0 else {
                    return .malformed("an escape that is no character of text")
                }
                text.append(contentsOf: UTF8.encode(value).map { Array($0) } ?? [])
            default: return .malformed("an unknown escape in a string")
            }
            at += 1
        }
        batch.reserveBytes(batch.byteCount + text.count)
        let target = batch.byteCount
        for (offset, byte) in text.enumerated() { batch.bytes[target + offset] = byte }
        batch.byteCount = target + text.count
        return .value(span(target, target + text.count), next: end + 1)
    }

    private static func hex4(_ batch: BronzeBatch, _ start: Int, _ end: Int) -> UInt16? {
        guard start + 4 <= end else { return nil }
        var value: UInt16 = 0
        for offset in 0..<4 {
            let byte = batch.bytes[start + offset]
            let digit: UInt8
            switch byte {
            case 48...57: digit = byte - 48
            case 65...70: digit = byte - 55
            case 97...102: digit = byte - 87
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
