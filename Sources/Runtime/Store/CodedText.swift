import Records

/// The distinct values of a coded column as bytes that stay in place, made when first asked for: a statement binds them
/// row after row without a copy.
struct CodedText: ~Copyable {
    private let dictionary: CodedColumn.Dictionary
    private var texts: [UnsafeBufferPointer<UInt8>?]

    init(_ column: CodedColumn) {
        dictionary = column.dictionary
        texts = Array(repeating: nil, count: column.dictionary.values.count)
    }

    deinit {
        for text in texts { text?.deallocate() }
    }

    /// The bytes of a code; empty for the unknown value. Valid as long as this is.
    subscript(code: UInt32) -> UnsafeBufferPointer<UInt8> {
        mutating get {
            if let text = texts[Int(code)] { return text }
            let utf8 = dictionary.values[Int(code)].utf8
            let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: utf8.count)
            _ = copy.initialize(from: utf8)
            let text = UnsafeBufferPointer(copy)
            texts[Int(code)] = text
            return text
        }
    }
}
