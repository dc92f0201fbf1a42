import SampleCompany

/// A small reader of RFC 4180 that refuses what a careful reader refuses.
enum SampleReader {
    enum Failure: Error {
        case strayQuote(offset: Int)
        case unterminated
        case width(row: Int, found: Int, expected: Int)
    }

    /// The records of a text, header included.
    static func records(_ bytes: [UInt8]) throws -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var offset = 0
        let quote = UInt8(ascii: "\"")
        func isEnd(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n") }
        while offset < bytes.count {
            field.removeAll(keepingCapacity: true)
            if bytes[offset] == quote {
                offset += 1
                while true {
                    guard offset < bytes.count else { throw Failure.unterminated }
                    if bytes[offset] == quote {
                        guard offset + 1 < bytes.count, bytes[offset + 1] == quote else { break }
                        offset += 1
                    }
                    field.append(bytes[offset])
                    offset += 1
                }
                offset += 1
            } else {
                while offset < bytes.count, !isEnd(bytes[offset]) {
                    guard bytes[offset] != quote else { throw Failure.strayQuote(offset: offset) }
                    field.append(bytes[offset])
                    offset += 1
                }
            }
            guard offset < bytes.count, isEnd(bytes[offset]) else { throw Failure.unterminated }
            // Repairing decoding would hide invalid UTF-8.
            guard let text = String(validating: field, as: UTF8.self) else { throw Failure.strayQuote(offset: offset) }
            record.append(text)
            if bytes[offset] == UInt8(ascii: "\n") {
                if let first = records.first, first.count != record.count {
                    throw Failure.width(row: records.count, found: record.count, expected: first.count)
                }
                records.append(record)
                record = []
            }
            offset += 1
        }
        return records
    }
}

/// A company that has been written and read back.
struct WrittenCompany {
    let settings: SampleSettings
    let summary: SampleSummary
    let bytes: [SampleFile: [UInt8]]
    /// Records without the header.
    let rows: [SampleFile: [[String]]]

    init(_ settings: SampleSettings) throws {
        self.settings = settings
        (bytes, summary) = try WrittenCompany.bytes(settings)
        rows = try bytes.mapValues { Array(try SampleReader.records($0).dropFirst()) }
    }

    subscript(file: SampleFile) -> [[String]] { rows[file] ?? [] }

    static func bytes(
        _ settings: SampleSettings, files: [SampleFile] = SampleFile.allCases
    ) throws -> ([SampleFile: [UInt8]], SampleSummary) {
        var bytes: [SampleFile: [UInt8]] = [:]
        let summary = try SampleGenerator(settings).write(files) { file, chunk in
            chunk.withUnsafeBytes { bytes[file, default: []].append(contentsOf: $0) }
        }
        return (bytes, summary)
    }

    /// 2025-12-31.
    static let lastDay = 20_453

    /// The company that most tests look at.
    static let usual = Result {
        try WrittenCompany(SampleSettings(clients: 420, days: 540, seed: 11, lastDay: lastDay))
    }
}

/// Day number of `YYYY-MM-DD…`, worked out by counting years and months, or nil when it is no real date.
func dayNumber(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else { return nil }
    func number(_ range: Range<Int>) -> Int? {
        var value = 0
        for byte in bytes[range] {
            guard byte >= 48, byte <= 57 else { return nil }
            value = value * 10 + Int(byte) - 48
        }
        return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10) else { return nil }
    guard (1970...2300).contains(year), (1...12).contains(month) else { return nil }
    func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
    let lengths = [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard (1...lengths[month - 1]).contains(day) else { return nil }
    let leaps = (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 - 477
    return (year - 1970) * 365 + leaps + lengths[..<(month - 1)].reduce(0, +) + day - 1
}

/// Seconds since 1970 of `YYYY-MM-DDTHH:MM:SSZ`, or nil when it is no such instant.
func instant(_ text: String) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 20, bytes[10] == UInt8(ascii: "T"), bytes[13] == UInt8(ascii: ":"),
        bytes[16] == UInt8(ascii: ":"), bytes[19] == UInt8(ascii: "Z"), let day = dayNumber(text)
    else { return nil }
    func pair(_ start: Int, below limit: Int) -> Int? {
        let tens = Int(bytes[start]) - 48
        let ones = Int(bytes[start + 1]) - 48
        guard (0...9).contains(tens), (0...9).contains(ones), tens * 10 + ones < limit else { return nil }
        return tens * 10 + ones
    }
    guard let hour = pair(11, below: 24), let minute = pair(14, below: 60), let second = pair(17, below: 60) else {
        return nil
    }
    return day * 86_400 + hour * 3600 + minute * 60 + second
}
