public import Contract

/// Reads frame bodies as answers and notifications, for clients.
public enum ResponseDecoder {
    /// A body that is neither an answer nor a notification.
    public struct Violation: Error, Sendable, Equatable, CustomStringConvertible {
        public let description: String

        public init(_ description: String) { self.description = description }
    }

    private static let prefix = Array("{\"jsonrpc\":\"2.0\",\"id\":".utf8)
    private static let resultKey = Array(",\"result\":".utf8)

    /// The message in a body. Raw parts keep the daemon's bytes.
    public static func decode(_ body: UnsafeBufferPointer<UInt8>) throws(Violation) -> ServerMessage {
        if let quick = ownResult(body) { return .response(quick) }
        let members: [JSONReader.RawMember]
        do {
            members = try JSONReader().members(of: body)
        } catch {
            throw Violation("the daemon sent a frame that is not JSON: \(error)")
        }
        var fields: [String: Range<Int>] = [:]
        for member in members { fields[member.key] = member.value }
        guard let version = try fields["jsonrpc"].map({ range throws(Violation) in try value(body, range) }),
            version == .string("2.0")
        else { throw Violation("the daemon sent a frame without \"jsonrpc\":\"2.0\"") }
        if let range = fields["method"] {
            guard case .string(let method) = try value(body, range) else {
                throw Violation("the daemon sent a notification whose \"method\" is no string")
            }
            return .notification(method: method, params: fields["params"].map { copy(body, $0) } ?? Array("{}".utf8))
        }
        guard let idRange = fields["id"], let id = RequestID(try value(body, idRange)) else {
            throw Violation("the daemon sent an answer without a usable \"id\"")
        }
        if let range = fields["result"] {
            return .response(Response(id: id, outcome: .result(copy(body, range))))
        }
        guard let range = fields["error"], let problem = Problem(try value(body, range)) else {
            throw Violation("the daemon sent an answer with neither a result nor an error")
        }
        return .response(Response(id: id, outcome: .problem(problem)))
    }

    /// The message in a body.
    public static func decode(_ body: [UInt8]) throws(Violation) -> ServerMessage {
        try body.withUnsafeBufferPointer { buffer throws(Violation) in try decode(buffer) }
    }

    /// The form `ResponseEncoder` writes, `result` last by the protocol: found without walking over the result, which
    /// whoever reads it checks.
    private static func ownResult(_ body: UnsafeBufferPointer<UInt8>) -> Response? {
        guard body.count > prefix.count + resultKey.count + 2, body[body.count - 1] == 0x7D, starts(body, 0, prefix)
        else { return nil }
        var position = prefix.count
        var id: Int64 = 0
        let first = position
        while position < body.count, body[position] &- 0x30 < 10, position - first < 18 {
            id = id * 10 + Int64(body[position] &- 0x30)
            position += 1
        }
        guard position > first, starts(body, position, resultKey) else { return nil }
        position += resultKey.count
        guard position < body.count - 1 else { return nil }
        return Response(id: .integer(id), outcome: .result(copy(body, position..<(body.count - 1))))
    }

    private static func starts(_ body: UnsafeBufferPointer<UInt8>, _ offset: Int, _ text: [UInt8]) -> Bool {
        guard offset + text.count <= body.count else { return false }
        for index in 0..<text.count where body[offset + index] != text[index] { return false }
        return true
    }

    private static func copy(_ body: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [UInt8] {
        Array(UnsafeBufferPointer(rebasing: body[range]))
    }

    private static func value(
        _ body: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) throws(Violation) -> JSONValue {
        do {
            return try JSONReader().read(UnsafeBufferPointer(rebasing: body[range]))
        } catch {
            throw Violation("the daemon sent a frame that is not JSON: \(error)")
        }
    }
}
