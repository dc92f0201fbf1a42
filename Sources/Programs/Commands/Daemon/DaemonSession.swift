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
        _ method: Contract.Method, _ parameters: JSONObject = [:], timeout: Duration? = nil
    ) throws(CommandFailure) -> [UInt8] {
        do throws(ClientError) {
            return try client.call(method.rawValue, params: parameters, timeout: timeout ?? self.timeout)
        } catch {
            throw CommandFailure(error)
        }
    }

    /// Calls a method and reads its result.
    func ask(
        _ method: Contract.Method, _ parameters: JSONObject = [:], timeout: Duration? = nil
    ) throws(CommandFailure) -> JSONValue {
        try Self.read(call(method, parameters, timeout: timeout), of: method)
    }

    /// The value of a result's text.
    static func read(_ result: [UInt8], of method: Contract.Method) throws(CommandFailure) -> JSONValue {
        do throws(JSONError) {
            return try JSONReader().read(result)
        } catch {
            throw CommandFailure(
                .internalError, "the result of \(method.rawValue) is not JSON: \(error)",
                hint: "check that the socket is the daemon's")
        }
    }
}
