import Bronze
import Records
import RiverTesting
import Testing

/// Files as other programs write them: what is read without a word, and what is refused by its name.
@Suite struct FoundFilesTests {
    private static let header = "survey_id,customer_id,response_date,nps_score,comments"

    private func rows(_ text: String, blockBytes: Int? = nil) throws -> BlockFeed.Rows {
        try BlockFeed.rows(Array(text.utf8), category: .surveys, blockBytes: blockBytes)
    }

    private func refusal(_ bytes: [UInt8]) -> DropRefusal? {
        do {
            _ = try BlockFeed.rows(bytes, category: .surveys)
            return nil
        } catch {
            return error as? DropRefusal
        }
    }

    @Test(arguments: [nil, 1, 7, 64] as [Int?])
    func blanksAroundValues(blockBytes: Int?) throws {
        let text =
            "survey_id , customer_id,\tresponse_date,nps_score, comments\n"
            + " s1,\tc 1 , 2024-01-01 ,5 , so so \r\n"
            + "\"s2\" , \"c2\",\" 2024-01-01\",5,\"  kept \"\n"
            + "   \n \t \r\n"
            + "s3,c3,2024-01-01,5, \"said \"\"no\"\", and went\" "
        let read = try rows(text, blockBytes: blockBytes)
        #expect(read.rejects.isEmpty)
        #expect(read.rows.map { $0["survey_id"] } == ["s1", "s2", "s3"])
        #expect(read.rows.map { $0["customer_id"] } == ["c 1", "c2", "c3"])
        #expect(read.rows.map { $0["comments"] } == ["so so", "  kept ", "said \"no\", and went"])
        #expect(read.lines == [2, 3, 6])
    }

    @Test func blanksAroundTextsOfJSON() throws {
        let read = try rows(#"[{"survey_id": " s1\t", "customer_id": "c 1 ", "comments": "\u0020so so\n"}]"#)
        #expect(read.rows == [["survey_id": "s1", "customer_id": "c 1", "comments": "so so"]])
    }

    /// Values of a file of tabs that are nothing stay where they are.
    @Test func tabsThatDelimit() throws {
        let read = try rows(Self.header.replacing(",", with: "\t") + "\ns1\tc\t2024-01-01\t\t x \n\t\t\t\t\n")
        #expect(
            read.rows == [
                ["survey_id": "s1", "customer_id": "c", "response_date": "2024-01-01", "comments": "x"], [:],
            ])
    }

