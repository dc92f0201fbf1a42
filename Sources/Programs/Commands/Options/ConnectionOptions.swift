internal import ArgumentParser
internal import Contract
internal import SocketClient

/// How to reach the daemon.
struct ConnectionOptions: ParsableArguments {
    static let defaultSocketPath = "/run/aura/aurad.sock"
    private static let defaultTimeoutSeconds = 30.0

    @Option(
        help: ArgumentHelp(
            "The daemon's socket (default: $AURA_SOCKET, or \(ConnectionOptions.defaultSocketPath)).", valueName: "path"
        ))
    var socket: String?

    @Option(
        name: .customLong("timeout"),
        help: ArgumentHelp(
            "Longest wait for an answer, in seconds (default: 30; with --wait: no limit; verify: 3600).",
            valueName: "seconds"))
    var timeoutSeconds: Double?

    func validate() throws {
        if let timeoutSeconds, !(timeoutSeconds > 0 && timeoutSeconds.isFinite) {
            throw ValidationError("--timeout is \(timeoutSeconds); give seconds above 0.")
        }
        if let socket, socket.isEmpty { throw ValidationError("--socket is empty; give a path.") }
    }

    func path(_ console: Console) -> String {
        if let socket { return socket }
        let variable = console.environment["AURA_SOCKET"] ?? ""
        return variable.isEmpty ? Self.defaultSocketPath : variable
    }

    /// The longest wait for one answer.
    var timeout: Duration { .seconds(timeoutSeconds ?? Self.defaultTimeoutSeconds) }

    /// The longest wait where the command waits for work to be done: nil for no limit.
    var waitSeconds: Double? { timeoutSeconds }
}
