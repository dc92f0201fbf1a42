/// A column of text: one span into shared bytes per row. Rows can be replaced; replaced text stays in the bytes until
/// the
/// column is rebuilt.
public struct TextColumn: Sendable {
    public private(set) var spans: [FieldSpan] = []
    public private(set) var bytes: [UInt8] = []

    public init() {}

    public var count: Int { spans.count }

    public mutating func append(_ text: UnsafeBufferPointer<UInt8>) {
        spans.append(stored(text))
    }

    public mutating func append(_ text: some StringProtocol) {
        var text = String(text)
        text.withUTF8 { spans.append(stored($0)) }
    }

    /// Appends an unknown value.
    public mutating func appendNil() { spans.append(FieldSpan(start: 0, end: 0)) }

    public mutating func replace(at row: Int, with text: UnsafeBufferPointer<UInt8>) {
        spans[row] = stored(text)
    }

    /// Makes room for further rows; how long their texts are is not known.
    public mutating func reserveFurther(_ rows: Int) { spans.reserveFurther(rows) }

    /// Forgets the rows from `rows` on and the bytes from `bytes` on, which no other row may use.
    mutating func truncate(to rows: Int, bytes: Int) {
        spans.removeLast(spans.count - rows)
        self.bytes.removeLast(self.bytes.count - bytes)
    }

    private mutating func stored(_ text: UnsafeBufferPointer<UInt8>) -> FieldSpan {
        if text.isEmpty { return FieldSpan(start: 0, end: 0) }
        let start = UInt32(bytes.count)
        bytes.append(contentsOf: text)
        return FieldSpan(start: start, end: UInt32(bytes.count))
    }

    /// The value of a row; nil when unknown.
    public subscript(row: Int) -> String? {
        let span = spans[row]
        if span.count == 0 { return nil }
        return String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self)
    }

    /// Calls `body` with the bytes of a row; empty when unknown.
    @inlinable
    public func withBytes<R>(at row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> R) rethrows -> R {
        let span = spans[row]
        return try bytes.withUnsafeBufferPointer { buffer in
            try body(UnsafeBufferPointer(rebasing: buffer[Int(span.start)..<Int(span.end)]))
        }
    }

    public func isEqual(at row: Int, to text: UnsafeBufferPointer<UInt8>) -> Bool {
        withBytes(at: row) { $0.elementsEqual(text) }
    }
}

/// A column of text with few distinct values: a code per row and a dictionary. Code 0 is unknown.
public struct CodedColumn: Sendable {
    public var codes: [UInt32] = []
    public private(set) var dictionary: Dictionary

    public init() { dictionary = Dictionary() }

    public var count: Int { codes.count }

    /// The distinct values, by code.
    public struct Dictionary: Sendable {
        /// `values[0]` is the unknown value.
        public private(set) var values: [String] = [""]
        /// The bytes of all values.
        public private(set) var textBytes = 0
        private var codeOfValue: [String: UInt32] = [:]

        public init() {}

        public func code(of value: String) -> UInt32? { value.isEmpty ? 0 : codeOfValue[value] }

        public mutating func insert(_ value: String) -> UInt32 {
            if value.isEmpty { return 0 }
            if let code = codeOfValue[value] { return code }
            let code = UInt32(values.count)
            values.append(value)
            textBytes += value.utf8.count
            codeOfValue[value] = code
            return code
        }

        mutating func truncate(to count: Int) {
            while values.count > count {
                let value = values.removeLast()
                textBytes -= value.utf8.count
                codeOfValue[value] = nil
            }
        }
    }

    /// Forgets the distinct values from code `values` on, which no row may have.
    mutating func truncate(values: Int) { dictionary.truncate(to: values) }

    public mutating func append(_ value: String) { codes.append(dictionary.insert(value)) }

    public mutating func insert(_ value: String) -> UInt32 { dictionary.insert(value) }

    /// The value of a row; nil when unknown.
    public subscript(row: Int) -> String? {
        let code = codes[row]
        return code == 0 ? nil : dictionary.values[Int(code)]
    }
}
