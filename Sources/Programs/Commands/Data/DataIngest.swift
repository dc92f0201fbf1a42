internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac ingest`
struct DataIngest: ClientCommand {
    enum SourceType: String, ExpressibleByArgument, CaseIterable {
        case csv
        case crm
        case api
    }

    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Hand files to the daemon.",
        discussion: """
            The content goes over the socket, so it works without access to the inbox. Delivering the same content \
            twice is harmless: the second is recorded as a duplicate. Ends with 65 when the daemon refuses a file. \
            With ndjson and csv: one record for each file; with json: the result for each file, on a line of its own \
            when there are several (with --wait, the delivery as it ended).

            EXAMPLES:
              aurac ingest demographics.csv --category demographics --wait
              aurac ingest 2026-0*.csv --category transactions --source-type crm
              pg_dump_tickets | aurac ingest - --category support
            """)

    @Argument(help: ArgumentHelp("Files to hand over; - reads standard input.", valueName: "file"))
    var files: [String]

    @Option(
        help: "What the files hold: demographics, transactions, engagement, support or surveys.")
    var category: String

    @Option(name: .customLong("source-type"), help: "Where the data comes from (default: the daemon looks).")
    var sourceType: SourceType?

    @Flag(help: "Wait until the data is loaded and show how it went.")
    var wait = false

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    func validate() throws {
        if files.count(where: { $0 == "-" }) > 1 { throw ValidationError("standard input can be read once only.") }
    }

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        // A wrong name is found before anything is delivered.
        var inputs: [InputFile] = []
        for file in files { inputs.append(try InputFile(file, standardInput: console.input)) }
        let session = try DaemonSession(connection, console)
        let line = ProgressLine(console, style: output.errorStyle(console))
        defer { line.clear() }
        var drops: [JSONValue] = []
        var status = ExitStatus.done
        for input in inputs {
            let upload = Upload(session: session, category: category, sourceType: sourceType?.rawValue)
            let started = console.now
            let receipt = try upload.send(input) { sent in
                line.show(
                    ProgressBar(
                        "sending \(input.name)", done: sent, total: input.bytesTotal, unit: .bytes,
                        elapsedSeconds: console.now - started))
            }
            var bytes = receipt
            var drop = try DaemonSession.read(receipt, of: .dataIngest)
            if wait {
                let watch = DropWatch(
                    session: session, console: console, line: line, limitSeconds: connection.waitSeconds)
                drop = try watch.outcome(of: drop)
                bytes = JSONWriter.bytes(of: drop)
            }
            line.clear()
            if drop[at: "state"].stringValue == "refused" { status = .badData }
            drops.append(drop)
            switch output.format {
            case .json:
                try console.write(bytes)
                if inputs.count > 1 || console.output.isTerminal { try console.write("\n") }
            case .ndjson:
                try console.write(RecordText.ndjson([drop]))
            case .csv:
                break
            case .table:
                var page = ReportPage(output.style(console), now: console.now)
                try IngestReport(input.name, drop, session: session).write(on: &page)
                try console.write(page.encoded)
            }
            // An answer is there as soon as its file is done.
            try console.flush()
        }
        if output.format == .csv { try console.write(RecordText.csv(drops)) }
        return status
    }
}
