import GRDBSQLite
import Records

/// The digest of a packed block, kept beside it: SQLite tells whether its pages hang together, not whether their content is
/// what was written.
///
/// Four lanes over words of eight bytes, each step a bijection of the word (exclusive or, then a product with an odd
/// number, then a rotation), so that a change of one word is always seen, and any other damage but for one time in 2^64.
enum BlockDigest {
    static let schema = """
        ALTER TABLE segment_block ADD COLUMN digest INTEGER;
        ALTER TABLE key_block ADD COLUMN digest INTEGER;
        """

    static func of(_ bytes: UnsafeRawBufferPointer) -> Int64 {
        var lanes = SIMD4<UInt64>(
            0x9E37_79B9_7F4A_7C15, 0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB, 0xD6E8_FEB8_6659_FD93)
        let factor = SIMD4<UInt64>(repeating: 0xFF51_AFD7_ED55_8CCD)
        var offset = 0
        while offset + 32 <= bytes.count {
            lanes = rotated((lanes ^ bytes.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)) &* factor)
            offset += 32
        }
        var digest = UInt64(bytes.count)
        func add(_ word: UInt64) {
            digest = (digest ^ word) &* 0xC4CE_B9FE_1A85_EC53
            digest ^= digest >> 29
        }
        while offset < bytes.count {
            var word: UInt64 = 0
            for index in 0..<min(8, bytes.count - offset) { word |= UInt64(bytes[offset + index]) << (8 * index) }
            add(word)
            offset += 8
        }
        for lane in 0..<4 { add(lanes[lane]) }
        return Int64(bitPattern: digest)
    }

    private static func rotated(_ lanes: SIMD4<UInt64>) -> SIMD4<UInt64> { lanes &<< 31 | lanes &>> 33 }

    /// - Parameter digest: of the column beside the block; null for blocks of before there was one.
    static func check(
        _ bytes: UnsafeRawBufferPointer, _ statement: borrowing BulkStatement, digest column: Int32, _ what: String
    ) throws {
        guard !statement.isNull(column), statement.integer(column) != of(bytes) else { return }
        throw damaged(what)
    }

    static func damaged(_ what: String) -> StoreError {
        StoreError(code: SQLITE_CORRUPT, message: "\(what) in aura.db is not what was written")
    }
}

/// Times as they stand in rows: nothing that was accepted lies outside of the years 1 to 9999, and what is derived day by
/// day must not be led far away by a damaged one.
enum StoredTime {
    private static let days: ClosedRange<Int64> = -719_162...2_932_896

    static func day(_ value: Int64, _ what: String) throws -> Day {
        guard days.contains(value) else { throw BlockDigest.damaged(what) }
        return Day(rawValue: Int32(value))
    }

    static func milliseconds(_ value: Int64, _ what: String) throws -> Int64 {
        guard (days.lowerBound * 86_400_000..<(days.upperBound + 1) * 86_400_000).contains(value) else {
            throw BlockDigest.damaged(what)
        }
        return value
    }
}

extension BulkStatement {
    func day(_ column: Int32, _ what: String) throws -> Int32 {
        try StoredTime.day(number(column, what), what).rawValue
    }

    func milliseconds(_ column: Int32, _ what: String) throws -> Int64 {
        try StoredTime.milliseconds(number(column, what), what)
    }
}
