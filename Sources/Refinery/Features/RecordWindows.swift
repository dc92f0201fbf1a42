import Records

/// What a client's tickets add up to.
struct TicketWindows {
    private let context: FeatureContext
    private let endOfDay: Int64
    private static let day: Int64 = 86_400_000

    init(_ context: FeatureContext) {
        self.context = context
        endOfDay = Int64(context.asOf + 1) * TicketWindows.day
    }

    private static let windows: [(days: Int64, feature: ClientFeature)] = [
        (7, .tickets7), (14, .tickets14), (28, .tickets28), (56, .tickets56), (90, .tickets90),
    ]

    /// - Parameter rows: the client's tickets created by the end of the as-of day.
    /// - Returns: the code of the subject of the latest ticket; -1 when unknown.
    func write(_ rows: ArraySlice<UInt32>, _ position: Int, to output: inout FeatureRow) -> Int32 {
        let metrics = context.metrics
        output[.ticketsTotal] = Double(metrics.ticketsTotal[position])
        output[.openTickets] = Double(metrics.openTickets[position])
        output[.openTicketsOlder7] = Double(metrics.openTicketsOlderThan7Days[position])
        output[.meanResolutionHours] = metrics.meanResolutionHours[position]
        output[.meanSatisfaction] = metrics.meanSatisfaction[position]
        for window in TicketWindows.windows { output[window.feature] = 0 }
        output[.ticketsPrevious28] = 0
        guard !rows.isEmpty else { return -1 }
        let tickets = context.tickets
        var latest: (created: Int64, row: Int)?
        var resolutionSum: Int64 = 0
        var (resolved, scored, scoreSum) = (0, 0, 0)
        for row in rows.lazy.map(Int.init) {
            let created = tickets.createdAt[row]
            if latest.map({ isLater(row, than: $0.row) }) ?? true { latest = (created, row) }
            for window in TicketWindows.windows where created >= endOfDay - window.days * TicketWindows.day {
                output[window.feature] += 1
            }
            guard created >= endOfDay - 90 * TicketWindows.day else { continue }
            let resolvedAt = tickets.resolvedAt[row]
            let isResolved = resolvedAt != TicketTable.unresolved && resolvedAt < endOfDay
            if isResolved {
                resolved += 1
                resolutionSum += resolvedAt - created
            }
            // As in gold: a rating given with a later resolution is not known yet.
            let score = Int(tickets.satisfaction[row])
            if score > 0, isResolved || resolvedAt == TicketTable.unresolved {
                scored += 1
                scoreSum += score
            }
        }
        output[.ticketsPrevious28] = output[.tickets56] - output[.tickets28]
        if resolved > 0 { output[.resolutionHours90] = Double(resolutionSum) / Double(resolved) / 3_600_000 }
        if scored > 0 { output[.satisfaction90] = Double(scoreSum) / Double(scored) }
        guard let latest else { return -1 }
        output[.daysSinceLastTicket] = Double((endOfDay - 1 - latest.created) / TicketWindows.day)
        return Int32(truncatingIfNeeded: tickets.issueType.codes[latest.row]) - 1
    }

    /// Of tickets of the same instant the one with the greater id, so that the order of arrival plays no role.
    private func isLater(_ row: Int, than other: Int) -> Bool {
        let tickets = context.tickets
        if tickets.createdAt[row] != tickets.createdAt[other] {
            return tickets.createdAt[row] > tickets.createdAt[other]
        }
        return tickets.id.withBytes(at: other) { left in
            tickets.id.withBytes(at: row) { right in left.lexicographicallyPrecedes(right) }
        }
    }
}

/// What a client's survey answers add up to.
struct SurveyWindows {
    private let surveys: SurveyTable
    private let asOf: Int32

    init(_ context: FeatureContext) {
        surveys = context.surveys
        asOf = context.asOf
    }

    /// - Parameter rows: the client's answers up to the as-of day.
    func write(_ rows: ArraySlice<UInt32>, to output: inout FeatureRow) {
        guard !rows.isEmpty else { return }
        var last: Int?
        var previous: Int?
        var (recent, recentSum) = (0, 0)
        for row in rows.lazy.map(Int.init) {
            if last.map({ isLater(row, than: $0) }) ?? true {
                previous = last
                last = row
            } else if previous.map({ isLater(row, than: $0) }) ?? true {
                previous = row
            }
            if asOf - surveys.day[row] < 180 {
                recent += 1
                recentSum += Int(surveys.score[row])
            }
        }
        guard let last else { return }
        output[.lastNPS] = Double(surveys.score[last])
        output[.daysSinceLastSurvey] = Double(asOf - surveys.day[last])
        if let previous { output[.npsChange] = Double(surveys.score[last]) - Double(surveys.score[previous]) }
        if recent > 0 { output[.meanNPS180] = Double(recentSum) / Double(recent) }
    }

    /// Of answers of the same day the one with the greater id, as in gold.
    private func isLater(_ row: Int, than other: Int) -> Bool {
        if surveys.day[row] != surveys.day[other] { return surveys.day[row] > surveys.day[other] }
        return surveys.id.withBytes(at: other) { left in
            surveys.id.withBytes(at: row) { right in left.lexicographicallyPrecedes(right) }
        }
    }
}
