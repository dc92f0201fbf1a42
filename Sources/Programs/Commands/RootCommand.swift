internal import ArgumentParser

/// `aurac`: all commands.
struct RootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "aurac",
        abstract: "Ask the AURA daemon about clients, revenue and risk, and hand it data.",
        discussion: """
            Answers go to standard output, everything else to standard error. Options stand after the command's name.

            EXAMPLES:
              aurac status
              aurac ingest --category transactions june.csv --wait
              aurac clients --risk high --risk critical --segment enterprise
              aurac kpis --group-by region --compare year
              aurac export customer_metrics metrics.csv

            'aurac help exit-codes' explains how a command ends.
            """,
        version: "aurac \(ClientVersion.text)",
        groupedSubcommands: [
            CommandGroup(name: "Question", subcommands: InsightCommands.all),
            CommandGroup(name: "Data", subcommands: DataCommands.all),
            CommandGroup(name: "Daemon", subcommands: SystemCommands.all),
        ])
}

/// The version of this client.
enum ClientVersion {
    static let text = "0.1.0"
}

/// A command that does its work with a console.
protocol ClientCommand: ParsableCommand {
    /// Does the work.
    ///
    /// - Returns: how it ended, when that is not a failure to be explained.
    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus
}
