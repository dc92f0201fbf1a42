internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac metrics`
struct SystemMetrics: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Print the daemon's counters in Prometheus text format.",
        discussion: """
            With -o json the text stands in the member "text"; ndjson and csv are not offered.

            EXAMPLES:
              aurac metrics
              aurac metrics > /var/lib/node_exporter/aura.prom
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if output.format == .ndjson || output.format == .csv {
            throw ValidationError("metrics are text: use -o table or -o json.")
        }
    }

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let session = try DaemonSession(connection, console)
        let bytes = try session.call(.systemMetrics)
        let result = try DaemonSession.read(bytes, of: .systemMetrics)
        if output.format == .json {
            try console.write(bytes, as: .json)
            if console.output.isTerminal { try console.write("\n") }
        } else {
            let text = result[at: "text"].stringValue ?? ""
            try console.write(Array((text.isEmpty || text.utf8.last == 0x0A ? text : text + "\n").utf8), as: .text)
        }
        return .done
    }
}
