/// Strict reader of RFC 8259 text in UTF-8.
///
/// Beyond the grammar it refuses what two readers could understand differently: duplicate keys, lone surrogates, a byte
/// order mark, numbers beyond the range of `Double`. Depth and number of values are bounded, so a small text cannot
/// become a large or deep structure.
public struct JSONReader: Sendable {
    /// What a text may be made of.
    public struct Limits: Sendable, Equatable {
        /// Nested arrays and objects; `[]` has depth 1.
        public var depthMax: Int
        /// Values in all: each scalar, array and object counts one.
        public var valuesMax: Int

        public init(depthMax: Int = 128, valuesMax: Int = .max) {
            // The reader recurses once per level; 1,000 levels fit any thread's stack.
            precondition((1...1_000).contains(depthMax), "depthMax must be 1...1000")
            self.depthMax = depthMax
            self.valuesMax = valuesMax
        }
    }

    public let limits: Limits

    public init(limits: Limits = Limits()) {
        self.limits = limits
    }

    /// Reads exactly one value with white space around it.
    public func read(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> JSONValue {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(kind: .unexpectedEnd, offset: 0) }
        var parser = JSONParser(base: base, count: bytes.count, limits: limits)
        return try parser.document()
    }

    /// Reads exactly one value with white space around it.
    public func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in try read(buffer) }
    }

    /// Reads exactly one value with white space around it.
    public func read(_ text: String) throws(JSONError) -> JSONValue {
        try read(Array(text.utf8))
    }
}
