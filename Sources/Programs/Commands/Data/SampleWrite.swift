internal import ArgumentParser
internal import Contract
internal import Glibc
internal import SampleCompany
internal import TerminalText

/// `aurac sample`
struct SampleWrite: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "sample",
        abstract: "Write the files of an invented company, to try things out.",
        discussion: """
            The same numbers give the same files, byte for byte. Beside the five files of client data there are two \
            for looking behind the scenes: truth.csv (who really left, when and why) and events.csv (holidays and \
            promotions). Needs no daemon. With json: {directory, files}; with ndjson and csv: one record for each \
            file.

            EXAMPLES:
              aurac sample --clients 500 --days 730 --seed 7 demo
              aurac sample --clients 10000 --days 365 --seed 1 --last-day 2026-06-30 --mess 0.02 messy
            """)

    @Option(help: ArgumentHelp("How many clients, 0 to 8000000.", valueName: "number"))
    var clients: Int = 500

    @Option(help: ArgumentHelp("How many days the data spans, 1 to 3660.", valueName: "number"))
    var days: Int = 730

    @Option(help: ArgumentHelp("Another number gives another company.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        name: .customLong("last-day"),
        help: ArgumentHelp("The last day of the data (default: yesterday).", valueName: "day"))
    var lastDay: DayArgument?

    @Option(help: ArgumentHelp("Share of the rows that are spoiled on purpose, 0 to 0.5.", valueName: "share"))
    var mess: Double = 0

    @Argument(help: ArgumentHelp("The folder to write to; it is created.", valueName: "dir"))
    var directory: String

    @OptionGroup var output: OutputOptions

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let yesterday = Int((console.now / 86_400).rounded(.down)) - 1
        let settings = SampleSettings(
            clients: clients, days: days, seed: seed, lastDay: lastDay?.daysSinceEpoch ?? yesterday, messShare: mess)
        let generator: SampleGenerator
        do throws(SampleSettingsError) {
            generator = try SampleGenerator(settings)
        } catch {
            throw CommandFailure(.usage, error.description)
        }
        try createDirectory()
        let line = ProgressLine(console, style: output.errorStyle(console))
        defer { line.clear() }
        var finished: [(file: SampleFile, path: String)] = []
        var current: (file: SampleFile, target: OutputFile)?
        let started = console.now
        var written = 0
        let summary = try generator.write { file, span throws(CommandFailure) in
            if current?.file != file {
                if let done = current {
                    try done.target.finish()
                    finished.append((done.file, done.target.path))
                }
                current = (file, try OutputFile(path(file), isPrivate: false))
            }
            let failure = span.withUnsafeBytes { bytes -> CommandFailure? in
                do throws(CommandFailure) {
                    try current?.target.write(bytes)
                    return nil
                } catch {
                    return error
                }
            }
            if let failure { throw failure }
            written += span.byteCount
            line.show(
                ProgressBar(
                    file.fileName, done: written, total: nil, unit: .bytes, elapsedSeconds: console.now - started))
        }
        if let done = current {
            try done.target.finish()
            finished.append((done.file, done.target.path))
        }
        line.clear()
        try write(finished, summary, settings, console)
        return .done
    }

    private func path(_ file: SampleFile) -> String {
        directory.utf8.last == 0x2F ? directory + file.fileName : directory + "/" + file.fileName
    }

    private func createDirectory() throws(CommandFailure) {
        if mkdir(directory, 0o777) == 0 { return }
        let failure = SystemFailure.last
        var status = stat()
        if failure.number == EEXIST, stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
        throw CommandFailure(
            .cannotCreate, "could not create the folder \"\(directory)\": \(failure.text)",
            hint: "the folder above it has to exist and to admit you")
    }

    private func write(
        _ files: [(file: SampleFile, path: String)], _ summary: SampleSummary, _ settings: SampleSettings,
        _ console: Console
    ) throws(CommandFailure) {
        let records = files.map { entry -> Answer in
            let counts = summary[entry.file]
            return [
                "file": .string(entry.path), "category": entry.file.isClientData ? .string(entry.file.rawValue) : nil,
                "rows": .integer(Int64(counts.rows)), "bytes": .integer(Int64(counts.bytes)),
                "accepted": .integer(Int64(counts.accepted)), "rejected": .integer(Int64(counts.rejected)),
                "duplicates": .integer(Int64(counts.duplicates)), "orphans": .integer(Int64(counts.orphans)),
            ]
        }
        switch output.format {
        case .json:
            try console.write(
                JSONWriter.bytes(of: ["directory": .string(directory), "files": .array(records.map(\.value))]) + [0x0A],
                as: .json)
        case .ndjson: try console.write(RecordText.ndjson(records), as: .json)
        case .csv: try console.write(RecordText.csv(records, raw: output.raw), as: .csv)
        case .table:
            var page = ReportPage(output.style(console), now: console.now)
            report(records, summary, settings, on: &page)
            try console.write(page.encoded)
        }
    }

    private func report(
        _ records: [Answer], _ summary: SampleSummary, _ settings: SampleSettings, on page: inout ReportPage
    ) {
        let isMessy = settings.messShare > 0
        var columns: [Table.Column] = [
            .init("file", overflow: .truncate, priority: Table.Column.required),
            .init("rows", alignment: .trailing, priority: 5), .init("size", alignment: .trailing, priority: 1),
        ]
        if isMessy {
            for name in ["accepted", "rejected", "duplicates", "orphans"] {
                columns.append(.init(name, alignment: .trailing, priority: 3))
            }
        }
        page.add(
            Table(
                columns: columns,
                rows: records.map { record in
                    var row: [Table.Cell] = [
                        Table.Cell(page.shown(record[at: "file"])), Table.Cell(page.integer(record[at: "rows"])),
                        Table.Cell(page.number.bytes(record[at: "bytes"].int)),
                    ]
                    if isMessy {
                        for name in ["accepted", "rejected", "duplicates", "orphans"] {
                            row.append(Table.Cell(record[at: "category"].isNull ? "" : page.integer(record[at: name])))
                        }
                    }
                    return row
                }))
        let clients = page.number.integer(settings.clients) + (settings.clients == 1 ? " client" : " clients")
        page.text(
            "\(clients) from \(CalendarText.day(settings.firstDay)) to \(CalendarText.day(settings.lastDay)); "
                + "\(page.number.integer(summary.churnedClients)) left, "
                + "\(page.number.integer(summary.returnedClients)) of them came back", .muted)
        let shown = Self.shellQuoted(directory)
        page.blank()
        page.text("to load it, the clients first:")
        for record in records {
            guard let category = record[at: "category"].stringValue else { continue }
            page.add(
                StyledLine(
                    "  aurac ingest \(shown)/\(category).csv --category \(category)", TextAttributes(.code),
                    style: page.style))
        }
        let terms = SampleGenerator.contractTermsMonths.filter { $0.value > 1 }.keys.sorted()
        if !terms.isEmpty {
            let names = terms.joined(separator: ", ")
            page.text("payments of \(names) are for 12 months: say so under billing_months in aurad.yaml", .muted)
        }
    }

    /// A path as a word for the shell.
    private static func shellQuoted(_ path: String) -> String {
        var path = path
        while path.utf8.count > 1, path.utf8.last == 0x2F { path.removeLast() }
        let isPlain = path.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || "/._-+,:@%".utf8.contains($0)
        }
        return isPlain
            ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }
}
