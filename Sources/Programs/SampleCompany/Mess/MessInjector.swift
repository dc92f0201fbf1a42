/// Decides which rows of one file are spoiled, and how the spoiled row reads.
///
/// The decision is a function of seed, file and row number alone, so it can be asked for before the row is written.
struct MessInjector: Sendable {
    private let file: SampleFile
    private let kinds: [MessKind]
    private let key: UInt64
    private let threshold: UInt64

    init(file: SampleFile, seed: UInt64, share: Double) {
        self.file = file
        kinds = MessKind.kinds(of: file)
        let position = SampleFile.allCases.firstIndex(of: file) ?? 0
        key = RandomStream.key(seed: seed, concern: .mess, entity: position)
        threshold = UInt64(share * 0x1p53)
    }

    /// The fault of the row with this ordinal (repeated rows not counted), or nil.
    func kind(ofRow ordinal: Int) -> MessKind? {
        var stream = RandomStream(key: key, index: ordinal)
        guard stream.next() >> 11 < threshold, !kinds.isEmpty else { return nil }
        return stream.pick(kinds)
    }

    /// How many rows later a repeated row appears: half of them at once, the others some rows later.
    func repetitionDistance(ofRow ordinal: Int) -> Int {
        var stream = RandomStream(key: key ^ 1, index: ordinal)
        return stream.chance(0.5) ? 0 : stream.integer(in: 1...200)
    }

    /// The row with its fault. `row` is one CSV record without its line end; for the two repeating kinds the answer is
    /// the record that is written in addition.
    func spoiled(_ row: [UInt8], kind: MessKind, ordinal: Int) -> [UInt8] {
        var stream = RandomStream(key: key ^ 2, index: ordinal)
        var fields = MessInjector.fields(of: row)
        let layout = MessLayout(file: file)
        switch kind {
        case .missingRequired:
            fields[stream.pick(layout.required)] = []
        case .invalidDate:
            let table = layout.isInstant ? MessInjector.badInstants : MessInjector.badDays
            fields[layout.date] = Array(stream.pick(table).utf8)
        case .invalidAmount:
            fields[layout.amount] = Array(stream.pick(MessInjector.badAmounts).utf8)
        case .invalidCurrency:
            fields[layout.currency] = Array(stream.pick(MessInjector.badCurrencies).utf8)
        case .invalidScore:
            fields[layout.score] = Array(stream.pick(MessInjector.badScores).utf8)
        case .resolvedBeforeCreated:
            fields[layout.resolved] = MessInjector.instantInYearBefore(fields[layout.date])
        case .invalidOptional:
            fields[layout.optional] = Array(stream.pick(MessInjector.badAges).utf8)
        case .orphan:
            // Real identifiers begin with C.
            fields[1] = Array("X\(1_000_000 + stream.below(9_000_000))".utf8)
        case .duplicate:
            break
        case .collision:
            fields[layout.collision] = MessInjector.changed(fields[layout.collision], in: file)
        }
        return Array(fields.joined(separator: [UInt8(ascii: ",")]))
    }

    private static let badDays = [
        "2023-02-29", "2024-02-30", "2024-13-05", "31/12/2023", "yesterday", "0000-00-00", "2024-00-10", "20240",
    ]
    private static let badInstants = [
        "2023-02-29T08:15:00Z", "2024-04-31T10:00:00Z", "2024-13-05T10:00:00Z", "2024-05-05T25:00:00Z",
        "2024-05-05T10:61:00Z", "31/12/2023 10:00", "just now", "n/a",
    ]
    private static let badAmounts = ["0", "0.00", "n/a", "12.3.4", "1.2345678", "--5.00", "free", "\"12,50\""]
    private static let badCurrencies = ["XXX", "usd", "US", "EURO", "$", "ZZZ"]
    private static let badScores = ["11", "-1", "n/a", "4.5", "12", "good"]
    private static let badAges = ["200", "-3", "unknown", "4o", "131"]

    /// Splits one record at the commas outside of quotes; the fields keep their quotes.
    static func fields(of row: [UInt8]) -> [[UInt8]] {
        var fields: [[UInt8]] = [[]]
        var quoted = false
        for byte in row {
            if byte == UInt8(ascii: "\"") { quoted.toggle() }
            if byte == UInt8(ascii: ","), !quoted {
                fields.append([])
            } else {
                fields[fields.count - 1].append(byte)
            }
        }
        return fields
    }

    private static func instantInYearBefore(_ instant: [UInt8]) -> [UInt8] {
        let year = instant.prefix(4).reduce(0) { $0 * 10 + Int($1) - 48 }
        return Array("\(year - 1)-01-01T00:00:00Z".utf8)
    }

    private static func changed(_ field: [UInt8], in file: SampleFile) -> [UInt8] {
        switch file {
        case .transactions: field + (field.contains(UInt8(ascii: ".")) ? [UInt8(ascii: "7")] : Array(".7".utf8))
        case .demographics: Array("Renamed Client".utf8)
        case .engagement: Array(field == Array("import".utf8) ? "login".utf8 : "import".utf8)
        case .support: Array(field == Array("other".utf8) ? "bug".utf8 : "other".utf8)
        case .surveys: Array(field == Array("Changed my mind".utf8) ? "Final answer".utf8 : "Changed my mind".utf8)
        case .truth, .events: field
        }
    }
}

/// Where the columns of a file are that a fault can hit.
private struct MessLayout {
    let required: [Int]
    let date: Int
    let isInstant: Bool
    let amount = 2
    let currency = 3
    let score: Int
    let resolved = 4
    let optional = 2
    let collision: Int

    init(file: SampleFile) {
        switch file {
        case .demographics: (required, date, isInstant, score, collision) = ([0, 6], 6, false, 0, 1)
        case .transactions: (required, date, isInstant, score, collision) = ([0, 1, 2, 3, 5], 5, false, 0, 2)
        case .engagement: (required, date, isInstant, score, collision) = ([0, 1, 2, 3], 3, true, 0, 2)
        case .support: (required, date, isInstant, score, collision) = ([0, 1, 3], 3, true, 5, 2)
        case .surveys: (required, date, isInstant, score, collision) = ([0, 1, 2, 3], 2, false, 3, 4)
        case .truth, .events: (required, date, isInstant, score, collision) = ([0], 0, false, 0, 0)
        }
    }
}
