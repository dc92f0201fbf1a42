/// A made-up software company with its clients: a deterministic example for demonstrations and tests.
///
/// The company sells three products by seats in three tiers to firms in nineteen countries. What its data shows
/// (growth, seasons, holidays, promotions, incidents, price rises, clients who fade, leave and return) is drawn once
/// per client and concern from streams of their own, so the same settings give the same bytes, whichever files are
/// asked for and in whatever order. All firms and people are invented.
///
/// Amounts come in USD, EUR, GBP and JPY only. Yearly payers have a `subscription_type` ending in `-yearly`; see
/// `contractTermsMonths`.
public struct SampleGenerator: Sendable {
    private let company: Company

    /// Draws the company: who the clients are and what becomes of them. No row is written yet.
    ///
    /// - Throws: `SampleSettingsError` when a setting is out of range.
    public init(_ settings: SampleSettings) throws(SampleSettingsError) {
        try settings.validate()
        company = Company(settings: settings)
    }

    /// The settings that the company was drawn with.
    public var settings: SampleSettings { company.settings }

    /// Months that one payment pays for, by value of the column `subscription_type`.
    public static var contractTermsMonths: [String: Int] {
        var terms: [String: Int] = [:]
        for tier in Tier.allCases {
            terms[tier.subscriptionType(isYearly: false)] = 1
            terms[tier.subscriptionType(isYearly: true)] = 12
        }
        return terms
    }

    /// Writes files as CSV (RFC 4180, UTF-8, LF) in chunks.
    ///
    /// Each file begins with its header; its chunks come one after the other, whole records each, before the next
    /// file begins. A chunk is valid only during the call. Engagement and support are in order of time, transactions
    /// and
    /// surveys in order of days, clients in order of sign-up (with mess, repeated rows appear out of order).
    /// Memory grows with the number of clients and the rows of one day, not with the number of days. Separate calls for
    /// different files may run in parallel and give the same bytes.
    ///
    /// - Parameters:
    ///   - files: the files to write, in this order; all of them by default. A file named twice is written once.
    ///   - sink: takes the bytes. What it throws ends the writing and is thrown on.
    /// - Returns: counts of what was written, and of what was spoiled.
    @discardableResult
    public func write<Failure: Error>(
        _ files: [SampleFile] = SampleFile.allCases, to sink: (SampleFile, RawSpan) throws(Failure) -> Void
    ) throws(Failure) -> SampleSummary {
        var summary = SampleSummary()
        countFates(&summary)
        for file in files where summary.counts[file] == nil {
            summary.counts[file] =
                switch file {
                case .demographics: try write(DemographicsRows(company: company), as: file, to: sink)
                case .transactions: try write(TransactionRows(company: company), as: file, to: sink)
                case .engagement: try write(EngagementRows(company: company), as: file, to: sink)
                case .support: try write(SupportRows(company: company), as: file, to: sink)
                case .surveys: try write(SurveyRows(company: company), as: file, to: sink)
                case .truth: try write(TruthRows(company: company), as: file, to: sink)
                case .events: try write(EventRows(company: company), as: file, to: sink)
                }
        }
        return summary
    }

    /// Chunks are handed on from this size.
    private static let chunkBytes = 1 << 18

    private func write<Source: RowSource, Failure: Error>(
        _ source: Source, as file: SampleFile, to sink: (SampleFile, RawSpan) throws(Failure) -> Void
    ) throws(Failure) -> SampleSummary.Counts {
        var source = source
        var writer = makeWriter(for: file)
        writer.header(file.columns)
        while source.appendBatch(to: &writer) {
            if writer.count >= SampleGenerator.chunkBytes { try writer.flush(as: file, to: sink) }
        }
        writer.finish()
        try writer.flush(as: file, to: sink)
        return writer.counts
    }

    private func makeWriter(for file: SampleFile) -> RowWriter {
        let prefix: Character =
            switch file {
            case .demographics: "C"
            case .transactions: "T"
            case .engagement: "E"
            case .support: "K"
            case .surveys: "S"
            case .truth, .events: "X"
            }
        guard settings.messShare > 0, file.isClientData else { return RowWriter(identifierPrefix: prefix) }
        let injector = MessInjector(file: file, seed: settings.seed, share: settings.messShare)
        // Only clients whose own row is accepted are known to a reader.
        let clients = MessInjector(file: .demographics, seed: settings.seed, share: settings.messShare)
        let unknown =
            file == .demographics
            ? [] : company.clients.map { clients.kind(ofRow: $0.index)?.isRejected ?? false }
        return RowWriter(identifierPrefix: prefix, injector: injector, unknownClients: unknown)
    }

    private func countFates(_ summary: inout SampleSummary) {
        for client in company.clients {
            if client.churnDay <= settings.lastDay { summary.churnedClients += 1 }
            if client.returnDay <= settings.lastDay { summary.returnedClients += 1 }
            if client.dipDay <= settings.lastDay { summary.dippedClients += 1 }
        }
    }
}
