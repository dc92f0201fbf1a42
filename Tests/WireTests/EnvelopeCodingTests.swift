import Contract
import Testing
import Wire

@Suite struct EnvelopeCodingTests {
    private func decode(_ text: String) throws -> Request { try RequestDecoder().decode(Array(text.utf8)) }

    @Test func takesRequestsAndNotifications() throws {
        #expect(
            try decode("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a.b\",\"params\":{\"x\":[1]}}")
                == Request(id: .integer(1), method: "a.b", params: ["x": [1]]))
        #expect(try decode("{\"method\":\"m\",\"jsonrpc\":\"2.0\"}") == Request(id: nil, method: "m"))
        #expect(try decode("{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}").id == .null)
        #expect(try decode("{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"m\",\"later\":1}").id == .string("x"))
        #expect(try decode("{\"jsonrpc\":\"2.0\",\"id\":1.5,\"method\":\"m\"}").id == .double(1.5))
    }

    static let refused: [(String, Problem.Code, RequestID, Bool)] = [
        ("{", .parseError, .null, true), ("{\"id\":1,\"id\":2}", .parseError, .null, true),
        ("\u{FEFF}{}", .parseError, .null, true),
        ("[]", .invalidRequest, .null, false), ("1", .invalidRequest, .null, false),
        ("{}", .invalidRequest, .null, false),
        ("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"}]", .invalidRequest, .null, false),
        ("{\"jsonrpc\":\"1.0\",\"id\":7,\"method\":\"m\"}", .invalidRequest, .integer(7), false),
        ("{\"jsonrpc\":2.0,\"id\":7,\"method\":\"m\"}", .invalidRequest, .integer(7), false),
        ("{\"id\":7,\"method\":\"m\"}", .invalidRequest, .integer(7), false),
        ("{\"jsonrpc\":\"2.0\",\"id\":7}", .invalidRequest, .integer(7), false),
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":5}", .invalidRequest, .integer(7), false),
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"\"}", .invalidRequest, .integer(7), false),
        ("{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"m\"}", .invalidRequest, .null, false),
        ("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"m\",\"behalf\":{}}", .invalidRequest, .integer(7), false),
        ("{\"jsonrpc\":\"2.0\",\"id\":[1],\"method\":\"m\"}", .invalidRequest, .null, false),
        (
            "{\"jsonrpc\":\"2.0\",\"id\":\"\(String(repeating: "i", count: 1_025))\",\"method\":\"m\"}",
            .invalidRequest, .null, false
        ),
        ("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"m\",\"params\":[1]}", .invalidParams, .string("a"), false),
        ("{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"method\":\"m\",\"params\":null}", .invalidParams, .string("a"), false),
        ("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":3}", .invalidParams, .null, false),
    ]

    @Test(arguments: refused.indices)
    func refusesWhatIsNoRequest(_ index: Int) throws {
        let (text, code, id, closes) = Self.refused[index]
        let refusal = #expect(throws: RequestDecoder.Refusal.self) { try decode(text) }
        #expect(refusal?.problem.code == code)
        #expect(refusal?.id == id)
        #expect(refusal?.closesConnection == closes)
    }

    @Test func refusesMoreValuesThanAllowedWithoutEndingTheConnection() {
        let text = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{\"a\":[1,2,3,4,5,6,7,8,9]}}"
        let refusal = #expect(throws: RequestDecoder.Refusal.self) {
            try RequestDecoder(valuesMax: 10).decode(Array(text.utf8))
        }
        #expect(refusal?.problem.code == .tooLarge)
        #expect(refusal?.closesConnection == false)
    }

    private func body(_ frame: [UInt8]) -> String {
        let length = frame.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        #expect(length == frame.count - 4)
        return String(decoding: frame.dropFirst(4), as: UTF8.self)
    }

    @Test func answersAreGolden() throws {
        for (id, text) in [
            (RequestID.integer(0), "0"), (.integer(9), "9"), (.integer(10), "10"), (.integer(123_456_789), "123456789"),
            (.integer(1_000_000_000), "1000000000"), (.integer(-5), "-5"), (.string("é\n"), "\"é\\n\""),
            (.null, "null"),
            (.double(0.5), "0.5"),
        ] {
            var bytes: [UInt8] = []
            try ResponseEncoder.append(result: Array("{\"a\":1}".utf8), id: id, to: &bytes, bodyBytesMax: 1_000)
            #expect(body(bytes) == "{\"jsonrpc\":\"2.0\",\"id\":\(text),\"result\":{\"a\":1}}")
        }
        var bytes: [UInt8] = []
        ResponseEncoder.append(Problem(.notReady, "no data yet"), id: .integer(3), to: &bytes, bodyBytesMax: 1_000)
        #expect(
            body(bytes) == "{\"jsonrpc\":\"2.0\",\"id\":3,\"error\":"
                + "{\"code\":2,\"message\":\"no data yet\",\"data\":{\"kind\":\"not_ready\"}}}")
        bytes = []
        try ResponseEncoder.append(notification: "alert", params: Array("{}".utf8), to: &bytes, bodyBytesMax: 1_000)
        #expect(body(bytes) == "{\"jsonrpc\":\"2.0\",\"method\":\"alert\",\"params\":{}}")
        bytes = []
        let open = ResponseEncoder.begin(id: .integer(1), in: &bytes)
        try ResponseEncoder.end(open, in: &bytes, bodyBytesMax: 1_000)
        #expect(body(bytes).hasSuffix("\"result\":null}"))
    }

    @Test func errorsShrinkUntilTheyFit() {
        let problem = Problem(
            .conflict, String(repeating: "m", count: 300), data: ["x": .string(String(repeating: "d", count: 500))])
        for (maximum, needle) in [(2_000, "ddd"), (450, "mmm"), (256, "\"message\":\"conflict\"")] {
            var bytes: [UInt8] = []
            ResponseEncoder.append(problem, id: .string("i"), to: &bytes, bodyBytesMax: maximum)
            #expect(body(bytes).contains(needle))
            #expect(bytes.count <= maximum + 4)
        }
        var bytes: [UInt8] = []
        let id = RequestID.string(String(repeating: "i", count: 400))
        ResponseEncoder.append(problem, id: id, to: &bytes, bodyBytesMax: 256)
        #expect(body(bytes).contains("\"id\":null"))
    }

    @Test func clientsReadWhatServersWrite() throws {
        var bytes: [UInt8] = []
        try ResponseEncoder.append(result: Array("[1, 2]".utf8), id: .integer(42), to: &bytes, bodyBytesMax: 1_000)
        #expect(
            try ResponseDecoder.decode(Array(bytes.dropFirst(4)))
                == .response(Response(id: .integer(42), outcome: .result(Array("[1, 2]".utf8)))))
        bytes = []
        let problem = Problem(.timeout, "late", hint: "wait")
        ResponseEncoder.append(problem, id: .string("a"), to: &bytes, bodyBytesMax: 1_000)
        #expect(
            try ResponseDecoder.decode(Array(bytes.dropFirst(4)))
                == .response(Response(id: .string("a"), outcome: .problem(problem))))
        bytes = []
        try ResponseEncoder.append(notification: "n", params: Array("{\"a\":1}".utf8), to: &bytes, bodyBytesMax: 1_000)
        #expect(
            try ResponseDecoder.decode(Array(bytes.dropFirst(4)))
                == .notification(method: "n", params: Array("{\"a\":1}".utf8)))
        // Another server's spelling.
        let foreign = " { \"result\" : {\"x\": 1} , \"id\" : 5, \"jsonrpc\" : \"2.0\" } "
        #expect(
            try ResponseDecoder.decode(Array(foreign.utf8))
                == .response(Response(id: .integer(5), outcome: .result(Array("{\"x\": 1}".utf8)))))
        for text in [
            "{}", "x", "{\"jsonrpc\":\"2.0\"}", "{\"jsonrpc\":\"2.0\",\"id\":1}",
            "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":3}",
        ] {
            #expect(throws: ResponseDecoder.Violation.self) { try ResponseDecoder.decode(Array(text.utf8)) }
        }
    }

    @Test func mutatedRequestsAreTakenOrRefused() throws {
        var generator = SeededGenerator(seed: 7)
        let text = Array(
            "{\"jsonrpc\":\"2.0\",\"id\":12,\"method\":\"clients.list\",\"params\":{\"limit\":50,\"where\":[\"a<1\"]}}"
                .utf8)
        let decoder = RequestDecoder()
        var taken = 0
        for _ in 0..<40_000 {
            var mutated = text
            for _ in 0...Int.random(in: 0..<2, using: &generator) {
                mutated[Int.random(in: 0..<mutated.count, using: &generator)] = UInt8.random(
                    in: 0...255, using: &generator)
            }
            if (try? decoder.decode(mutated)) != nil { taken += 1 }
            _ = try? ResponseDecoder.decode(mutated)
        }
        #expect(taken > 100 && taken < 40_000)
    }
}
