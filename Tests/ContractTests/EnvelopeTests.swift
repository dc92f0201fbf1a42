import Contract
import Testing

@Suite struct EnvelopeTests {
    /// Numbers and names that travel: a change here breaks every client there is.
    @Test func codesAndKindsAreGolden() {
        let golden: [(Int, String)] = [
            (-32700, "parse_error"), (-32600, "invalid_request"), (-32601, "method_not_found"),
            (-32602, "invalid_params"), (-32603, "internal_error"), (1, "not_found"), (2, "not_ready"),
            (3, "forbidden"),
            (4, "timeout"), (5, "conflict"), (6, "too_large"), (7, "unavailable"), (8, "overloaded"),
        ]
        #expect(Problem.Code.allCases.count == golden.count)
        for (number, kind) in golden { #expect(Problem.Code(rawValue: number)?.kind == kind) }
    }

    private func text(_ problem: Problem) -> String {
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes) { writer in problem.write(to: &writer) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func problemsAreGoldenAndReadBack() throws {
        let problem = Problem(.notFound, "no client \"C1\"", hint: "see aurac clients", data: ["customer_id": "C1"])
        let written = text(problem)
        #expect(
            written == "{\"code\":1,\"message\":\"no client \\\"C1\\\"\",\"data\":"
                + "{\"kind\":\"not_found\",\"hint\":\"see aurac clients\",\"customer_id\":\"C1\"}}")
        #expect(Problem(try JSONReader().read(written)) == problem)
        #expect(
            text(Problem(.overloaded, "busy")) == "{\"code\":8,\"message\":\"busy\",\"data\":{\"kind\":\"overloaded\"}}"
        )
        #expect(Problem(.timeout, "m", data: ["kind": "x", "hint": "y"]).description == "timeout: m")
        #expect(!text(Problem(.timeout, "m", data: ["kind": "x"])).contains("\"x\""))
    }

    @Test func codesOfLaterVersionsKeepTheirNumberAndName() throws {
        let value = try JSONReader().read("{\"code\":99,\"message\":\"later\",\"data\":{\"kind\":\"new_kind\"}}")
        let problem = try #require(Problem(value))
        #expect(problem.code == .internalError)
        #expect(problem.data["code"] == 99)
        #expect(problem.data["kind"] == "new_kind")
        #expect(Problem(try JSONReader().read("{\"message\":\"m\"}")) == nil)
        #expect(Problem("text") == nil)
    }

    @Test func requestsAreGolden() {
        func text(_ request: Request) -> String {
            var bytes: [UInt8] = []
            JSONWriter.append(to: &bytes) { writer in request.write(to: &writer) }
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(
            text(Request(id: .integer(1), method: "clients.get", params: ["customer_id": "C1"]))
                == "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"clients.get\",\"params\":{\"customer_id\":\"C1\"}}")
        #expect(text(Request(id: nil, method: "m")) == "{\"jsonrpc\":\"2.0\",\"method\":\"m\"}")
        #expect(text(Request(id: .null, method: "m")) == "{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"m\"}")
        #expect(text(Request(id: .string("a\"b"), method: "m")).contains("\"id\":\"a\\\"b\""))
        #expect(text(Request(id: .double(1.5), method: "m")).contains("\"id\":1.5"))
    }

    @Test func objectsKeepOrderAndFindMembers() {
        var object: JSONObject = ["b": 1, "a": 2, "b": 3]
        #expect(object.members.map(\.key) == ["b", "a"])
        #expect(object["b"] == 3)
        object["b"] = nil
        object["c"] = 4
        #expect(object.members.map(\.key) == ["a", "c"])
        for number in 0..<100 { object["k\(number)"] = .integer(Int64(number)) }
        #expect(object["k99"] == 99)
        object["a"] = nil
        #expect(object["k99"] == 99)
        #expect(object["a"] == nil)
        #expect(object.count == 101)
        #expect(JSONValue.double(3).integerValue == 3)
        #expect(JSONValue.double(3.5).integerValue == nil)
        #expect(JSONValue.integer(3).doubleValue == 3)
    }
}
