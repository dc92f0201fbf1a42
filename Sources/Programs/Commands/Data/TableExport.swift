internal import ArgumentParser
internal import Contract
internal import TerminalText
internal import Words

/// `aurac export`
struct TableExport: ClientCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv
        case ndjson
        case json
        case sqlite
    }

    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a table of figures, whole.",
        discussion: """
            The rows come page by page from one generation of the figures. When that is replaced on the way, the \
            export starts over, unless something has gone to a pipe already (it then ends with 75). A FILE \
            appears under its name when it is complete, replaces one that is there, and can be read by its owner \
            alone; links are not followed. A named pipe, /dev/stdout and the >(COMMAND) of a shell take the rows as \
            they come. The format json is one array of objects, sqlite a \
            database with the table under its name; it needs a FILE.

            EXAMPLES:
              aurac export customer_metrics metrics.csv
              aurac export mrr_movements --format ndjson | jq -c 'select(.nrr < 1)'
              aurac export customer_health_scores --as-of 2026-03-31 --format json march.json
              aurac export dashboard_kpis --format sqlite kpis.db
            """)

    @Argument(help: .of(.exportTable, "table"))
    var table: ExportedTable

    @Argument(help: ArgumentHelp("The file to write (default: standard output; also -).", valueName: "file"))
    var file: String?

    @Option(
        name: [.customLong("format"), .customShort("o"), .customLong("output")],
        help: ArgumentHelp("What the rows are written as; -o and --output mean the same here.", valueName: "format"))
    var format = Format.csv

    @Flag(
        help: """
            With csv: texts as they are. Otherwise those that begin with = + - @, a tab or a carriage return get an \
            apostrophe in front, so that a spreadsheet does not run them as formulas.
            """)
    var raw = false

    @Flag(name: .customLong("no-color"), help: "No colours in the progress line.")
    var withoutColor = false

    @OptionGroup var asOf: AsOfOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if format == .sqlite, file == nil || file == "-" {
            throw ValidationError("--format sqlite makes a database; name the FILE to write.")
        }
    }

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let path = file.flatMap { $0 == "-" ? nil : $0 }
        let session = try DaemonSession(connection, console)
        let target = try path.map { path throws(CommandFailure) in try OutputFile(path) }
        if format == .sqlite, let target, target.isStream {
            throw CommandFailure(
                .usage, "\"\(target.path)\" is no file, and a database cannot be written from front to back",
                hint: "name a file")
        }
        let line = target.map { _ in ProgressLine(console, style: console.errorStyle(colorAllowed: !withoutColor)) }
        defer { line?.clear() }
        var parameters: JSONObject = [
            "table": .string(table.rawValue), "format": .string(format == .csv ? "csv" : "ndjson"),
        ]
        if format == .csv, !raw { parameters["guard_formulas"] = true }
        asOf.add(to: &parameters)
        let started = console.now
        var rows = 0
        var array = JSONArrayText()
        var database: SQLiteExport?
        func put(_ bytes: [UInt8]) throws(CommandFailure) {
            let syntax: TerminalData.Syntax = format == .csv ? .csv : .json
            guard let target else { return try console.write(bytes, as: syntax) }
            try target.write(target.isTerminal ? console.shown(bytes, as: syntax) : bytes)
        }
        try PagedQuery(session: session, endpoint: .exportTable, parameters: parameters).forEachPage(
            { page throws(CommandFailure) in
                let text = Array((page[at: "data"].stringValue ?? "").utf8)
                switch format {
                case .csv, .ndjson: try put(text)
                case .json: try put(array.page(text))
                case .sqlite:
                    if database == nil { database = try SQLiteExport(table.rawValue, page, write: put) }
                    try database?.append(text)
                }
                rows += page[at: "rows"].int ?? 0
                line?.show(
                    ProgressBar(
                        path ?? table.rawValue, done: rows, total: page[at: "total"].int, unit: .rows,
                        elapsedSeconds: console.now - started))
            },
            onConflict: { () throws(CommandFailure) in
                if let target {
                    guard target.canRestart else { return .fail }
                    try target.restart()
                } else if console.hasWritten {
                    return .fail
                } else {
                    console.discardPending()
                }
                rows = 0
                array = JSONArrayText()
                database = nil
                return .restart
            })
        if format == .json { try put(array.end()) }
        if let target {
            if let firstPage = try database?.finish() { try target.overwrite(firstPage) }
            try target.finish()
            line?.clear()
            let number = HumanNumber(console.errorStyle(colorAllowed: false))
            console.complain("\(number.integer(rows)) rows written to \(target.path)")
        }
        return .done
    }
}
