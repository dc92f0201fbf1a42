internal import ArgumentParser
internal import TerminalText

/// `aurac help [COMMAND | TOPIC]`
struct HelpShow: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "help",
        abstract: "Explain a command or a topic.",
        discussion: """
            Topics: exit-codes.

            EXAMPLES:
              aurac help clients
              aurac help drops show
              aurac help exit-codes
            """)

    @Argument(help: ArgumentHelp("A command with its verb, or a topic.", valueName: "command"))
    var words: [String] = []

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        if words == ["exit-codes"] {
            var page = ReportPage(console.style(colorAllowed: true), now: console.now)
            Self.exitCodes(on: &page)
            try console.write(page.encoded)
            return .done
        }
        var command: any ParsableCommand.Type = RootCommand.self
        for word in words {
            let known =
                command.configuration.subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands)
            guard let next = known.first(where: { $0.configuration.commandName == word }) else {
                throw CommandFailure(
                    .usage, "no command or topic \"\(words.joined(separator: " "))\"",
                    hint: "\"aurac help\" lists the commands; the topic is exit-codes")
            }
            command = next
        }
        try console.write(RootCommand.helpMessage(for: command, columns: console.helpColumns) + "\n")
        return .done
    }

    private static func exitCodes(on page: inout ReportPage) {
        page.text("How a command ends, after sysexits.h:")
        page.blank()
        page.add(
            Table(
                columns: [
                    .init("code", alignment: .trailing, priority: Table.Column.required),
                    .init("meaning", priority: Table.Column.required),
                ],
                rows: ExitStatus.allCases.map { [Table.Cell("\($0.rawValue)"), Table.Cell($0.explanation)] }))
        page.blank()
        page.text("Errors go to standard error with what to do next.")
    }
}
