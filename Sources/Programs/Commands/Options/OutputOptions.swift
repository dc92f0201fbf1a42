internal import ArgumentParser
internal import TerminalText

/// What the answer looks like.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case table
    case json
    case ndjson
    case csv
}

/// How the answer is written.
struct OutputOptions: ParsableArguments {
    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp(
            "table for people, json for the daemon's result as it is, ndjson or csv for the main list.",
            valueName: "format"))
    var format = OutputFormat.table

    @Flag(
        help: """
            With csv: texts as they are. Otherwise those that begin with = + - @, a tab or a carriage return get an \
            apostrophe in front, so that a spreadsheet does not run them as formulas.
            """)
    var raw = false

    @Flag(name: .customLong("no-color"), help: "No colours (as with $NO_COLOR, TERM=dumb, or no terminal).")
    var withoutColor = false

    func style(_ console: Console) -> TerminalStyle { console.style(colorAllowed: !withoutColor) }

    func errorStyle(_ console: Console) -> TerminalStyle { console.errorStyle(colorAllowed: !withoutColor) }
}
