extension JSONReader {
    /// One member of a top-level object, its value still text.
    public struct RawMember: Sendable, Equatable {
        public let key: String
        /// Where the value stands in the bytes that were read, without white space around it.
        public let value: Range<Int>
    }

    /// Reads a top-level object without building its values: the way to hand on a part of a text untouched.
    ///
    /// The whole text is checked against the grammar, UTF-8 and the depth limit; duplicate keys are looked for in the
    /// top-level object only, and the number of values is not limited, for nothing is built from them.
    public func members(of bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) -> [RawMember] {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(kind: .unexpectedEnd, offset: 0) }
        var skimmer = JSONSkimmer(base: base, count: bytes.count, depthMax: limits.depthMax)
        return try skimmer.topLevelMembers()
    }

    /// As above, for an array of bytes.
    public func members(of bytes: [UInt8]) throws(JSONError) -> [RawMember] {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in try members(of: buffer) }
    }

    /// Checks that the bytes are one well-formed value (grammar, UTF-8, depth) without building it.
    public func validate(_ bytes: UnsafeBufferPointer<UInt8>) throws(JSONError) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { throw JSONError(kind: .unexpectedEnd, offset: 0) }
        var skimmer = JSONSkimmer(base: base, count: bytes.count, depthMax: limits.depthMax)
        try skimmer.document()
    }
}

/// Walks over values, checking them, and keeps nothing.
struct JSONSkimmer {
    private var scanner: JSONScanner
    private let depthMax: Int

    init(base: UnsafePointer<UInt8>, count: Int, depthMax: Int) {
        scanner = JSONScanner(base: base, count: count)
        self.depthMax = depthMax
    }

    mutating func document() throws(JSONError) {
        scanner.skipWhiteSpace()
        try value(depth: 0)
        try finish()
    }

    mutating func topLevelMembers() throws(JSONError) -> [JSONReader.RawMember] {
        scanner.skipWhiteSpace()
        guard scanner.at < scanner.end, scanner.base[scanner.at] == 0x7B else {
            let start = scanner.at
            // A value of another type is another mistake than no JSON at all.
            try value(depth: 0)
            throw JSONError(kind: .notAnObject, offset: start)
        }
        var members: [JSONReader.RawMember] = []
        var keys: Set<UTF8Key> = []
        try object(depth: 1) { key, offset, range throws(JSONError) in
            guard keys.insert(UTF8Key(key)).inserted else {
                throw JSONError(kind: .duplicateKey(key), offset: offset)
            }
            members.append(JSONReader.RawMember(key: key, value: range))
        }
        try finish()
        return members
    }

    private mutating func finish() throws(JSONError) {
        scanner.skipWhiteSpace()
        guard scanner.at == scanner.end else { throw JSONError(kind: .trailingBytes, offset: scanner.at) }
    }

    private mutating func string() throws(JSONError) {
        scanner.at += 1
        let extent = try scanner.stringExtent()
        let bytes = UnsafeBufferPointer(start: scanner.base + extent.start, count: extent.stop - extent.start)
        if !extent.isASCII {
            let invalid = JSONScanner.firstInvalidByte(of: bytes)
            if invalid < bytes.count { throw JSONError(kind: .invalidUTF8, offset: extent.start + invalid) }
        }
        guard extent.hasEscapes else { return }
        var position = extent.start
        while position < extent.stop {
            position = scanner.runEnd(from: position, stop: extent.stop)
            guard position < extent.stop else { break }
            position = try scanner.escape(at: position, stop: extent.stop) { _ in }
        }
    }

    private mutating func value(depth: Int) throws(JSONError) {
        guard scanner.at < scanner.end else { throw scanner.unexpected(at: scanner.at) }
        switch scanner.base[scanner.at] {
        case 0x22: try string()
        case 0x7B: try object(depth: depth + 1, member: nil)
        case 0x5B: try array(depth: depth + 1)
        case 0x2D, 0x30...0x39: _ = try scanner.number()
        case 0x74: try scanner.literal("true")
        case 0x66: try scanner.literal("false")
        case 0x6E: try scanner.literal("null")
        default: throw scanner.unexpected(at: scanner.at)
        }
    }

    private mutating func array(depth: Int) throws(JSONError) {
        guard depth <= depthMax else { throw JSONError(kind: .tooDeep(limit: depthMax), offset: scanner.at) }
        scanner.at += 1
        scanner.skipWhiteSpace()
        if scanner.at < scanner.end, scanner.base[scanner.at] == 0x5D {
            scanner.at += 1
            return
        }
        while true {
            try value(depth: depth)
            if try endsAfterValue(closing: 0x5D) { return }
        }
    }

    private typealias MemberAction = (_ key: String, _ keyOffset: Int, _ value: Range<Int>) throws(JSONError) -> Void

    private mutating func object(depth: Int, member: MemberAction?) throws(JSONError) {
        guard depth <= depthMax else { throw JSONError(kind: .tooDeep(limit: depthMax), offset: scanner.at) }
        scanner.at += 1
        scanner.skipWhiteSpace()
        if scanner.at < scanner.end, scanner.base[scanner.at] == 0x7D {
            scanner.at += 1
            return
        }
        while true {
            let keyOffset = scanner.at
            guard scanner.at < scanner.end, scanner.base[scanner.at] == 0x22 else {
                throw scanner.unexpected(at: scanner.at)
            }
            var key = ""
            if member != nil {
                scanner.at += 1
                key = try scanner.text(of: try scanner.stringExtent())
            } else {
                try string()
            }
            scanner.skipWhiteSpace()
            guard scanner.at < scanner.end, scanner.base[scanner.at] == 0x3A else {
                throw scanner.unexpected(at: scanner.at)
            }
            scanner.at += 1
            scanner.skipWhiteSpace()
            let start = scanner.at
            try value(depth: depth)
            if let member { try member(key, keyOffset, start..<scanner.at) }
            if try endsAfterValue(closing: 0x7D) { return }
        }
    }

    /// Takes the comma or the closing bracket after a value; true when it was the bracket.
    private mutating func endsAfterValue(closing: UInt8) throws(JSONError) -> Bool {
        scanner.skipWhiteSpace()
        guard scanner.at < scanner.end else { throw scanner.unexpected(at: scanner.at) }
        let byte = scanner.base[scanner.at]
        guard byte == 0x2C || byte == closing else { throw scanner.unexpected(at: scanner.at) }
        scanner.at += 1
        if byte == closing { return true }
        scanner.skipWhiteSpace()
        return false
    }
}
