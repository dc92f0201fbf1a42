/// Collects the CSV records of one file in a growing buffer, spoils some of them, and counts.
///
/// Every field method appends the value and a comma; `endRow` turns the last comma into the line end.
/// The buffer is plain memory behind a pointer: with a checked byte array the engagement file took about 1.7 times as
/// long.
/// `reserveRow` keeps room for one whole record ahead, which is what makes the unchecked stores safe.
struct RowWriter: ~Copyable {
    /// No record is longer: the longest texts (names, comments) stay below a quarter of it.
    static let maximumRowBytes = 4096

    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0
    private var rowStart = 0
    private var ordinal = 0
    private(set) var counts = SampleSummary.Counts()

    private let identifierPrefix: UInt8
    private let injector: MessInjector?
    /// True per client when the client's own record is rejected; empty without mess.
    private let unknownClients: [Bool]
    private var repetitions: [(due: Int, record: [UInt8])] = []

    init(identifierPrefix: Character = "X", injector: MessInjector? = nil, unknownClients: [Bool] = []) {
        capacity = 1 << 19
        base = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        self.identifierPrefix = identifierPrefix.asciiValue ?? UInt8(ascii: "X")
        self.injector = injector
        self.unknownClients = unknownClients
    }

    deinit {
        base.deallocate()
    }

