import Records

extension Configuration {
    /// A hash of all that decides which rows are accepted: ``earliestDay``, ``validation``, ``baseCurrency``, the
    /// currencies with the first day each has a rate for, and the longest row. Two configurations with the same value
    /// accept the same rows of the same drop; it is the same on every machine and in every version with the same
    /// format.
    ///
    /// FNV-1a with 64 bits (Fowler, Noll, Vo) over a length-prefixed form, finished with the mixer of SplitMix64
    /// (Steele,
    /// Lea, Flood 2014), since FNV alone leaves the high bits of short inputs little changed.
    public var fingerprint: UInt64 {
        var hash = FingerprintHash()
        hash.add("rows 1")
        hash.add(earliestDay.rawValue)
        hash.add(inbox.maxRowBytes)
        hash.add(baseCurrency)
        for currency in rates.currencies where currency != baseCurrency {
            hash.add(currency)
            hash.add(rates.steps(of: currency).first?.day.rawValue ?? 0)
        }
        hash.add("validation")
        for (category, columns) in validation.sorted(by: { $0.key < $1.key }) where !columns.isEmpty {
            hash.add(category.rawValue)
            hash.add(columns.count)
            for (column, rule) in columns.sorted(by: { $0.key < $1.key }) {
                hash.add(column)
                hash.add(rule.required ? 1 : 0)
                hash.add(rule.values?.count ?? -1)
                // The order of allowed values does not matter.
                for value in rule.values?.sorted() ?? [] { hash.add(value) }
                hash.add(rule.minimum.map(NumberText.text) ?? "")
                hash.add(rule.maximum.map(NumberText.text) ?? "")
                hash.add(rule.pattern ?? "")
            }
        }
        return hash.value
    }
}

private struct FingerprintHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    private mutating func add(byte: UInt8) { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }

    mutating func add(_ number: some FixedWidthInteger) {
        let bits = UInt64(truncatingIfNeeded: number)
        for shift in stride(from: UInt64(0), to: 64, by: 8) { add(byte: UInt8(truncatingIfNeeded: bits >> shift)) }
    }

    mutating func add(_ text: String) {
        add(text.utf8.count)
        for byte in text.utf8 { add(byte: byte) }
    }

    var value: UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
