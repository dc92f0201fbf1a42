/// Why a request was not answered with a result: what a program branches on, what a person reads, and what to do next.
public struct Problem: Error, Sendable, Equatable {
    /// The closed set of codes that travel. A number is never reused and never changes its meaning.
    public enum Code: Int, Sendable, Equatable, CaseIterable {
        /// The frame does not hold JSON. The connection is closed after it.
        case parseError = -32700
        /// JSON, but not a request.
        case invalidRequest = -32600
        /// No such method.
        case methodNotFound = -32601
        /// A parameter is missing, unknown, of the wrong type or out of range.
        case invalidParams = -32602
        /// A mistake of the daemon's.
        case internalError = -32603
        /// The thing asked for does not exist.
        case notFound = 1
        /// The answer needs data or a model that is not there yet.
        case notReady = 2
        /// The caller's role does not allow it.
        case forbidden = 3
        /// The deadline passed.
        case timeout = 4
        /// It contradicts what is there.
        case conflict = 5
        /// A frame, a request or an answer beyond a limit.
        case tooLarge = 6
        /// A part the answer needs does not work.
        case unavailable = 7
        /// Too much at once; the same request may succeed later.
        case overloaded = 8

        /// The name that travels in `data.kind`.
        public var kind: String {
            switch self {
            case .parseError: "parse_error"
            case .invalidRequest: "invalid_request"
            case .methodNotFound: "method_not_found"
            case .invalidParams: "invalid_params"
            case .internalError: "internal_error"
            case .notFound: "not_found"
            case .notReady: "not_ready"
            case .forbidden: "forbidden"
            case .timeout: "timeout"
            case .conflict: "conflict"
            case .tooLarge: "too_large"
            case .unavailable: "unavailable"
            case .overloaded: "overloaded"
            }
        }
    }

    public var code: Code
    /// What happened, in one lower-case clause without a full stop; values of the caller's are quoted.
    public var message: String
    /// What to do next, or nil when there is nothing to say.
    public var hint: String?
    /// Further facts for programs. The keys `kind` and `hint` are the envelope's and are ignored here.
    public var data: JSONObject

    /// The name of the code, as it travels.
    public var kind: String { code.kind }

    public init(_ code: Code, _ message: String, hint: String? = nil, data: JSONObject = JSONObject()) {
        self.code = code
        self.message = message
        self.hint = hint
        self.data = data
    }
}

extension Problem {
    private static let retryMember = "retry"

    /// The same, saying that the same request will succeed by itself once what hinders it is over, such as a full disk.
    public var passing: Problem {
        var problem = self
        problem.data[Problem.retryMember] = .bool(true)
        return problem
    }

    /// Whether the same request may succeed later.
    public var isPassing: Bool {
        switch code {
        case .notReady, .timeout, .overloaded: true
        default: data[Problem.retryMember]?.boolValue ?? false
        }
    }
}

extension Problem: CustomStringConvertible {
    public var description: String {
        hint.map { "\(kind): \(message) (\($0))" } ?? "\(kind): \(message)"
    }
}

extension Problem {
    /// Writes the `error` member's value: `{"code":…,"message":…,"data":{"kind":…,"hint":…,…}}`.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("code", integer: code.rawValue)
        writer.member("message", text: message)
        writer.key("data")
        writer.beginObject()
        writer.member("kind", text: kind)
        if let hint { writer.member("hint", text: hint) }
        for member in data.members where member.key != "kind" && member.key != "hint" {
            writer.key(text: member.key)
            writer.value(member.value)
        }
        writer.endObject()
        writer.endObject()
    }

    /// Reads the `error` member's value; nil when it is not an error object.
    ///
    /// A code from a later version becomes `internalError`, with the number in `data.code` and the name in `data.kind`.
    public init?(_ value: JSONValue) {
        guard let object = value.objectValue, let number = object["code"]?.integerValue,
            let message = object["message"]?.stringValue
        else { return nil }
        var data = object["data"]?.objectValue ?? JSONObject()
        hint = data["hint"]?.stringValue
        if hint != nil { data["hint"] = nil }
        if let known = Int(exactly: number).flatMap(Code.init(rawValue:)) {
            code = known
            data["kind"] = nil
        } else {
            code = .internalError
            data["code"] = .integer(number)
        }
        self.message = message
        self.data = data
    }
}