    /// Makes room for one record; to be called before its first field.
    @inline(__always)
    mutating func reserveRow() {
        if capacity - count < 2 * RowWriter.maximumRowBytes { grow() }
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity * 2)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }

    /// Hands the collected bytes to the sink and forgets them.
    mutating func flush<Failure: Error>(
        as file: SampleFile, to sink: (SampleFile, RawSpan) throws(Failure) -> Void
    ) throws(Failure) {
        guard count > 0 else { return }
        counts.bytes += count
        let bytes = count
        count = 0
        rowStart = 0
        try sink(file, UnsafeRawBufferPointer(start: base, count: bytes).bytes)
    }

    mutating func header(_ columns: [String]) {
        reserveRow()
        for column in columns { text(column) }
        base[count - 1] = UInt8(ascii: "\n")
        rowStart = count
    }

    // MARK: Fields

    @inline(__always)
    mutating func comma() {
        base[count] = UInt8(ascii: ",")
        count += 1
    }

    @inline(__always)
    mutating func byte(_ byte: UInt8) {
        base[count] = byte
        count += 1
    }

    /// A short text that needs no quoting.
    @inline(__always)
    mutating func padded(_ text: PaddedText) {
        let target = UnsafeMutableRawPointer(base + count)
        target.storeBytes(of: text.low, as: UInt64.self)
        target.storeBytes(of: text.high, toByteOffset: 8, as: UInt64.self)
        count += text.count
        comma()
    }

    /// The identifier of a client: `C` and seven digits.
    @inline(__always)
    mutating func client(_ index: Int) {
        let digits = RowWriter.eightDigits(1_000_000 + index)
        // The first of the eight digits is a leading zero; the letter takes its place.
        UnsafeMutableRawPointer(base + count).storeBytes(
            of: digits & ~0xFF | UInt64(UInt8(ascii: "C")), as: UInt64.self)
        count += 8
        comma()
    }

    /// The identifier of the record: a letter and ten digits, counted from 1.
    @inline(__always)
    mutating func recordIdentifier() {
        let number = ordinal + 1
        byte(identifierPrefix)
        twoDigits(number / 100_000_000 % 100)
        UnsafeMutableRawPointer(base + count).storeBytes(
            of: RowWriter.eightDigits(number % 100_000_000), as: UInt64.self)
        count += 8
        comma()
    }

    /// Eight ASCII digits of a number below 10⁸ in memory order, computed in parallel within one word.
    @inline(__always)
    private static func eightDigits(_ number: Int) -> UInt64 {
        let value = UInt64(number)
        let high = value / 10_000
        var lanes = high | (value - high * 10_000) << 32
        // Split 4-digit lanes into 2-digit lanes, then into digits; the multipliers are ⌈2ᵏ/100⌉ and ⌈2ᵏ/10⌉.
        let hundreds = ((lanes &* 10_486) >> 20) & 0x0000_007F_0000_007F
        lanes = hundreds | (lanes &- hundreds &* 100) << 16
        let tens = ((lanes &* 103) >> 10) & 0x000F_000F_000F_000F
        lanes = tens | (lanes &- tens &* 10) << 8
        return (lanes | 0x3030_3030_3030_3030).littleEndian
    }

    @inline(__always)
    private mutating func twoDigits(_ number: Int) {
        let tens = number / 10
        base[count] = UInt8(truncatingIfNeeded: 48 + tens)
        base[count + 1] = UInt8(truncatingIfNeeded: 48 + number - tens * 10)
        count += 2
    }

    /// `YYYY-MM-DD`.
    mutating func day(_ dayNumber: Int) {
        dayWithoutComma(dayNumber)
        comma()
    }

    private mutating func dayWithoutComma(_ dayNumber: Int) {
        let date = CivilDate(dayNumber: dayNumber)
        twoDigits(date.year / 100 % 100)
        twoDigits(date.year % 100)
        byte(UInt8(ascii: "-"))
        twoDigits(date.month)
        byte(UInt8(ascii: "-"))
        twoDigits(date.day)
    }

    /// `YYYY-MM-DDTHH:MM:SSZ`; `prefix` is the day with its `T`, made once per day by `instantPrefix`.
    @inline(__always)
    mutating func instant(prefix: PaddedText, second: Int) {
        let target = UnsafeMutableRawPointer(base + count)
        target.storeBytes(of: prefix.low, as: UInt64.self)
        target.storeBytes(of: prefix.high, toByteOffset: 8, as: UInt64.self)
        count += prefix.count
        let hour = second / 3600
        let minute = (second - hour * 3600) / 60
        twoDigits(hour)
        byte(UInt8(ascii: ":"))
        twoDigits(minute)
        byte(UInt8(ascii: ":"))
        twoDigits(second - hour * 3600 - minute * 60)
        byte(UInt8(ascii: "Z"))
        comma()
    }

    static func instantPrefix(day: Int) -> PaddedText {
        let date = CivilDate(dayNumber: day)
        func digits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return PaddedText("\(date.year)-\(digits(date.month))-\(digits(date.day))T")
    }

    mutating func integer(_ number: Int) {
        text(String(number))
    }

    /// A decimal with two places, or without any when `decimals` is 0. The amount counts the smallest unit.
    mutating func money(minorUnits: Int, decimals: Int) {
        var rest = minorUnits
        if rest < 0 {
            byte(UInt8(ascii: "-"))
            rest = -rest
        }
        if decimals == 0 {
            digits(rest)
        } else {
            digits(rest / 100)
            byte(UInt8(ascii: "."))
            twoDigits(rest % 100)
        }
        comma()
    }

    private mutating func digits(_ number: Int) {
        var divisor = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            byte(UInt8(truncatingIfNeeded: 48 + number / divisor % 10))
            divisor /= 10
        }
    }

    /// Any text of at most 512 bytes (longer ones are cut); quoted where RFC 4180 asks for it.
    mutating func text(_ text: String) {
        var needsQuotes = false
        for byte in text.utf8 where byte == 0x22 || byte == 0x2C || byte == 0x0A || byte == 0x0D {
            needsQuotes = true
        }
        if needsQuotes { byte(UInt8(ascii: "\"")) }
        for character in text.utf8.prefix(RowWriter.maximumRowBytes / 8) {
            if character == UInt8(ascii: "\"") { byte(character) }
            byte(character)
        }
        if needsQuotes { byte(UInt8(ascii: "\"")) }
        comma()
    }

    // MARK: Records

    /// Closes the record of a client.
    @inline(__always)
    mutating func endRow(client: Int) {
        base[count - 1] = UInt8(ascii: "\n")
        if injector != nil { judge(client: client) }
        ordinal += 1
        counts.rows += 1
        rowStart = count
    }

    private mutating func judge(client: Int) {
        guard let injector else { return }
        let row = ordinal
        guard let kind = injector.kind(ofRow: row) else {
            if isUnknown(client) { counts.orphans += 1 }
            flushRepetitions(upTo: row)
            return
        }
        counts.injected[kind, default: 0] += 1
        let record = Array(UnsafeBufferPointer(start: base + rowStart, count: count - 1 - rowStart))
        let spoiled = injector.spoiled(record, kind: kind, ordinal: row)
        switch kind {
        case .duplicate, .collision:
            if isUnknown(client) { counts.orphans += 1 }
            counts.duplicates += 1
            if kind == .collision { counts.collisions += 1 }
            repetitions.append((due: row + injector.repetitionDistance(ofRow: row), record: spoiled))
        default:
            count = rowStart
            raw(spoiled)
            if kind.isRejected {
                counts.rejected += 1
            } else if kind == .orphan || isUnknown(client) {
                counts.orphans += 1
            }
        }
        flushRepetitions(upTo: row)
    }

    private func isUnknown(_ client: Int) -> Bool {
        client < unknownClients.count && unknownClients[client]
    }

    private mutating func flushRepetitions(upTo row: Int) {
        guard repetitions.contains(where: { $0.due <= row }) else { return }
        let due = repetitions.filter { $0.due <= row }
        repetitions.removeAll { $0.due <= row }
        for repetition in due {
            raw(repetition.record)
            counts.rows += 1
        }
    }

    private mutating func raw(_ record: [UInt8]) {
        reserveRow()
        for byte in record { self.byte(byte) }
        byte(UInt8(ascii: "\n"))
    }

    /// Writes the repeated records that are still due; to be called after the last record.
    mutating func finish() {
        flushRepetitions(upTo: Int.max)
    }
}
