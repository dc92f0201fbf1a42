import CAura
import Records

/// The outcome of parsing a day or an instant.
enum TimeParse {
    /// Days since 1970 and milliseconds of the day.
    case value(day: Int32, millisecond: Int32)
    case malformed
}

/// Parses dates and instants. Keeps the last date it saw: files are mostly in the order of time, and comparing ten
/// bytes
/// is cheaper than parsing them.
struct TimeParser {
    private var lastHead: UInt64 = 0
    private var lastTail: UInt16 = 0
    private var lastDay: Int32 = 0
    private var hasLast = false

    /// `YYYY-MM-DD`. Reads 10 bytes.
    @inline(__always)
    mutating func date(_ text: UnsafePointer<UInt8>) -> Int32? {
        let head = aura_load64(text)
        let tail = aura_load16(text + 8)
        if hasLast, head == lastHead, tail == lastTail { return lastDay }
        guard let day = TimeParser.parseDate(text) else { return nil }
        (lastHead, lastTail, lastDay, hasLast) = (head, tail, day, true)
        return day
    }

    private static func parseDate(_ text: UnsafePointer<UInt8>) -> Int32? {
        guard text[4] == 45, text[7] == 45, let century = twoDigits(text), let year = twoDigits(text + 2),
            let month = twoDigits(text + 5), let day = twoDigits(text + 8)
        else { return nil }
        return Day(year: century * 100 + year, month: month, day: day)?.rawValue
    }

    @inline(__always)
    static func twoDigits(_ text: UnsafePointer<UInt8>) -> Int? {
        let tens = text[0] &- 48
        let ones = text[1] &- 48
        guard tens < 10, ones < 10 else { return nil }
        return Int(tens) * 10 + Int(ones)
    }

    /// A day `YYYY-MM-DD` or an RFC 3339 instant (`T` or a space, optional fraction, `Z`, `±HH:MM` or nothing = UTC).
    /// - Precondition: 16 bytes can be read behind `text`, whatever `count` is.
    @inline(__always)
    mutating func instant(_ text: UnsafePointer<UInt8>, _ count: Int) -> TimeParse {
        guard count >= 10, let day = date(text) else { return .malformed }
        if count == 10 { return .value(day: day, millisecond: 0) }
        if count == 20, text[19] == 90, text[13] == 58, text[16] == 58, text[10] == 84 || text[10] == 32,
            let hour = TimeParser.twoDigits(text + 11), let minute = TimeParser.twoDigits(text + 14),
            let second = TimeParser.twoDigits(text + 17), hour < 24, minute < 60, second < 60
        {
            return .value(day: day, millisecond: Int32(truncatingIfNeeded: ((hour * 60 + minute) * 60 + second) * 1000))
        }
        return TimeParser.general(text, count, day: day)
    }

    /// The forms that are not `…THH:MM:SSZ`.
    private static func general(_ text: UnsafePointer<UInt8>, _ count: Int, day: Int32) -> TimeParse {
        guard count >= 19, text[10] == 84 || text[10] == 116 || text[10] == 32, text[13] == 58, text[16] == 58,
            let hour = twoDigits(text + 11), let minute = twoDigits(text + 14), var second = twoDigits(text + 17),
            hour < 24, minute < 60, second < 61
        else { return .malformed }
        // A leap second is kept as the last millisecond of its minute: the calendar inside the house has none.
        var fraction = 0
        var at = 19
        if at < count, text[at] == 46 {
            at += 1
            let start = at
            var scale = 100
            while at < count, text[at] >= 48, text[at] <= 57 {
                fraction += Int(text[at] - 48) * scale
                scale /= 10
                at += 1
            }
            if at == start { return .malformed }
        }
        if second == 60 { (second, fraction) = (59, 999) }
        var offsetMinutes = 0
        if at < count {
            switch text[at] {
            case 90, 122:
                at += 1
            case 43, 45:
                guard count - at == 6, text[at + 3] == 58, let hours = twoDigits(text + at + 1),
                    let minutes = twoDigits(text + at + 4), hours < 24, minutes < 60
                else { return .malformed }
                offsetMinutes = (hours * 60 + minutes) * (text[at] == 43 ? 1 : -1)
                at = count
            default: return .malformed
            }
        }
        guard at == count else { return .malformed }
        let local = Instant(
            day: Day(rawValue: day), millisecondOfDay: ((hour * 60 + minute) * 60 + second) * 1000 + fraction)
        let instant = Instant(rawValue: local.rawValue - Int64(offsetMinutes) * 60_000)
        return .value(day: instant.day.rawValue, millisecond: Int32(instant.millisecondOfDay))
    }
}

/// Parses numbers in text.
enum NumberParser {
    enum Amount {
        case value(Int64)
        case rejected(Reject.Reason)
    }

    /// One million million units in micro-units.
    static let amountMax: Int64 = 1_000_000_000_000 * 1_000_000

    /// A decimal number with at most six decimals, in micro-units; not zero.
    @inline(__always)
    static func amount(_ text: UnsafePointer<UInt8>, _ count: Int) -> Amount {
        var at = 0
        let negative = count > 0 && text[0] == 45
        if negative || (count > 0 && text[0] == 43) { at = 1 }
        var value: Int64 = 0
        var digits = 0
        while at < count {
            let digit = text[at] &- 48
            if digit > 9 { break }
            value = value &* 10 &+ Int64(digit)
            digits += 1
            // 13 digits and more are above the limit, unless the first ones are zeros.
            if value > 1_000_000_000_000 {
                return isDecimal(text, count) ? .rejected(.amountTooLarge) : .rejected(.notAnAmount)
            }
            at += 1
        }
        var micro = value &* 1_000_000
        if at < count {
            guard text[at] == 46 else { return .rejected(.notAnAmount) }
            at += 1
            var weight: Int64 = 100_000
            var decimals = 0
            while at < count {
                let digit = text[at] &- 48
                if digit > 9 { return .rejected(.notAnAmount) }
                decimals += 1
                if decimals > 6 {
                    return isDecimal(text, count) ? .rejected(.tooManyDecimals) : .rejected(.notAnAmount)
                }
                micro = micro &+ Int64(digit) &* weight
                weight /= 10
                at += 1
            }
            digits += decimals
        }
        if digits == 0 { return .rejected(.notAnAmount) }
        if micro == 0 { return .rejected(.amountIsZero) }
        if micro > amountMax { return .rejected(.amountTooLarge) }
        return .value(negative ? -micro : micro)
    }

    private static func isDecimal(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var marks = 0
        for offset in 0..<count {
            let byte = text[offset]
            if byte == 46 {
                marks += 1
            } else if byte < 48 || byte > 57 {
                if offset > 0 || (byte != 45 && byte != 43) { return false }
            }
        }
        return marks <= 1
    }

    /// An integer in plain digits with an optional sign, or nil.
    static func integer(_ text: UnsafePointer<UInt8>, _ count: Int, in range: ClosedRange<Int>) -> Int? {
        var at = 0
        let negative = count > 0 && text[0] == 45
        if negative || (count > 0 && text[0] == 43) { at = 1 }
        guard count > at, count - at <= 9 else { return nil }
        var value = 0
        while at < count {
            let digit = text[at] &- 48
            if digit > 9 { return nil }
            value = value * 10 + Int(digit)
            at += 1
        }
        let signed = negative ? -value : value
        return range.contains(signed) ? signed : nil
    }
}
