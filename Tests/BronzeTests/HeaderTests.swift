import Bronze
import Records
import RiverTesting
import Testing

/// How a file's columns are recognised, and when a whole drop is refused.
@Suite struct HeaderTests {
    private func columns(_ text: String, _ category: Category = .surveys) throws -> [String] {
        try BlockFeed.rows(Array((text + "\na,b,c,d\n").utf8), category: category).columns
    }

    private func refusal(_ bytes: [UInt8], _ limits: BronzeReader.Limits = .init()) -> DropRefusal? {
        do {
            _ = try BlockFeed.rows(bytes, category: .surveys, limits: limits)
            return nil
        } catch {
            return error as? DropRefusal
        }
    }

    private func refusal(_ text: String) -> DropRefusal? { refusal(Array(text.utf8)) }

    private static let names = ["survey_id", "customer_id", "response_date", "nps_score"]

    @Test(arguments: [
        "survey_id,customer_id,response_date,nps_score", "survey_id;customer_id;response_date;nps_score",
        "survey_id\tcustomer_id\tresponse_date\tnps_score", "survey_id|customer_id|response_date|nps_score",
        "Survey ID,customerId,RESPONSE-DATE,Nps.Score", "\u{FEFF}survey_id,customer_id,response_date,nps_score",
        "\n\r\n\nsurvey_id,customer_id,response_date,nps_score\r",
        "\"survey_id\",\"customer\nid\",response_date,nps_score",
        " survey_id , customer_id,response_date,nps_score ",
    ])
    func namesAndDelimiters(header: String) throws { #expect(try columns(header) == Self.names) }

    @Test func otherColumnsKeepAFoldedName() throws {
        #expect(
            try columns("Nps Score,Survey_ID,Customer ID,Response Date,Größe (cm),,\"a \"\"b\"\"\",2nd")
                == ["nps_score", "survey_id", "customer_id", "response_date", "größe_cm", "column_6", "a_b", "2nd"])
    }

