internal import ArgumentParser
internal import Contract
internal import TerminalText
internal import Words

/// `aurac ingest`
struct DataIngest: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "ingest",
        abstract: "Hand files to the daemon.",
        discussion: """
            The content goes over the socket, so it works without access to the inbox. Delivering the same content \
            twice is harmless: the second is recorded as a duplicate. Ends with 65 when the daemon refuses a file.

            With --wait the command ends when every answer has the files: a question asked then sees them. It ends \
            with 75 when it cannot wait for that, because the daemon stops, loading fails or --timeout passes; what \
            was sent is safe, and loaded later.

            With ndjson and csv: one record for each file; with json: the result for each file, on a line of its own \
            when there are several (with --wait, the delivery as it ended).

            EXAMPLES:
              aurac ingest demographics.csv --category demographics --wait
              aurac ingest 2026-0*.csv --category transactions --source-type crm
              pg_dump_tickets | aurac ingest - --category support
            """)

    @Argument(help: ArgumentHelp("Files to hand over; - reads standard input.", valueName: "file"))
    var files: [String]

    @Option(help: .of(.dataIngest, "category"))
    var category: DropCategory

    @Option(name: .customLong("source-type"), help: .of(.dataIngest, "source_type"))
    var sourceType: SourceType?

    @Flag(help: "Wait until every answer has the data, and show how the load went.")
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
        var upload = Upload(
            session: try DaemonSession(connection, console), category: category.rawValue,
            sourceType: sourceType?.rawValue
        ) { () throws(CommandFailure) in try DaemonSession(connection, console) }
        let line = ProgressLine(console, style: output.errorStyle(console))
        defer { line.clear() }
        var delivered = Delivered()
        // With --wait everything is sent before anything is waited for: the daemon loads the files together, and the
        // figures are worked out once.
        var receipts: [(input: InputFile, receipt: Answer)] = []
        var failure: CommandFailure?
        for input in inputs {
            do throws(CommandFailure) {
                let receipt = try send(input, &upload, console, line)
                line.clear()
                if wait {
                    receipts.append((input, try DaemonSession.read(receipt, of: .dataIngest)))
                } else {
                    let drop = try DaemonSession.read(receipt, of: .dataIngest)
                    try delivered.add(write(input.name, drop, as: receipt, upload.session, console))
                }
            } catch {
                // What was sent before is loaded all the same, and is told of first.
                failure = error
                break
            }
        }
        let session = upload.session
        let watch = DropWatch(session: session, console: console, line: line, limitSeconds: connection.waitSeconds)
        do throws(CommandFailure) {
            for (input, receipt) in receipts {
                let drop = try watch.outcome(of: receipt)
                line.clear()
                try delivered.add(
                    write(input.name, drop, as: JSONWriter.bytes(of: drop.value), session, console))
            }
        } catch {
            failure = failure ?? error
        }
        if output.format == .csv { try console.write(RecordText.csv(delivered.drops, raw: output.raw), as: .csv) }
        if let failure { throw failure }
        return delivered.status
    }

    /// What has been told of so far.
    private struct Delivered {
        var drops: [Answer] = []
        var status = ExitStatus.done

        mutating func add(_ drop: Answer) {
            if drop[at: "state"].stringValue == "refused" { status = .badData }
            drops.append(drop)
        }
    }

    private func send(
        _ input: InputFile, _ upload: inout Upload, _ console: Console, _ line: ProgressLine
    ) throws(CommandFailure) -> [UInt8] {
        let started = console.now
        return try upload.send(input) { sent in
            line.show(
                ProgressBar(
                    "sending \(input.name)", done: sent, total: input.bytesTotal, unit: .bytes,
                    elapsedSeconds: console.now - started))
        }
    }

    /// Tells of one file; records for CSV are kept for the end.
    /// - Returns: the record of its drop.
    private func write(
        _ name: String, _ drop: Answer, as bytes: [UInt8], _ session: DaemonSession, _ console: Console
    ) throws(CommandFailure) -> Answer {
        switch output.format {
        case .json:
            try console.write(bytes, as: .json)
            if files.count > 1 || console.output.isTerminal { try console.write("\n") }
        case .ndjson:
            try console.write(RecordText.ndjson([drop]), as: .json)
        case .csv:
            break
        case .table:
            var page = ReportPage(output.style(console), now: console.now)
            try IngestReport(name, drop, session: session).write(on: &page)
            try console.write(page.encoded)
        }
        // An answer is there as soon as its file is done.
        try console.flush()
        return drop
    }
}
