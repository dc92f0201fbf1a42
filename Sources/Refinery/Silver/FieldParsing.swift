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

    /// A day `YYYY-MM-DD` or an RFC 3339 instant (`T` or a space, optional fraction, `Z`, `±HH:MM` or nothing = UTC), also as
    /// databases and programs print it: without seconds, with `±HH`, `±HHMM` or `UTC`, and a space before these.
    /// - Precondition: 16 bytes can be read behind `text`, whatever `count` is.
    @inline(__always)
    mutating func instant(_ text: UnsafePointer<UInt8>, _ count: Int) -> TimeParse {
        guard count >= 10, let day = date(text) else {
            return count > 10 && text[0] == 32 ? behindBlanks(text, count) : .malformed
        }
        if count == 10 { return .value(day: day, millisecond: 0) }
        if count == 20, text[19] == 90, text[13] == 58, text[16] == 58, text[10] == 84 || text[10] == 32,
            let hour = TimeParser.twoDigits(text + 11), let minute = TimeParser.twoDigits(text + 14),
            let second = TimeParser.twoDigits(text + 17), hour < 24, minute < 60, second < 60
        {
            return .value(day: day, millisecond: Int32(truncatingIfNeeded: ((hour * 60 + minute) * 60 + second) * 1000))
        }
        return TimeParser.general(text, count, day: day)
    }

    @inline(never)
    private mutating func behindBlanks(_ text: UnsafePointer<UInt8>, _ count: Int) -> TimeParse {
        var at = 0
        while at < count, text[at] == 32 { at += 1 }
        return instant(text + at, count - at)
    }

    /// The forms that are not `…THH:MM:SSZ`.
    private static func general(_ text: UnsafePointer<UInt8>, _ length: Int, day: Int32) -> TimeParse {
        var count = length
        while count > 10, text[count - 1] == 32 { count -= 1 }
        if count == 10 { return .value(day: day, millisecond: 0) }
        guard count >= 16, text[10] == 84 || text[10] == 116 || text[10] == 32, text[13] == 58,
            let hour = twoDigits(text + 11), let minute = twoDigits(text + 14), hour < 24, minute < 60
        else { return .malformed }
        var second = 0
        var at = 16
        if at < count, text[at] == 58 {
            guard count >= 19, let value = twoDigits(text + 17), value < 61 else { return .malformed }
            second = value
            at = 19
        }
        // A leap second is kept as the last millisecond of its minute: the calendar inside the house has none.
        var fraction = 0
        if at == 19, at < count, text[at] == 46 {
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
        guard let offsetMinutes = offset(text + at, count - at) else { return .malformed }
        let local = Instant(
            day: Day(rawValue: day), millisecondOfDay: ((hour * 60 + minute) * 60 + second) * 1000 + fraction)
        let instant = Instant(rawValue: local.rawValue - Int64(offsetMinutes) * 60_000)
        return .value(day: instant.day.rawValue, millisecond: Int32(instant.millisecondOfDay))
    }

    /// What a zone behind a time adds to UTC, in minutes; nil when it is none.
    private static func offset(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        var at = 0
        while at < count, text[at] == 32 { at += 1 }
        let length = count - at
        switch length {
        case 0: return at == 0 ? 0 : nil
        case 1: return text[at] | 32 == 122 ? 0 : nil
        default: break
        }
        let zone = UnsafeBufferPointer(start: text + at, count: length)
        if length == 3, zone.elementsEqual("UTC".utf8) || zone.elementsEqual("GMT".utf8) { return 0 }
        guard zone[0] == 43 || zone[0] == 45, let hours = twoDigits(text + at + 1), hours < 24 else { return nil }
        var minutes = 0
        switch length {
        case 3: break
        case 5, 6:
            if length == 6, zone[3] != 58 { return nil }
            guard let value = twoDigits(text + at + length - 2), value < 60 else { return nil }
            minutes = value
        default: return nil
        }
        return (hours * 60 + minutes) * (zone[0] == 43 ? 1 : -1)
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

    /// A decimal number with at most six decimals, in micro-units; not zero. In any other form than digits with a point it is
    /// read by `other`.
    /// - Parameter seen: gets a bit for the number of decimals of an amount, bit 3 for those alone that say nothing else
    ///   than that.
    @inline(__always)
    static func amount(
        _ text: UnsafePointer<UInt8>, _ count: Int, seen: inout UInt8, other: () -> Amount
    ) -> Amount {
        var at = 0
        let negative = count > 0 && text[0] == 45
        if negative || (count > 0 && text[0] == 43) { at = 1 }
        let first = at
        var value: Int64 = 0
        while at < count {
            let digit = text[at] &- 48
            if digit > 9 { break }
            value = value &* 10 &+ Int64(digit)
            // 13 digits and more are above the limit, unless the first ones are zeros.
            if value > 1_000_000_000_000 { return other() }
            at += 1
        }
        var micro = value &* 1_000_000
        if at < count {
            guard text[at] == 46 else { return other() }
            let before = at &- first
            at += 1
            let behind = count &- at
            // Three decimals may be thousands: the point is looked at as the rest of the file tells.
            if behind > 6 || (behind == 3 && before > 0 && before <= 3 && text[first] != 48) { return other() }
            var weight: Int64 = 100_000
            while at < count {
                let digit = text[at] &- 48
                if digit > 9 { return other() }
                micro = micro &+ Int64(digit) &* weight
                weight /= 10
                at += 1
            }
            if before &+ behind == 0 { return .rejected(.notAnAmount) }
            seen |= 1 &<< UInt8(truncatingIfNeeded: behind)
        } else if first == count {
            return .rejected(.notAnAmount)
        }
        if micro == 0 { return .rejected(.amountIsZero) }
        if micro > amountMax { return .rejected(.amountTooLarge) }
        return .value(negative ? -micro : micro)
    }

    /// Of the bits of ``amount(_:_:seen:other:)``, those that tell decimals: no mark at the end is one, and all others are.
    static func hasPointDecimals(_ seen: UInt8) -> Bool { seen & 0b111_1110 != 0 }

    /// An integer in plain digits with an optional sign, or nil. Blanks around it, and decimals that are all zero, as in the
    /// `4.0` of programs that keep gaps among fractions, change nothing.
    static func integer(_ text: UnsafePointer<UInt8>, _ count: Int, in range: ClosedRange<Int>) -> Int? {
        var count = count
        while count > 0, text[count - 1] == 32 { count -= 1 }
        var at = 0
        while at < count, text[at] == 32 { at += 1 }
        let negative = at < count && text[at] == 45
        if negative || (at < count && text[at] == 43) { at += 1 }
        let first = at
        var value = 0
        while at < count {
            let digit = text[at] &- 48
            if digit > 9 { break }
            guard at - first < 9 else { return nil }
            value = value * 10 + Int(digit)
            at += 1
        }
        guard at > first else { return nil }
        if at < count, text[at] == 46, at + 1 < count {
            at += 1
            while at < count, text[at] == 48 { at += 1 }
        }
        guard at == count else { return nil }
        let signed = negative ? -value : value
        return range.contains(signed) ? signed : nil
    }
}
