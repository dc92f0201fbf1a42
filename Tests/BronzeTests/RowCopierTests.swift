import Bronze
import Records
import RiverTesting
import Testing

/// Rows that are given back as they came.
@Suite struct RowCopierTests {
    private func copy(
        _ bytes: [UInt8], _ wanted: RowCopier.Wanted, skipping: Int = 0, bytesMax: Int = 1 << 20,
        blockBytes: Int = 1 << 20,
        limits: BronzeReader.Limits = .init()
    ) throws -> (bytes: [UInt8], copier: RowCopier) {
        var copier = RowCopier(
            category: .surveys, limits: limits, wanted: wanted, skipping: skipping, bytesMax: bytesMax)
        var result: [UInt8] = []
        let batch = BronzeBatch(byteCapacity: blockBytes + BronzeReader.headroom)
        var at = 0
        repeat {
            let count = min(blockBytes, bytes.count - at)
            for offset in 0..<count { batch.bytes[BronzeReader.headroom + offset] = bytes[at + offset] }
            batch.byteCount = BronzeReader.headroom + count
            at += count
            copier.begin(batch, dataStart: BronzeReader.headroom, isLast: at == bytes.count)
            while try copier.copy(batch, to: &result) {}
        } while at < bytes.count && !copier.isDone
        return (result, copier)
    }

    private static let head = Array("\u{FEFF}sep=;\r\nsurvey_id;customer_id;response_date;nps_score;comments\r\n".utf8)

    @Test(arguments: [1, 50, 1 << 20])
    func delimitedText(blockBytes: Int) throws {
        let latin = Array("s2;c;d;5;Geb".utf8) + [0xFC] + Array("hr".utf8)
        let rows: [[UInt8]] = [
            Array("s1;c;d;5;x".utf8), latin, Array("\"s3\" ; c;d;5;\"two\r\nlines; \"\"so\"\"\" ".utf8),
            Array("short".utf8),
            Array("s5;c;d;5;\"never closed".utf8), Array("s6;c;d;5;x".utf8), Array("s7;c;d;5;x;".utf8),
        ]
        let file = Self.head + rows.joined(separator: Array("\r\n".utf8))
        let lines = [3, 4, 5, 7, 8, 9, 10]
        for picked in [[1], [1, 2, 3, 4], [0, 5, 6], [6], Array(0..<7)] {
            var wanted = RowCopier.Wanted()
            for row in picked { wanted.insert(line: lines[row], raw: rows[row]) }
            let (bytes, copier) = try copy(file, wanted, blockBytes: blockBytes)
            #expect(bytes == Self.head + picked.flatMap { rows[$0] + [13, 10] }, "\(picked)")
            #expect(copier.copied == picked.count)
            #expect(!copier.isFull)
            // Piece by piece it is the same.
            var joined: [UInt8] = []
            var skipping = 0
            while true {
                let piece = try copy(file, wanted, skipping: skipping, bytesMax: 1, blockBytes: blockBytes)
                joined += piece.bytes
                skipping += piece.copier.copied
                if !piece.copier.isFull { break }
                #expect(piece.copier.copied == 1)
            }
            #expect(joined == bytes)
        }
        var stretch = RowCopier.Wanted()
        stretch.insert(4...5)
        stretch.insert(9...9)
        #expect(
            try copy(file, stretch, blockBytes: blockBytes).bytes == Self.head
                + [1, 2, 5].flatMap { rows[$0] + [13, 10] })
    }

    /// Several objects on one line: those that are wanted and no others, each a line.
    @Test(arguments: [7, 1 << 20])
    func objects(blockBytes: Int) throws {
        let text =
            "[{\"survey_id\": 1}, {\"survey_id\": 2,\n \"comments\": \"x\"}, {\"survey_id\": x}, {\"survey_id\": 3}]"
        var wanted = RowCopier.Wanted()
        wanted.insert(line: 1, raw: Array("{\"survey_id\": 2,\n \"comments\": \"x\"}".utf8))
        wanted.insert(line: 2, raw: Array("{\"survey_id\": x}, ".utf8))
        let (bytes, copier) = try copy(Array(text.utf8), wanted, blockBytes: blockBytes)
        #expect(
            String(decoding: bytes, as: UTF8.self) == "{\"survey_id\": 2,  \"comments\": \"x\"}\n{\"survey_id\": x}, \n"
        )
        #expect(copier.copied == 2)
    }

    @Test func aRowWithoutEnd() throws {
        let long = String(repeating: "x", count: 3_000)
        let file = Self.head + Array("s1;c;d;5;\(long)\r\ns2;c\r\n".utf8)
        var wanted = RowCopier.Wanted()
        wanted.insert(3...4)
        let (bytes, copier) = try copy(file, wanted, blockBytes: 400, limits: .init(rowBytesMax: 500))
        #expect(bytes == Self.head + Array("s2;c\r\n".utf8))
        #expect(copier.leftOut == 1)
    }
}
