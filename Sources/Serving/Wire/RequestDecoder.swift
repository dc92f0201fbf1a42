public import Contract

/// Reads a frame body as one JSON-RPC 2.0 request.
public struct RequestDecoder: Sendable {
    /// The default ceiling of JSON values in one request. Bulk content travels as one string, so an honest request has
    /// few; without it a frame of the largest size could become twenty times its size in memory.
    public static let valuesMaxDefault = 1 << 14

    /// The longest id in bytes of its text.
    public static let idBytesMax = 1_024

    private let reader: JSONReader

    public init(depthMax: Int = 128, valuesMax: Int = RequestDecoder.valuesMaxDefault) {
        reader = JSONReader(limits: JSONReader.Limits(depthMax: depthMax, valuesMax: valuesMax))
    }

    /// A body that is no request, and how to answer it.
    public struct Refusal: Error, Sendable, Equatable {
        /// The request's id as far as it could be told, else `.null`.
        public let id: RequestID
        public let problem: Problem
        /// Whether the connection ends: after JSON that cannot be read, nothing later can be trusted.
        public let closesConnection: Bool

        public init(id: RequestID, problem: Problem, closesConnection: Bool) {
            self.id = id
            self.problem = problem
            self.closesConnection = closesConnection
        }
    }

    /// The request in a body.
    public func decode(_ body: UnsafeBufferPointer<UInt8>) throws(Refusal) -> Request {
        let value: JSONValue
        do {
            value = try reader.read(body)
        } catch {
            throw Self.refusal(of: error)
        }
        return try Self.request(value)
    }

    /// The request in a body.
    public func decode(_ body: [UInt8]) throws(Refusal) -> Request {
        try body.withUnsafeBufferPointer { buffer throws(Refusal) in try decode(buffer) }
    }

    private static func refusal(of error: JSONError) -> Refusal {
        if case .tooManyValues = error.kind {
            // The framing is sound and the text may well be JSON: only this request is refused.
            let problem = Problem(
                .tooLarge, "the request has \(error.description)", hint: "send bulk content as one string, or in parts")
            return Refusal(id: .null, problem: problem, closesConnection: false)
        }
        let problem = Problem(
            .parseError, "the frame is not JSON: \(error.description)",
            hint: "send one JSON object in UTF-8 per frame", data: ["offset": .integer(Int64(error.offset))])
        return Refusal(id: .null, problem: problem, closesConnection: true)
    }

    private static func request(_ value: JSONValue) throws(Refusal) -> Request {
        guard case .object(let object) = value else {
            let hint =
                value.arrayValue == nil
                ? "send {\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"…\",\"params\":{…}}"
                : "batches are not supported: send each request in a frame of its own, without waiting"
            throw invalid("a request is a JSON object, not \(article(value))", id: .null, hint: hint)
        }
        // The id first, so that every later refusal can name the request.
        var id: RequestID?
        if let given = object["id"] {
            guard let usable = RequestID(given) else {
                throw invalid("\"id\" is a string, a number or null, not \(article(given))", id: .null)
            }
            if case .string(let text) = usable, text.utf8.count > idBytesMax {
                throw invalid("\"id\" has more than \(idBytesMax) bytes", id: .null)
            }
            id = usable
        }
        let answerID = id ?? .null
        guard object["jsonrpc"] == .string("2.0") else {
            throw invalid("\"jsonrpc\" has to be \"2.0\"", id: answerID)
        }
        guard let method = object["method"]?.stringValue, !method.isEmpty else {
            throw invalid("\"method\" has to be the name of a method", id: answerID)
        }
        // Passed over it would be answered for the gateway itself, which may do more.
        guard object["behalf"] == nil else {
            throw invalid("\"behalf\" is a member of \"params\", not of the request", id: answerID)
        }
        switch object["params"] {
        case nil: return Request(id: id, method: method)
        case .object(let params): return Request(id: id, method: method, params: params)
        case .some(let other):
            let problem = Problem(
                .invalidParams, "\"params\" has to be an object, not \(article(other))",
                hint: "parameters are passed by name")
            throw Refusal(id: answerID, problem: problem, closesConnection: false)
        }
    }

    private static func invalid(_ message: String, id: RequestID, hint: String? = nil) -> Refusal {
        Refusal(id: id, problem: Problem(.invalidRequest, message, hint: hint), closesConnection: false)
    }

    private static func article(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .array, .object: "an \(value.typeName)"
        default: "a \(value.typeName)"
        }
    }
}
