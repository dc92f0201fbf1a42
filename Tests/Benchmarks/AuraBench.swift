import ArgumentParser

/// Measurements of the product, run by hand; not installed.
@main
struct AuraBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aura-bench",
        abstract: "Measure AURA: each subcommand prints a table, or JSON lines with --json.",
        subcommands: [
            ChurnFeatures.self, ChurnParity.self, ChurnSpeed.self, ForecastBacktest.self, ForecastReference.self,
            ForecastSpeed.self, JSONCommand.self,
            PipelineCommand.self, QueriesCommand.self, SocketsCommand.self,
        ])
}
