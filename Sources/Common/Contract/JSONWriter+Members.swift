/// A key and its value in one call: the shape most answers are written in.
extension JSONWriter {
    @inline(__always)
    public mutating func member(_ name: StaticString, text: String) {
        key(name)
        string(text)
    }

    /// A missing text is `null`.
    @inline(__always)
    public mutating func member(_ name: StaticString, text: String?) {
        key(name)
        if let text { string(text) } else { null() }
    }

    @inline(__always)
    public mutating func member(_ name: StaticString, integer: Int) {
        key(name)
        self.integer(Int64(integer))
    }

    /// A missing count is `null`.
    @inline(__always)
    public mutating func member(_ name: StaticString, integer: Int?) {
        key(name)
        if let integer { self.integer(Int64(integer)) } else { null() }
    }

    @inline(__always)
    public mutating func member(_ name: StaticString, double: Double) {
        key(name)
        self.double(double)
    }

    /// A missing number is `null`.
    @inline(__always)
    public mutating func member(_ name: StaticString, double: Double?) {
        key(name)
        if let double { self.double(double) } else { null() }
    }

    @inline(__always)
    public mutating func member(_ name: StaticString, microUnits: Int64) {
        key(name)
        money(microUnits: microUnits)
    }

    /// A missing amount is `null`.
    @inline(__always)
    public mutating func member(_ name: StaticString, microUnits: Int64?) {
        key(name)
        if let microUnits { money(microUnits: microUnits) } else { null() }
    }

    @inline(__always)
    public mutating func member(_ name: StaticString, bool: Bool) {
        key(name)
        self.bool(bool)
    }

    /// An object written by the closure.
    @inline(__always)
    public mutating func object<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginObject()
        try body(&self)
        endObject()
    }

    /// An array written by the closure.
    @inline(__always)
    public mutating func array<Failure: Error>(
        _ body: (inout JSONWriter) throws(Failure) -> Void
    ) throws(Failure) {
        beginArray()
        try body(&self)
        endArray()
    }

    /// Any value. Its nesting is the caller's own; one that was read here has at most the reader's depth.
    public mutating func value(_ value: JSONValue) {
        switch value {
        case .null: null()
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .double(let value): double(value)
        case .string(let value): string(value)
        case .array(let elements):
            beginArray()
            for element in elements { self.value(element) }
            endArray()
        case .object(let object):
            self.object(object)
        }
    }

    /// An object in the order of its members.
    public mutating func object(_ object: JSONObject) {
        beginObject()
        for member in object.members {
            key(text: member.key)
            value(member.value)
        }
        endObject()
    }
}
