internal import Contract
internal import SocketClient

/// A connection to the daemon for the length of a command.
struct DaemonSession {
    private let client: RequestClient
    private let timeout: Duration

    /// Connects.
    init(_ options: ConnectionOptions, _ console: Console) throws(CommandFailure) {
        timeout = options.timeout
        do throws(ClientError) {
            client = try RequestClient(path: options.path(console), timeout: min(options.timeout, .seconds(5)))
        } catch {
            var failure = CommandFailure(error)
            // Only for the usual socket does the service manager know whose it is.
            if failure.status == .unreachable, options.path(console) == ConnectionOptions.defaultSocketPath,
                let hint = ServiceState.ask()?.hint
            {
                failure.hint = hint
            }
            throw failure
        }
    }

    /// Calls a method: the JSON text of its result.
    func call(
        _ endpoint: Endpoint, _ parameters: JSONObject = [:], timeout: Duration? = nil
    ) throws(CommandFailure) -> [UInt8] {
        do throws(ClientError) {
            return try client.call(endpoint.name, params: parameters, timeout: timeout ?? self.timeout)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Calls a method and reads its result.
    func ask(
        _ endpoint: Endpoint, _ parameters: JSONObject = [:], timeout: Duration? = nil
    ) throws(CommandFailure) -> Answer {
        try Self.read(call(endpoint, parameters, timeout: timeout), of: endpoint)
    }

    /// The value of a result's text.
    static func read(_ result: [UInt8], of endpoint: Endpoint) throws(CommandFailure) -> Answer {
        Answer(try value(result, of: endpoint), endpoint.resultShape)
    }

    /// JSON text that is a result or stands in one.
    static func value(_ text: [UInt8], of endpoint: Endpoint) throws(CommandFailure) -> JSONValue {
        do throws(JSONError) {
            return try JSONReader().read(text)
        } catch {
            throw CommandFailure(
                .internalError, "the result of \(endpoint.name) is not JSON: \(error)",
                hint: "check that the socket is the daemon's")
        }
    }
}
