import Bronze
import Records
import RiverTesting
import Testing

/// JSON: arrays of objects and one object after the other.
@Suite struct JSONTests {
    private func read(_ text: String, limits: BronzeReader.Limits = .init()) throws -> BlockFeed.Rows {
        try BlockFeed.rows(Array(text.utf8), category: .surveys, limits: limits)
    }

    private static func object(_ value: String) -> String {
        #"{"survey_id": "s", "comments": \#(value)}"#
    }

    @Test(
        arguments: [
            (#""plain""#, "plain"), (#""""#, nil), ("null", nil), ("12.50", "12.50"), ("-1e3", "-1e3"),
            ("true", "true"),
            ("false", "false"), (#""a\"b\\c\/d""#, "a\"b\\c/d"), (#""\b\f\n\r\tx""#, "\u{8}\u{c}\n\r\tx"),
            (#""\u00e4""#, "ä"),
            (#""\u00E4\u20ac""#, "ä€"), (#""\ud83d\ude00""#, "😀"), (#"{"a": [1, "}"]}"#, #"{"a": [1, "}"]}"#),
            (#"[1, {"b": "]\""}]"#, #"[1, {"b": "]\""}]"#), ("[]", "[]"), (#""ä€😀""#, "ä€😀"), ("0", "0"),
        ] as [(String, String?)])
    func values(json: String, expected: String?) throws {
        for text in [Self.object(json), "[\(Self.object(json))]", "\u{FEFF}[\n\(Self.object(json)) , {}]"] {
            let rows = try read(text)
            #expect(rows.rejects.isEmpty, "\(text)")
            #expect(rows.rows.first?["survey_id"] == "s")
            #expect(rows.rows.first?["comments"] == expected)
        }
    }

    @Test(arguments: [
        "nul", "tru", "'a'", "a", "1 2", #""a" "b""#, #""\x""#, #""\u12""#, #""\u12g4""#, #""\ud83d""#, #""\ud83dx""#,
        #""\ude00""#, #""\ud83d\u0041""#, #""\u0000""#, "\"a\u{1}b\"", "\"a\nb\"", "", ",",
    ])
    func damagedValues(json: String) throws {
        let text = Self.object(json) + "\n" + Self.object("7") + "\n"
        let rows = try read(text)
        #expect(rows.rows.map { $0["comments"] } == ["7"])
        #expect(rows.rejects.first?.line == 1)
        #expect(rows.rejects.allSatisfy { $0.reason.code == "not_a_json_object" })
    }

    /// A file that was cut off between two objects says so, once; one that is whole does not.
    @Test(arguments: [("", 1), (",", 1), ("\n", 1), (#",{"survey_id": "b"#, 1), ("]", 0), (" \n]\n", 0)])
    func aCutArrayIsNoticed(rest: String, rejects: Int) throws {
        let rows = try read("[" + Self.object("7") + rest)
        #expect(rows.rows.map { $0["comments"] } == ["7"])
        #expect(rows.rejects.count == rejects)
        #expect(rows.rejects.allSatisfy { $0.reason.code == "not_a_json_object" })
    }

    /// One damaged object costs itself, wherever the others stand.
    @Test(arguments: [
        #"{"survey_id": x}"#, #"{"survey_id" "a"}"#, #"{survey_id: 1}"#, #"{"survey_id": "a" "b": 1}"#, "7", "[7]",
    ])
    func aDamagedElementCostsItself(damaged: String) throws {
        let good = [Self.object("1"), Self.object("2")]
        for text in [
            "[\(good[0]), \(damaged), \(good[1])]", "[\(good[0]),\(damaged),\(good[1])]",
            "[\n  \(good[0]),\n  \(damaged),\n  \(good[1])\n]", "\(good[0])\n\(damaged)\n\(good[1])\n",
        ] {
            let rows = try read(text)
            #expect(rows.rows.map { $0["comments"] } == ["1", "2"], "\(text)")
            #expect(rows.rejects.count == 1, "\(text)")
        }
    }

    @Test func aDamagedObjectOfSeveralLinesCostsItself() throws {
        let rows = try read(
            """
            [
              {
                "survey_id": "a",
                "comments": oops,
                "nps_score": 5
              },
              {
                "survey_id": "b",
                "comments": "fine"
              }
            ]
            """)
        #expect(rows.rows.map { $0["survey_id"] } == ["b"])
        #expect(rows.lines == [7])
        #expect(rows.rejects.map(\.line) == [2])
    }

    /// An object that never ends costs its line, not the rest of the file.
    @Test func anObjectThatNeverEnds() throws {
        let rows = try read(
            Self.object("1") + "\n{\"survey_id\": {\"a\": 1\n" + Self.object("2") + "\n" + Self.object("3"))
        #expect(rows.rows.map { $0["comments"] } == ["1", "2", "3"])
        #expect(rows.rejects.map(\.line) == [2])
        #expect(try read("{\"survey_id\": \"a").rejects.map(\.reason.code) == ["not_a_json_object"])
        #expect(try read("[{\"survey_id\": 1}, {\"survey_id\"").rejects.count == 1)
    }

    @Test func objectsThatAreTooLong() throws {
        let long = Self.object("\"" + String(repeating: "x", count: 900) + "\"")
        for blockBytes in [nil, 100, 10_000] {
            let rows = try BlockFeed.rows(
                Array((Self.object("1") + "\n" + long + "\n" + Self.object("2") + "\n").utf8), category: .surveys,
                limits: .init(rowBytesMax: 500), blockBytes: blockBytes)
            #expect(rows.rows.map { $0["comments"] }.first == "1")
            #expect(rows.rows.map { $0["comments"] }.last == "2")
            #expect(rows.rejects.first?.line == 2)
            #expect(rows.rejects.first?.reason == .rowTooLong(limit: 500))
        }
    }

    @Test func linesOfObjects() throws {
        let rows = try read(
            "\n\n[\n{\"survey_id\": 1,\n\"comments\": [\n1]}\n,{\"survey_id\": 2} {\"survey_id\": 3}\n]\n")
        #expect(rows.lines == [4, 7, 7])
        #expect(rows.rows.map { $0["survey_id"] } == ["1", "2", "3"])
    }

    @Test func textAfterTheArray() throws {
        let rows = try read("[{\"survey_id\": 1}]\n\n  {\"survey_id\": 2}")
        #expect(rows.rows.count == 1)
        #expect(rows.rejects.map(\.line) == [3])
        #expect(try read("[{\"survey_id\": 1}]\n\n").rejects.isEmpty)
    }

    @Test func keysAreFoldedAndMayComeLate() throws {
        let rows = try read(
            """
            {"SurveyID": "a", "Nps-Score": 5}
            {"shoe size": 39, "survey id": "b", "Shoe_Size": 40, "": 1, "??": 2}
            {"survey_id": "c"}
            """)
        #expect(rows.columns == ["survey_id", "nps_score", "shoe_size", "column_4"])
        #expect(
            rows.rows == [
                ["survey_id": "a", "nps_score": "5"], ["survey_id": "b", "shoe_size": "40", "column_4": "2"],
                ["survey_id": "c"],
            ])
    }

    @Test func anEmptyArrayAndAnEmptyObject() throws {
        #expect(try read("[]") == BlockFeed.Rows())
        #expect(try read("[ ]\n").rejects.isEmpty)
        #expect(try read("[{}, { }]").rows == [[:], [:]])
        #expect(try read("  \n\t[{\"survey_id\": 1}]").rows.count == 1)
    }

    @Test func manyObjects() throws {
        let objects = (0..<40_000).map { "{\"survey_id\":\($0),\"comments\":\"\\u00e4\($0)\"}" }
        let rows = try BlockFeed.rows(
            Array(("[" + objects.joined(separator: ",") + "]").utf8), category: .surveys, blockBytes: 1 << 20)
        #expect(rows.rows.count == 40_000)
        #expect(rows.rows.last == ["survey_id": "39999", "comments": "ä39999"])
        #expect(rows.rejects.isEmpty)
    }

    @Test func textThatIsNotUTF8() throws {
        let bytes =
            Array("{\"survey_id\": \"a\"}\n{\"survey_id\": \"".utf8) + [0xE4]
            + Array("\"}\n{\"survey_id\": \"ä\"}\n".utf8)
        let rows = try BlockFeed.rows(bytes, category: .surveys)
        #expect(rows.rows == [["survey_id": "a"], ["survey_id": "ä"]])
        #expect(rows.rejects.map(\.reason) == [.notUTF8])
        #expect(rows.rejects.map(\.line) == [2])
    }
}
