/// Recursive descent over the scanner, one call per nested value.
struct JSONParser: ~Copyable {
    var scanner: JSONScanner
    let limits: JSONReader.Limits
    private var valuesLeft: Int
    /// Short hashes of the keys of the objects being read, the innermost object's on top.
    private var fingerprints = MovingStack<UInt64>()
    private var keysRead = 0
    private var keyCache = KeyCache()
    /// Values of the arrays being read, the innermost array's on top: an array is allocated once, at its size.
    private var elements = MovingStack<JSONValue>()
    /// Members of the objects being read, likewise.
    private var members = MovingStack<JSONObject.Member>()

    init(base: UnsafePointer<UInt8>, count: Int, limits: JSONReader.Limits) {
        scanner = JSONScanner(base: base, count: count)
        self.limits = limits
        valuesLeft = limits.valuesMax
    }

    mutating func document() throws(JSONError) -> JSONValue {
        scanner.skipWhiteSpace()
        let value = try value(depth: 0)
        scanner.skipWhiteSpace()
        guard scanner.at == scanner.end else { throw JSONError(kind: .trailingBytes, offset: scanner.at) }
        return value
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard scanner.at < scanner.end else { throw scanner.unexpected(at: scanner.at) }
        guard valuesLeft > 0 else {
            throw JSONError(kind: .tooManyValues(limit: limits.valuesMax), offset: scanner.at)
        }
        valuesLeft -= 1
        switch scanner.base[scanner.at] {
        case 0x22:
            scanner.at += 1
            let extent = try scanner.stringExtent()
            return .string(try scanner.text(of: extent))
        case 0x7B:
            return .object(try object(depth: depth + 1))
        case 0x5B:
            return .array(try array(depth: depth + 1))
        case 0x2D, 0x30...0x39:
            switch try scanner.number() {
            case .integer(let value): return .integer(value)
            case .double(let value): return .double(value)
            }
        case 0x74:
            try scanner.literal("true")
            return .bool(true)
        case 0x66:
            try scanner.literal("false")
            return .bool(false)
        case 0x6E:
            try scanner.literal("null")
            return .null
        default:
            throw scanner.unexpected(at: scanner.at)
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        guard depth <= limits.depthMax else {
            throw JSONError(kind: .tooDeep(limit: limits.depthMax), offset: scanner.at)
        }
        scanner.at += 1
        scanner.skipWhiteSpace()
        if scanner.at < scanner.end, scanner.base[scanner.at] == 0x5D {
            scanner.at += 1
            return []
        }
        let bottom = elements.count
        while true {
            elements.append(try value(depth: depth))
            scanner.skipWhiteSpace()
            guard scanner.at < scanner.end else { throw scanner.unexpected(at: scanner.at) }
            let byte = scanner.base[scanner.at]
            guard byte == 0x2C || byte == 0x5D else { throw scanner.unexpected(at: scanner.at) }
            scanner.at += 1
            if byte == 0x5D { break }
            scanner.skipWhiteSpace()
        }
        return elements.pop(downTo: bottom)
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        guard depth <= limits.depthMax else {
            throw JSONError(kind: .tooDeep(limit: limits.depthMax), offset: scanner.at)
        }
        scanner.at += 1
        scanner.skipWhiteSpace()
        if scanner.at < scanner.end, scanner.base[scanner.at] == 0x7D {
            scanner.at += 1
            return JSONObject()
        }
        let bottom = members.count
        let fingerprintBottom = fingerprints.count
        var index: [UTF8Key: Int]?
        while true {
            let keyOffset = scanner.at
            guard scanner.at < scanner.end, scanner.base[scanner.at] == 0x22 else {
                throw scanner.unexpected(at: scanner.at)
            }
            scanner.at += 1
            let (key, print) = try key()
            guard isNew(key, print, bottom: bottom, fingerprintBottom: fingerprintBottom, index: &index) else {
                throw JSONError(kind: .duplicateKey(key), offset: keyOffset)
            }
            scanner.skipWhiteSpace()
            guard scanner.at < scanner.end, scanner.base[scanner.at] == 0x3A else {
                throw scanner.unexpected(at: scanner.at)
            }
            scanner.at += 1
            scanner.skipWhiteSpace()
            let memberValue = try value(depth: depth)
            members.append(JSONObject.Member(key: key, value: memberValue))
            scanner.skipWhiteSpace()
            guard scanner.at < scanner.end else { throw scanner.unexpected(at: scanner.at) }
            let byte = scanner.base[scanner.at]
            guard byte == 0x2C || byte == 0x7D else { throw scanner.unexpected(at: scanner.at) }
            scanner.at += 1
            if byte == 0x7D { break }
            scanner.skipWhiteSpace()
        }
        fingerprints.drop(downTo: fingerprintBottom)
        return JSONObject(uniqueMembers: members.pop(downTo: bottom), index: index)
    }

    /// Notes a key of the innermost object and tells whether it is its first of that name.
    ///
    /// Small objects compare short hashes in a row; from the threshold on a seeded hash table takes over, so that a
    /// sender cannot make the check quadratic.
    @inline(__always)
    private mutating func isNew(
        _ key: String, _ print: UInt64, bottom: Int, fingerprintBottom: Int, index: inout [UTF8Key: Int]?
    ) -> Bool {
        let position = members.count - bottom
        if index != nil {
            fingerprints.append(print)
            return index?.updateValue(position, forKey: UTF8Key(key)) == nil
        }
        for earlier in 0..<position where fingerprints[fingerprintBottom + earlier] == print {
            if members[bottom + earlier].key.hasSameUTF8(as: key) { return false }
        }
        fingerprints.append(print)
        if position == JSONObject.indexThreshold {
            var positions: [UTF8Key: Int] = [UTF8Key(key): position]
            positions.reserveCapacity(4 * JSONObject.indexThreshold)
            for earlier in bottom..<members.count { positions[UTF8Key(members[earlier].key)] = earlier - bottom }
            index = positions
        }
        return true
    }

    /// Reads a key; `at` stands after the opening quote.
    @inline(__always)
    private mutating func key() throws(JSONError) -> (String, UInt64) {
        let extent = try scanner.stringExtent()
        guard !extent.hasEscapes, extent.isASCII else {
            var text = try scanner.text(of: extent)
            let print = text.withUTF8 { KeyCache.Signature($0).fingerprint }
            return (text, print)
        }
        let bytes = UnsafeBufferPointer(start: scanner.base + extent.start, count: extent.stop - extent.start)
        let signature = KeyCache.Signature(bytes)
        keysRead &+= 1
        // A small object is over before a cache pays.
        guard keysRead > Self.keysUncached else { return (try scanner.text(of: extent), signature.fingerprint) }
        return (keyCache.text(of: bytes, signature: signature), signature.fingerprint)
    }

    private static let keysUncached = 16
}
