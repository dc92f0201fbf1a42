internal import Glibc

/// The members of a JSON object in the order of the text. Keys are unique and compared by their bytes: the standard
/// compares code points, so a precomposed and a decomposed letter are two keys.
public struct JSONObject: Sendable {
    /// One name and its value.
    public struct Member: Sendable, Equatable {
        public var key: String
        public var value: JSONValue

        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }

        public static func == (left: Member, right: Member) -> Bool {
            left.key.hasSameUTF8(as: right.key) && left.value == right.value
        }
    }

    /// Objects with more members than this carry an index; below, a linear look-up is faster.
    static let indexThreshold = 32

    /// The members in order.
    public private(set) var members: [Member]

    /// Position of each key; nil while the object is small.
    private var index: [UTF8Key: Int]?

    /// An object without members.
    public init() {
        members = []
        index = nil
    }

    /// Builds from members; where a key occurs twice the first keeps its place and the last gives the value.
    public init(members: [Member]) {
        self.init()
        self.members.reserveCapacity(members.count)
        for member in members { self[member.key] = member.value }
    }

    /// Members whose keys the caller has found to be unique; `index` covers them all when there is one.
    init(uniqueMembers: [Member], index: [UTF8Key: Int]?) {
        members = uniqueMembers
        self.index = index
    }

    public var count: Int { members.count }
    public var isEmpty: Bool { members.isEmpty }

    /// The value of a key. Setting a new key appends it, setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get {
            position(of: key).map { members[$0].value }
        }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?):
                members[position].value = value
            case (let position?, nil):
                members.remove(at: position)
                if index != nil { rebuildIndex() }
            case (nil, let value?):
                members.append(Member(key: key, value: value))
                if index != nil {
                    index?[UTF8Key(key)] = members.count - 1
                } else if members.count > Self.indexThreshold {
                    rebuildIndex()
                }
            case (nil, nil):
                break
            }
        }
    }

    private func position(of key: String) -> Int? {
        if let index { return index[UTF8Key(key)] }
        return members.firstIndex { $0.key.hasSameUTF8(as: key) }
    }

    private mutating func rebuildIndex() {
        var positions: [UTF8Key: Int] = [:]
        positions.reserveCapacity(members.count)
        for (position, member) in members.enumerated() { positions[UTF8Key(member.key)] = position }
        index = positions
    }
}

extension JSONObject: Equatable {
    /// Same members in the same order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members == right.members
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(members: elements.map { Member(key: $0.0, value: $0.1) })
    }
}

/// A key hashed and compared by its bytes, not by canonical equivalence as `String` is. The hash is seeded per process,
/// so a sender cannot prepare keys that collide.
struct UTF8Key: Hashable, Sendable {
    let text: String

    init(_ text: String) { self.text = text }

    static func == (left: UTF8Key, right: UTF8Key) -> Bool {
        left.text.hasSameUTF8(as: right.text)
    }

    func hash(into hasher: inout Hasher) {
        var copy = text
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension String {
    /// Byte-wise equality, against canonical equivalence of `==`.
    func hasSameUTF8(as other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        var left = self
        var right = other
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return true }
                return memcmp(left, right, other.utf8.count) == 0
            }
        }
    }
}
