/// A 64-bit digest of training data: the same rows in the same order give the same number.
enum DataFingerprint {
    static func digest(_ data: TrainingData) -> UInt64 {
        var state = DigestState()
        for column in data.table.columns {
            state.combine(column.name)
            switch column.values {
            case .double(let values):
                state.combine(1)
                for value in values { state.combine(value.bitPattern) }
            case .float(let values):
                state.combine(2)
                for value in values { state.combine(UInt64(value.bitPattern)) }
            case .category(let codes, let levels):
                state.combine(3)
                for level in levels { state.combine(level) }
                for code in codes { state.combine(UInt64(bitPattern: Int64(code))) }
            }
        }
        for label in data.labels { state.combine(label ? 1 : 0) }
        for group in data.groups { state.combine(group) }
        for snapshot in data.snapshots { state.combine(UInt64(snapshot)) }
        for day in data.snapshotDays { state.combine(UInt64(bitPattern: Int64(day))) }
        return SplitMix64.mix(state.value)
    }

    private struct DigestState {
        var value: UInt64 = 0x2545_F491_4F6C_DD1D

        mutating func combine(_ word: UInt64) {
            let mixed = (value ^ word) &* 0x9E37_79B9_7F4A_7C15
            value = mixed ^ (mixed >> 29)
        }

        mutating func combine(_ text: String) {
            combine(CustomerHash.hash(text))
            combine(UInt64(text.utf8.count))
        }
    }
}