    @Test func theDelimiterIsTheOneThatFindsTheMostColumns() throws {
        #expect(
            try columns("survey_id;customer_id;response_date;nps_score;a,b,c,d,e,f,g,h").prefix(4) == Self.names[...])
    }

    @Test func missingColumnsAndTheirCandidates() throws {
        let refusal = try #require(self.refusal("survey,customer,date,nps_scor,response_dat\n1,2,3,4,5\n"))
        guard case .missingColumns(let missing, let found, let candidates) = refusal else {
            Issue.record("\(refusal)")
            return
        }
        #expect(missing == Self.names)
        #expect(found == ["survey", "customer", "date", "nps_scor", "response_dat"])
        #expect(candidates["nps_score"] == ["nps_scor"])
        #expect(candidates["response_date"]?.first == "response_dat")
        #expect(candidates["survey_id"]?.first == "survey")
        #expect(refusal.description.hasPrefix("line 1: required columns missing: survey_id (nearest: survey"))
        #expect(refusal.description.hasSuffix("found: survey, customer, date, nps_scor, response_dat"))
        let one = self.refusal("survey_id,customer_id,response_date\n")?.description
        #expect(one?.hasPrefix("line 1: required column missing: nps_score") == true)
        let wide = self.refusal((0..<30).map { "x\($0)" }.joined(separator: ",") + "\n")?.description
        #expect(wide?.hasSuffix("x19, …") == true)
    }

    /// Objects that never name a required column are refused as a whole, as a header without it is.
    @Test(arguments: [nil, 40])
    func requiredKeysThatNoObjectHas(blockBytes: Int?) throws {
        func refusal(_ text: String) -> DropRefusal? {
            do {
                try BlockFeed.forEachBatch(
                    Array(text.utf8), category: .surveys, blockBytes: blockBytes, finishes: true
                ) { _ in }
                return nil
            } catch {
                return error as? DropRefusal
            }
        }
        let objects = [
            #"{"survey_id": "a", "Customer": "c1", "response_date": "2024-01-01"}"#,
            #"{"survey_id": "b", "customer": "c2", "nps_scor": 3, "damaged": }"#, #"{"survey_id": "c", "NPS": 3}"#,
        ]
        for text in ["[\(objects.joined(separator: ",\n"))]", objects.joined(separator: "\n") + "\n"] {
            let refusal = try #require(refusal(text))
            guard case .missingKeys(let missing, let found, let candidates) = refusal else {
                Issue.record("\(refusal)")
                return
            }
            #expect(missing == ["customer_id", "nps_score"])
            #expect(found == ["survey_id", "Customer", "response_date", "NPS"])
            #expect(candidates["customer_id"]?.first == "Customer")
            #expect(
                refusal.description.hasPrefix("no object has the required columns customer_id (nearest: Customer"))
            #expect(refusal.description.hasSuffix("; found: survey_id, Customer, response_date, NPS"))
        }
        #expect(refusal("[{}, {}]")?.description.hasSuffix("; found: no keys") == true)
        // One object that has it will do: the others are rejected one by one. No object at all is no reason.
        let whole = #"{"survey_id": "a", "customer_id": "c", "response_date": "2024-01-01", "nps_score": 1}"#
        for text in ["[\(objects[0]), \(whole)]", "[]", "[7]", "[\(whole)] and more"] {
            #expect(refusal(text) == nil, "\(text)")
        }
        #expect(refusal(#"[{"survey_id": "a"}] and more"#) != nil)
    }

    @Test func aColumnThatAppearsTwice() {
        let header = "survey_id,Survey ID,customer_id,response_date,nps_score\n"
        #expect(refusal(header + "s,s,c,2024-01-01,1\nt, t,c,2024-01-01,1\n") == nil)
        #expect(
            refusal(header + "s,s,c,2024-01-01,1\nt,u,c,2024-01-01,1\n")?.description
                == "columns 1 and 2 are both survey_id, and on line 3 they differ; leave one of them out, or give it another name"
        )
        #expect(refusal(header + "s,,c,2024-01-01,1\n") == .repeatedColumn("survey_id", first: 1, second: 2, line: 2))
        // Of columns that are not ours the second is another one.
        let rows = try? BlockFeed.rows(
            Array("survey_id,customer_id,response_date,nps_score,Shoe Size,shoe-size\ns,c,d,1,39,40\n".utf8),
            category: .surveys)
        #expect(rows?.columns.suffix(2) == ["shoe_size", "shoe_size_2"])
        #expect(rows?.rows.first?["shoe_size_2"] == "40")
    }

    @Test(arguments: ["", "\n\n\r\n", "\u{FEFF}", "\u{FEFF}\n"])
    func nothing(text: String) {
        #expect(refusal(text) == .empty)
        #expect(DropRefusal.empty.description == "the file is empty; expected a header line and rows, or JSON")
    }

    @Test func noText() {
        #expect(refusal([0x50, 0x4B, 7, 4, 20, 0]) == .headerNotText(offset: 2))
        #expect(refusal(Array("survey_id,n".utf8) + [0xE4] + Array("me\n".utf8)) == .headerNotUTF8(line: 1))
        #expect(DropRefusal.headerNotUTF8(line: 1).description.contains("Latin-1 or Windows-1252"))
        #expect(DropRefusal.headerNotText(offset: 2).description.contains("byte 2 is no text"))
    }

    @Test func aHeaderThatNeverEnds() {
        let long = [UInt8](repeating: 97, count: 2000)
        for blockBytes in [nil, 64, 500] {
            do {
                _ = try BlockFeed.rows(
                    long + [10], category: .surveys, limits: .init(rowBytesMax: 1000), blockBytes: blockBytes)
                Issue.record("not refused")
            } catch {
                let refusal = error as? DropRefusal
                if blockBytes != nil { #expect(refusal == .headerTooLong(limit: 1000)) }
            }
        }
        #expect(DropRefusal.headerTooLong(limit: 1000).description.contains("within 1000 bytes"))
        #expect(DropRefusal.notJSON(line: 3, detail: "why").description == "line 3: why")
    }

    @Test func blankLinesWithoutEndAreRefusedToo() {
        do {
            _ = try BlockFeed.rows(
                [UInt8](repeating: 10, count: 3000), category: .surveys, limits: .init(rowBytesMax: 1000),
                blockBytes: 100)
            Issue.record("not refused")
        } catch {
            #expect(error as? DropRefusal == .headerTooLong(limit: 1000))
        }
    }

    @Test(arguments: Category.allCases)
    func everyRequiredColumnIsRequired(category: Category) throws {
        let columns = category.columns
        for left in columns {
            let header = columns.map(\.name).filter { $0 != left.name }.joined(separator: ",")
            do {
                _ = try BlockFeed.rows(Array((header + "\n").utf8), category: category)
                #expect(!left.required, "\(left.name)")
            } catch {
                guard case .missingColumns(let missing, _, _)? = error as? DropRefusal else { throw error }
                #expect(missing == [left.name])
                #expect(left.required)
            }
        }
    }
}
