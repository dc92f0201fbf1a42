import CAura
import Records

/// Checks whether text is UTF-8.
enum TextCheck {
    /// Whether any byte between the first and the last row is not ASCII.
    static func hasHighBytes(_ batch: BronzeBatch) -> Bool {
        guard batch.rowCount > 0 else { return false }
        var at = Int(batch.rows[0].start)
        let end = Int(batch.rows[batch.rowCount - 1].end)
        // Reading past the end stays inside the slack of the batch.
        while at < end {
            var mask = aura_high_bit_mask(batch.bytes + at)
            if end - at < 64 { mask &= (1 << UInt64(end - at)) &- 1 }
            if mask != 0 { return true }
            at += 64
        }
        return false
    }

    static func isUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        let count = bytes.count
        while at < count {
            let byte = bytes[at]
            if byte < 0x80 {
                at += 1
                continue
            }
            let length: Int
            let secondRange: ClosedRange<UInt8>
            switch byte {
            case 0xC2...0xDF: (length, secondRange) = (2, 0x80...0xBF)
            case 0xE0: (length, secondRange) = (3, 0xA0...0xBF)
            case 0xE1...0xEC, 0xEE...0xEF: (length, secondRange) = (3, 0x80...0xBF)
            case 0xED: (length, secondRange) = (3, 0x80...0x9F)
            case 0xF0: (length, secondRange) = (4, 0x90...0xBF)
            case 0xF1...0xF3: (length, secondRange) = (4, 0x80...0xBF)
            case 0xF4: (length, secondRange) = (4, 0x80...0x8F)
            default: return false
            }
            guard at + length <= count, secondRange.contains(bytes[at + 1]) else { return false }
            for offset in 2..<max(2, length) where bytes[at + offset] & 0xC0 != 0x80 { return false }
            at += length
        }
        return true
    }
}
