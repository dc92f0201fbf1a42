internal import Contract
internal import TerminalText

/// A command that is one method: ask, then write the answer in the format that was asked for.
protocol QueryCommand: ClientCommand {
    var connection: ConnectionOptions { get }
    var output: OutputOptions { get }

    var endpoint: Endpoint { get }

    /// The parameters of the method.
    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject

    /// The main list of a result, a record each: what ndjson and csv show.
    func records(_ result: Answer) -> [Answer]

    /// The answer for people.
    func report(_ result: Answer, on page: inout ReportPage)

    /// How the command ends with this result.
    func status(_ result: Answer) -> ExitStatus

    /// A longer or shorter wait than usual; nil for the usual.
    var timeout: Duration? { get }
}

extension QueryCommand {
    var timeout: Duration? { nil }

    func parameters(_ console: Console) throws(CommandFailure) -> JSONObject { [:] }

    func status(_ result: Answer) -> ExitStatus { .done }

    func execute(_ console: Console) throws(CommandFailure) -> ExitStatus {
        let session = try DaemonSession(connection, console)
        let bytes = try session.call(endpoint, parameters(console), timeout: timeout)
        return try write(bytes, console)
    }

    /// Writes a result in the format that was asked for.
    func write(_ bytes: [UInt8], _ console: Console) throws(CommandFailure) -> ExitStatus {
        let result = try DaemonSession.read(bytes, of: endpoint)
        switch output.format {
        case .json:
            try console.write(bytes, as: .json)
            // Exactly the result, but a prompt starts on a line of its own.
            if console.output.isTerminal { try console.write("\n") }
        case .ndjson:
            for text in ReportPage.notices(of: result) { console.complain("aurac: \(text)") }
            try console.write(RecordText.ndjson(records(result)), as: .json)
        case .csv:
            for text in ReportPage.notices(of: result) { console.complain("aurac: \(text)") }
            try console.write(RecordText.csv(records(result), raw: output.raw), as: .csv)
        case .table:
            var page = ReportPage(output.style(console), now: console.now)
            page.notices(result)
            report(result, on: &page)
            try console.write(page.encoded)
        }
        return status(result)
    }
}