    @Test(arguments: [
        "NULL", "null", "None", "NaN", "nan", "NaT", "N/A", "n/a", "-", "\\N", "<NA>", "#N/A", "\"NULL\"", " None ",
        "\" \"",
    ])
    func wordsForNothing(word: String) throws {
        let read = try rows(Self.header + "\ns1,c,2024-01-01,5,\(word)\n\(word),c,2024-01-01,5,x\n")
        #expect(read.rows.first?["comments"] == (word == "\" \"" ? " " : nil))
        if word != "\" \"" { #expect(read.rows.last?["survey_id"] == nil) }
        let text = word.replacing("\"", with: "").replacing("\\", with: "\\\\")
        #expect(try rows("{\"survey_id\": \"s1\", \"comments\": \"\(text)\"}").rows == [["survey_id": "s1"]])
    }

    @Test(arguments: ["NA", "nothing", "Nat", "--", "-5", "\\n", "nulls", "n", "Nan Goldin", "<na"])
    func wordsThatMeanSomething(word: String) throws {
        #expect(try rows(Self.header + "\ns1,c,2024-01-01,5,\(word)\n").rows.first?["comments"] == word)
    }

    @Test func aDelimiterTooManyAtTheEnd() throws {
        let read = try rows(Self.header + "\ns1,c,d,5,x,\ns2,c,d,5,, \r\ns3,c,d,5,x,y,\ns4,c,d,5,x,\"\"\n,s5,c,d,5,x\n")
        #expect(read.rows.map { $0["survey_id"] } == ["s1", "s2"])
        #expect(read.rejects.map(\.line) == [4, 5, 6])
        // In the header and not in the rows, and in both.
        let named = try rows(Self.header + ",\ns1,c,d,5,x\ns2,c,d,5,x,\ns3,c,d,5\n")
        #expect(named.rows.map { $0["comments"] } == ["x", "x"])
        #expect(named.rejects.map(\.line) == [4])
    }

    @Test(arguments: [("sep=;", ";"), ("SEP=|\r", "|"), ("\"sep=,\"", ","), ("sep=\t", "\t"), ("\u{FEFF}sep=^", "^")])
    func theLineThatNamesTheDelimiter(line: String, delimiter: String) throws {
        let text = [line, Self.header, "s1,c,d,5,x"].map { $0.replacing(",", with: delimiter) }
        for blockBytes in [nil, 3] {
            let read = try rows(line + "\n" + text[1] + "\n" + text[2] + "\n", blockBytes: blockBytes)
            #expect(read.rows.map { $0["comments"] } == ["x"])
            #expect(read.lines == [3])
        }
    }

    @Test(arguments: [nil, 1, 5, 64] as [Int?])
    func linesThatEndWithACarriageReturnAlone(blockBytes: Int?) throws {
        let text = Self.header + "\rs1,c,d,5,x\r\rs2,c,d,5,\"two\rlines\"\rs3,c,d\r,c,d,5,\"\"\rs5,c,d,5,last"
        let read = try rows(text, blockBytes: blockBytes)
        #expect(read.rows.map { $0["comments"] } == ["x", "two\rlines", nil, "last"])
        #expect(read.lines == [2, 4, 7, 8])
        #expect(read.rejects.map(\.line) == [6])
        // Twice before a line feed, it is one end.
        let twice = try rows(Self.header + "\r\r\ns1,c,d,5,x\r\n", blockBytes: blockBytes)
        #expect(twice.rows.map { $0["survey_id"] } == ["s1"])
    }

    @Test func aHeaderOnceMore() throws {
        let batchHeader = Array(Self.header.utf8).withUnsafeBufferPointer { BronzeBatch.Header(names: [], line: $0) }
        #expect(
            batchHeader.isRepeated(in: Array("\u{FEFF}Survey_ID,customer_id,response_date,nps_score,comments \r".utf8)))
        #expect(!batchHeader.isRepeated(in: Array("survey_id,customer_id,response_date,nps_score".utf8)))
        #expect(!BronzeBatch.Header(names: []).isRepeated(in: []))
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE] + Array("s\0u\0r\0v\0".utf8), "UTF-16"),
            ([0xFE, 0xFF] + Array("\0s\0u\0r\0v".utf8), "UTF-16"),
            (Array("s\0u\0r\0v\0e\0y\0".utf8), "UTF-16"), (Array("\0s\0u\0r\0v\0e\0y".utf8), "UTF-16"),
            ([0xFF, 0xFE, 0, 0, 115, 0, 0, 0], "UTF-32"),
            ([0x50, 0x4B, 3, 4] + Array("\u{14}\0\u{6}\0[Content_Types].xml".utf8), ".xlsx"),
            (
                [0x50, 0x4B, 3, 4] + Array("\u{14}\0mimetypeapplication/vnd.oasis.opendocument.spreadsheet".utf8),
                ".ods"
            ),
            ([0x50, 0x4B, 3, 4] + Array("\u{14}\0answers.csv".utf8), "zip"),
            ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], ".xls"), (Array("%PDF-1.7\n".utf8), "PDF"),
            (Array("\n<!DOCTYPE html><html>".utf8), "web page"), (Array("<?xml version=\"1.0\"?>".utf8), "XML"),
            (Array("PAR1\u{15}\0".utf8), "Parquet"), (Array("SQLite format 3\0".utf8), "SQLite"),
        ] as [([UInt8], String)])
    func otherFormats(bytes: [UInt8], name: String) throws {
        for rest in [0, 2_000] {
            guard case .otherFormat(let text, _)? = refusal(bytes + [UInt8](repeating: 7, count: rest)) else {
                Issue.record("\(name) is not told")
                continue
            }
            #expect(text.contains(name))
            #expect(text.hasPrefix("the file is "))
        }
    }

    /// A value longer than a row may be is one row and one reject, whatever the blocks, and is called that.
    @Test(arguments: [100, 128 * 1024])
    func aValueThatIsTooLong(blockBytes: Int) throws {
        let limits = BronzeReader.Limits(rowBytesMax: 5_000)
        let long = String(repeating: "word ", count: 60_000)
        let text = Self.header + "\ns1,c,d,5,x\ns2,c,d,5,\"\(long)\"\ns3,c,d,5,x\n"
        let read = try BlockFeed.rows(Array(text.utf8), category: .surveys, limits: limits, blockBytes: blockBytes)
        #expect(read.rows.map { $0["survey_id"] } == ["s1", "s3"])
        #expect(read.rejects.map(\.line) == [3])
        #expect(read.rejects.allSatisfy { $0.reason == .tooLong(limit: 5_000) && $0.column == "comments" })
    }

    @Test(arguments: [nil, 1, 50] as [Int?])
    func aLineThatWasCutOff(blockBytes: Int?) throws {
        for cut in [
            #"{"survey_id": "b", "comments": "x""#, #"{"survey_id": "b", "comments":"#, #"{"survey_id": "b","#,
            #"{"survey_id": "b", "comments": {"a": 1"#, #"{"survey_id": "b", "comm"#, "{",
        ] {
            let text =
                "{\"survey_id\": \"a\"},\n\(cut)\n{\"survey_id\": \"c\"}\n\n{\"survey_id\": \"d\", \"nps_score\": NaN}\n"
            let read = try rows(text, blockBytes: blockBytes)
            #expect(read.rows.map { $0["survey_id"] } == ["a", "c", "d"], "\(cut)")
            #expect(read.rejects.map(\.line) == [2], "\(cut)")
            #expect(String(decoding: read.rejects.first?.raw ?? [], as: UTF8.self) == cut)
        }
    }

    /// Objects of several lines, one after the other: a mistake costs the one that it is in.
    @Test func aMistakeInAnObjectOfSeveralLines() throws {
        let read = try rows("{\n  \"survey_id\": \"a\",\n  \"comments\": oops\n}\n{\n  \"survey_id\": \"b\"\n}\n")
        #expect(read.rows.map { $0["survey_id"] } == ["b"])
        #expect(read.rejects.map(\.line) == [1])
    }

    @Test func idsOfJSON() throws {
        let read = try rows(
            """
            {"survey_id": 42.0, "customer_id": "42.0"}
            {"survey_id": true, "customer_id": 1}
            {"survey_id": "a", "customer_id": {"id": 1}}
            {"survey_id": "b", "customer_id": [1]}
            {"survey_id": 1.50, "customer_id": 123456789012345678901}
            {"survey_id": "c", "survey_id": "c", "comments": "x", "comments": "y"}
            """)
        #expect(read.rows.map { $0["survey_id"] } == ["42", "1.50"])
        #expect(read.rows.map { $0["customer_id"] } == ["42.0", "123456789012345678901"])
        #expect(read.rejects.map(\.line) == [2, 3, 4, 6])
        #expect(read.rejects.map(\.column) == ["survey_id", "customer_id", "customer_id", "comments"])
        #expect(
            read.rejects.map(\.reason).prefix(3) == [
                .notAnID("true or false"), .notAnID("an object"), .notAnID("a list"),
            ])
    }
}
