public import Records
public import Standings

/// Derives the columns of `ai_model_features` from silver and gold as of gold's day. Nothing later than that day is
/// looked at: what was recorded after it changes no bit.
///
/// Clients are independent of each other: any range of them gives the same rows as all at once.
public struct FeatureRefinery: FeatureSource {
    private let gold: GoldTables
    private let context: FeatureContext
    /// The names of the levels, by category.
    private let levelNames: [[String]]

    /// - Parameters:
    ///   - gold: refined from `silver` with the same settings.
    ///   - standings: those that gold was refined by.
    public init(_ silver: SilverTables, gold: GoldTables, standings: CompanyStandings, settings: GoldSettings) {
        self.gold = gold
        context = FeatureContext(silver, gold: gold, standings: standings, settings: settings)
        let dimensions = gold.dimensions
        levelNames = [
            context.plan.dictionary.values, dimensions.segment.values, dimensions.region.values,
            dimensions.tier.values, dimensions.product.values, context.industry.dictionary.values,
        ].map { Array($0.dropFirst()) }
    }

    public func features(of range: Range<Int>) -> ClientFeatures {
        features(at: Array(range.clamped(to: 0..<gold.count)))
    }

    public func features(at places: [Int]) -> ClientFeatures {
        let count = places.count
        let first = places.first.map { Int(gold.clients[$0]) } ?? 0
        var events = EventWindows(context, firstClient: first)
        var payments = PaymentWindows(context, firstClient: first)
        let support = TicketWindows(context)
        let surveys = SurveyWindows(context)
        var issues = [Int32](repeating: -1, count: count)
        var methods = [Int32](repeating: -1, count: count)
        let numbers = [Double](unsafeUninitializedCapacity: count * ClientFeature.allCases.count) { buffer, filled in
            buffer.initialize(repeating: .nan)
            for (row, position) in places.enumerated() {
                let client = Int(gold.clients[position])
                var output = FeatureRow(buffer, row: row, rowCount: count)
                events.write(client, position, to: &output)
                methods[row] = payments.write(client, position, to: &output)
                issues[row] = support.write(gold.tickets.rows(of: position), position, to: &output)
                surveys.write(gold.surveys.rows(of: position), to: &output)
                writeRelationship(client, position, to: &output)
            }
            filled = count * ClientFeature.allCases.count
        }
        return ClientFeatures(
            asOf: gold.asOf, positions: places.map { Int32(truncatingIfNeeded: $0) }, numbers: numbers,
            categories: attributes(places) + [
                ClientFeatures.Levels(codes: issues, names: context.issueTypes),
                ClientFeatures.Levels(codes: methods, names: context.paymentMethods),
            ])
    }

    private func writeRelationship(_ client: Int, _ position: Int, to row: inout FeatureRow) {
        let metrics = context.metrics
        row[.tenureDays] = Double(metrics.tenureDays[position])
        row[.contractMonths] = Double(metrics.contractMonths[position])
        let end = context.contractEndDay[client]
        let anchor = end == ClientTable.unknownDay ? context.creationDay[client] : end
        row[.daysToRenewal] = Double(
            Renewal.days(from: gold.asOf, anchor: anchor, termMonths: Int(metrics.contractMonths[position])))
    }

    /// Plan, segment, region, tier, product and industry.
    private func attributes(_ places: [Int]) -> [ClientFeatures.Levels] {
        func codes(_ dimension: ClientDimensions.Dimension) -> [Int32] {
            places.map { Int32(dimension.codes[$0]) - 1 }
        }
        func codes(_ column: CodedColumn) -> [Int32] {
            places.map { Int32(truncatingIfNeeded: column.codes[Int(gold.clients[$0])]) - 1 }
        }
        let dimensions = gold.dimensions
        let all = [
            codes(context.plan), codes(dimensions.segment), codes(dimensions.region), codes(dimensions.tier),
            codes(dimensions.product), codes(context.industry),
        ]
        return zip(all, levelNames).map { ClientFeatures.Levels(codes: $0, names: $1) }
    }
}

/// One row of the column-major table.
struct FeatureRow {
    // Valid inside the closure that fills the table only, and used nowhere else.
    private let buffer: UnsafeMutableBufferPointer<Double>
    private let row: Int
    private let rowCount: Int

    init(_ buffer: UnsafeMutableBufferPointer<Double>, row: Int, rowCount: Int) {
        self.buffer = buffer
        self.row = row
        self.rowCount = rowCount
    }

    @inline(__always)
    subscript(_ feature: ClientFeature) -> Double {
        get { buffer[feature.rawValue * rowCount + row] }
        nonmutating set { buffer[feature.rawValue * rowCount + row] = newValue }
    }
}

/// The next day on which a contract ends or is renewed.
///
/// Demographics know the latest contract end only. Moved by whole terms to the first one on or after the as-of day it is
/// the same number before and after a renewal, so that a past day does not betray who renewed.
enum Renewal {
    static func days(from asOf: Day, anchor: Int32, termMonths: Int) -> Int {
        let term = max(1, termMonths)
        let start = Day(rawValue: anchor)
        // A month too early never misses the first; the loop ends after a few steps.
        var terms = (Int(asOf.month.rawValue) - Int(start.month.rawValue) - 1).dividedDown(by: term)
        while start.advanced(byMonths: terms * term) < asOf { terms += 1 }
        return asOf.days(to: start.advanced(byMonths: terms * term))
    }
}

extension Int {
    /// Rounded towards minus infinity.
    fileprivate func dividedDown(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor != 0 && (self < 0) != (divisor < 0) ? quotient - 1 : quotient
    }
}
