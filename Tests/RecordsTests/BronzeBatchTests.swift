import Records
import Testing

@Suite struct BronzeBatchTests {
    /// Rows and bytes stay what they are while the memory grows.
    @Test func growing() {
        let batch = BronzeBatch(byteCapacity: 8)
        batch.columnCount = 3
        for row in 0..<20_000 {
            let text = Array("\(row),\(row * 2),x".utf8)
            batch.reserveBytes(batch.byteCount + text.count)
            batch.reserveRows(1)
            let start = batch.byteCount
            for (offset, byte) in text.enumerated() { batch.bytes[start + offset] = byte }
            batch.byteCount += text.count
            var at = UInt32(start)
            for (column, field) in text.split(separator: 44).enumerated() {
                batch.spans[row * 3 + column] = FieldSpan(start: at, end: at + UInt32(field.count))
                at += UInt32(field.count) + 1
            }
            batch.rows[row] = FieldSpan(start: UInt32(start), end: UInt32(batch.byteCount))
            batch.lines[row] = UInt32(row + 2)
            batch.rowCount += 1
        }
        for row in [0, 1, 4095, 4096, 10_922, 10_923, 19_999] {
            #expect((0..<3).map { batch.text(row: row, column: $0) } == ["\(row)", "\(row * 2)", "x"])
            #expect(batch.raw(row: row) == Array("\(row),\(row * 2),x".utf8))
            #expect(batch.lines[row] == UInt32(row + 2))
        }
        batch.moveRow(from: 19_999, to: 0)
        #expect(batch.text(row: 0, column: 0) == "19999")
        #expect(batch.lines[0] == 20_001)
        // Bytes behind those in use can be read.
        #expect(batch.bytes[batch.byteCapacity + BronzeBatch.slack - 1] == 0)
        batch.reject(line: 1, .missing, from: 0, to: 0)
        batch.clearRows()
        #expect(batch.rowCount == 0)
        #expect(batch.rejects.isEmpty)
    }

    @Test func rawTextIsCut() {
        let batch = BronzeBatch()
        batch.columnCount = 1
        batch.reserveBytes(200_000)
        batch.byteCount = 200_000
        batch.rows[0] = FieldSpan(start: 0, end: 200_000)
        #expect(batch.raw(row: 0).count == Reject.rawLimit)
    }
}
