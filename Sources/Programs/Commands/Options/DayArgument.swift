internal import ArgumentParser
internal import Contract

/// A calendar day on the command line.
struct DayArgument: ExpressibleByArgument {
    let text: String
    /// Days since 1970-01-01.
    let daysSinceEpoch: Int

    init?(argument: String) {
        guard let days = CalendarText.daysSinceEpoch(day: argument) else { return nil }
        text = argument
        daysSinceEpoch = days
    }

    var defaultValueDescription: String { text }
}

/// The day a question looks back from.
struct AsOfOptions: ParsableArguments {
    @Option(
        name: .customLong("as-of"),
        help: ArgumentHelp(
            "Answer as it was at the end of this day, YYYY-MM-DD (default: the daemon's as-of day).", valueName: "day"))
    var day: DayArgument?

    func add(to parameters: inout JSONObject) {
        if let day { parameters["as_of"] = .string(day.text) }
    }
}
