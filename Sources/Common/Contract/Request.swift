/// One JSON-RPC 2.0 call, or a notification when it has no id.
public struct Request: Sendable, Equatable {
    /// What the answer is matched by; nil for a notification, which is not answered.
    public var id: RequestID?
    public var method: String
    /// Parameters by name; empty when the request has none.
    public var params: JSONObject

    public var isNotification: Bool { id == nil }

    public init(id: RequestID?, method: String, params: JSONObject = JSONObject()) {
        self.id = id
        self.method = method
        self.params = params
    }
}

extension Request {
    /// Writes the request as one JSON object.
    public func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.key("jsonrpc")
        writer.string(static: "2.0")
        if let id {
            writer.key("id")
            id.write(to: &writer)
        }
        writer.member("method", text: method)
        if !params.isEmpty {
            writer.key("params")
            writer.object(params)
        }
        writer.endObject()
    }
}
