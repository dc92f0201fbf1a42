internal import ArgumentParser
internal import Contract

/// `aurac help [COMMAND | TOPIC]`
struct HelpShow: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "help",
        abstract: "Explain a command or a topic.",
        discussion: """
            Topics: \(HelpTopic.allCases.map(\.rawValue).joined(separator: ", ")).

            EXAMPLES:
              aurac help clients
              aurac help drops show
              aurac help exit-codes
              aurac help protocol > methods.md
            """)

    @Argument(help: ArgumentHelp("A command with its verb, or a topic.", valueName: "command"))
    var words: [String] = []

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        if words.count == 1, let topic = words.first.flatMap(HelpTopic.init) {
            var page = ReportPage(console.style(colorAllowed: true), now: console.now)
            topic.write(on: &page)
            try console.write(topic == .protocol ? Array(MethodReference.text.utf8) : page.encoded)
            return .done
        }
        var command: any ParsableCommand.Type = RootCommand.self
        for word in words {
            let known =
                command.configuration.subcommands + command.configuration.groupedSubcommands.flatMap(\.subcommands)
            guard let next = known.first(where: { $0.configuration.commandName == word }) else {
                throw CommandFailure(
                    .usage, "no command or topic \"\(words.joined(separator: " "))\"",
                    hint: "\"aurac help\" lists the commands; the topics are "
                        + HelpTopic.allCases.map(\.rawValue).joined(separator: ", "))
            }
            command = next
        }
        try console.write(RootCommand.helpMessage(for: command, columns: console.helpColumns) + "\n")
        return .done
    }
}
