import Records

/// A hash of content, the same on every machine: tells whether what a forecast was made from has changed.
struct ContentDigest {
    private var state = RecordKey(low: 0x4F75_746C_6F6F_6B31, high: 0)

    mutating func add(_ bits: UInt64) { state = RecordKey(low: state.low ^ bits, high: state.high).mixed }

    mutating func add(_ number: Int) { add(UInt64(bitPattern: Int64(number))) }

    mutating func add(_ value: Double) { add(value.bitPattern) }

    mutating func add(_ text: String) {
        let key = RecordKey(text)
        add(key.low)
        add(key.high)
    }

    mutating func add(_ values: some Sequence<Double>) { for value in values { add(value.bitPattern) } }

    var value: UInt64 { state.mixed.low }
}
