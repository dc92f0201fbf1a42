import Records

/// One line of the journal of loads:
/// `{"fields":{…},"salt":"…","leaf":"…","chain":"…"}`
///
/// `leaf` is the SHA-256 of the salt and of the bytes of the object `fields` as they stand in the line; `chain` is the
/// SHA-256 of the chain before (32 zero bytes in front of the first line) and of the leaf, so that no line can be changed,
/// left out or added without changing every chain after it. A line whose fields had to be taken away has `"fields":null`
/// and no salt: without the salt the leaf tells nothing of what stood there, and the chain still holds.
struct JournalLine: Hashable {
    /// Nil where the fields were taken away.
    var record: LoadRecord?
    var leaf: ContentHash
    var chain: ContentHash

    static let saltByteCount = 16
    /// In front of the first line.
    static let start = ContentHash(zeroes: ())

    private static let fieldsKey = Array("{\"fields\":".utf8)
    private static let saltKey = Array(",\"salt\":\"".utf8)
    private static let leafKey = Array(",\"leaf\":\"".utf8)
    private static let chainKey = Array("\",\"chain\":\"".utf8)
    private static let end = Array("\"}".utf8)

    /// The text of a line, without its line feed, and the chain it ends in.
    static func text(
        of record: LoadRecord, salt: [UInt8], after previous: ContentHash
    ) -> (
        bytes: [UInt8], chain: ContentHash
    ) {
        let fields = JournalFields.text(of: record)
        let leaf = ContentHash(parts: [salt, fields])
        let chain = ContentHash(parts: [previous.bytes, leaf.bytes])
        var line = fieldsKey
        line += fields
        line += saltKey
        line += Hexadecimal.text(salt).utf8
        line.append(UInt8(ascii: "\""))
        line += leafKey
        line += leaf.description.utf8
        line += chainKey
        line += chain.description.utf8
        line += end
        return (line, chain)
    }

    /// Reads a line; nil when it is none, or when its leaf is not the hash of its fields.
    init?(_ text: some RandomAccessCollection<UInt8>) {
        // From the end: the last three members have fixed lengths, and the fields may hold any name of a file.
        var rest = text[...]
        func take(_ ending: [UInt8]) -> Bool {
            guard rest.suffix(ending.count).elementsEqual(ending) else { return false }
            rest = rest.dropLast(ending.count)
            return true
        }
        func takeDigits(_ count: Int) -> String? {
            guard rest.count >= count else { return nil }
            defer { rest = rest.dropLast(count) }
            return String(decoding: rest.suffix(count), as: UTF8.self)
        }
        guard take(Self.end), let chain = takeDigits(64).flatMap({ ContentHash($0) }), take(Self.chainKey),
            let leaf = takeDigits(64).flatMap({ ContentHash($0) }), take(Self.leafKey)
        else { return nil }
        self.leaf = leaf
        self.chain = chain
        if rest.elementsEqual(Self.fieldsKey + Array("null".utf8)) {
            record = nil
            return
        }
        guard take([UInt8(ascii: "\"")]), let salt = takeDigits(2 * Self.saltByteCount).flatMap(Hexadecimal.bytes),
            take(Self.saltKey), rest.prefix(Self.fieldsKey.count).elementsEqual(Self.fieldsKey)
        else { return nil }
        let fields = Array(rest.dropFirst(Self.fieldsKey.count))
        guard ContentHash(parts: [salt, fields]) == leaf, let record = JournalFields.record(fields) else { return nil }
        self.record = record
    }

    /// Whether the line follows `previous`.
    func follows(_ previous: ContentHash) -> Bool { ContentHash(parts: [previous.bytes, leaf.bytes]) == chain }
}

extension ContentHash {
    fileprivate init(zeroes: Void) {
        self = ContentHash(bytes: [UInt8](repeating: 0, count: ContentHash.count)) ?? ContentHash(parts: [])
    }

    /// Of several pieces, one after the other.
    init(parts: [[UInt8]]) {
        var hasher = ContentHasher()
        for part in parts { hasher.update(part) }
        self = hasher.hash
    }
}

/// The object `fields`: always the same bytes for the same record.
private enum JournalFields {
    static func text(of record: LoadRecord) -> [UInt8] {
        var text: [UInt8] = [UInt8(ascii: "{")]
        func name(_ name: String) {
            if text.count > 1 { text.append(UInt8(ascii: ",")) }
            text += "\"\(name)\":".utf8
        }
        func add(_ key: String, _ value: Int64) {
            name(key)
            JSONText.append(value, to: &text)
        }
        func add(_ key: String, _ value: String?) {
            name(key)
            if let value { JSONText.append(value, to: &text) } else { text += "null".utf8 }
        }
        add("load", record.order)
        add("drop", record.drop)
        add("category", record.category.rawValue)
        add("source_type", record.sourceType)
        add("file", record.file)
        add("bytes", record.bytes)
        add("sha256", record.sha256)
        add("ending", record.ending)
        add("received_at_ms", record.receivedAt.rawValue)
        add("loaded_at_ms", record.loadedAt.rawValue)
        add("clock_day", record.clockDay.description)
        add("settings", record.settings)
        add("mapping", record.mapping)
        // Left out where it is not known: such a record has the bytes that it always had.
        if let deliverer = record.deliveredBy { add("delivered_by", deliverer) }
        text.append(UInt8(ascii: "}"))
        return text
    }

    static func record(_ text: [UInt8]) -> LoadRecord? {
        let fields = text.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            return scanner.object()
        }
        guard let fields else { return nil }
        func integer(_ key: String) -> Int64? {
            if case .integer(let value)? = fields[key] { Int64(value) } else { nil }
        }
        func string(_ key: String) -> String? {
            if case .string(let bytes)? = fields[key] { String(decoding: bytes, as: UTF8.self) } else { nil }
        }
        guard let order = integer("load"), let drop = integer("drop"),
            let category = string("category").flatMap({ Category(rawValue: $0) }), let file = string("file"),
            let bytes = integer("bytes"), let sha256 = string("sha256"), ContentHash(sha256) != nil,
            let ending = string("ending"), let receivedAt = integer("received_at_ms"),
            let loadedAt = integer("loaded_at_ms"), let clockDay = string("clock_day").flatMap({ Day($0) })
        else { return nil }
        return LoadRecord(
            drop: drop, order: order, category: category, sourceType: string("source_type"), file: file, bytes: bytes,
            sha256: sha256, ending: ending, receivedAt: Instant(rawValue: receivedAt),
            loadedAt: Instant(rawValue: loadedAt), clockDay: clockDay, settings: string("settings"),
            mapping: string("mapping"), deliveredBy: string("delivered_by"))
    }
}

/// Bytes as lower-case hexadecimal digits.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// Nil for anything but an even number of lower-case digits.
    static func bytes(_ text: String) -> [UInt8]? {
        let digits = Array(text.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = value(digits[index]), let low = value(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
