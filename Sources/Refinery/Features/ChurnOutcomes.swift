public import Records
public import Words

/// Who was at risk on a day, and who of them churned within the horizon after it.
public struct ChurnOutcomes: Sendable, Equatable {
    /// Positions of the gold tables of the day, ascending.
    public let positions: [Int32]
    /// One for every position.
    public let churned: [Bool]
    /// Days from the day to the churn, 1…horizon; 0 for those who did not churn. Inactivity counts as the first day.
    public let daysToChurn: [Int32]

    /// Days of silence after which a client is not in the population any more.
    public static let silenceDaysMax = 90

    /// - Parameters:
    ///   - silver: the data as known today; what came after the day decides the outcome.
    ///   - gold: as of the day.
    ///   - horizonDays: the window is the days from day + 1 to day + horizon; it has to be over.
    public static func observe(
        _ kind: ChurnKind, silver: SilverTables, gold: GoldTables, horizonDays: Int,
        silenceDays: Int = silenceDaysMax
    ) -> ChurnOutcomes {
        let population = ChurnPopulation(kind, silver: silver, gold: gold, silenceDays: silenceDays)
        let day = gold.asOf.rawValue
        let end = day + Int32(horizonDays)
        var positions: [Int32] = []
        var churned: [Bool] = []
        var days: [Int32] = []
        let scan = ActivityScan(silver, activity: gold.activity, days: day + 1...end)
        let churnDay = silver.clients.churnDay
        for position in 0..<gold.count where population.contains(position) {
            let client = Int(gold.clients[position])
            let daysToChurn: Int32 =
                switch kind {
                case .explicit: explicitDays(churnDay[client], after: day, end: end)
                case .inactivity: scan.isActive(UInt32(client)) ? 0 : 1
                }
            positions.append(Int32(position))
            churned.append(daysToChurn > 0)
            days.append(daysToChurn)
        }
        return ChurnOutcomes(positions: positions, churned: churned, daysToChurn: days)
    }

    private static func explicitDays(_ churn: Int32, after day: Int32, end: Int32) -> Int32 {
        churn != ClientTable.unknownDay && churn > day && churn <= end ? churn - day : 0
    }
}

/// Who is at risk on a day: clients who have not churned and were seen within the last days.
public struct ChurnPopulation: Sendable {
    private let kind: ChurnKind
    private let clients: [UInt32]
    private let daysSinceLastEvent, daysSinceLastTransaction, daysSinceLastSurvey, tenureDays: [Int32]
    private let activity: ActivityDefinition
    private let churnDay: [Int32]
    private let status: [ClientStatus]
    private let lastTicket: [Int32]
    private let asOf: Int32
    private let silenceDays: Int32

    public init(
        _ kind: ChurnKind, silver: SilverTables, gold: GoldTables, silenceDays: Int = ChurnOutcomes.silenceDaysMax
    ) {
        self.kind = kind
        clients = gold.clients
        daysSinceLastEvent = gold.metrics.daysSinceLastEvent
        daysSinceLastTransaction = gold.metrics.daysSinceLastTransaction
        daysSinceLastSurvey = gold.metrics.daysSinceLastSurvey
        tenureDays = gold.metrics.tenureDays
        activity = gold.activity
        churnDay = silver.clients.churnDay
        status = gold.status
        asOf = gold.asOf.rawValue
        self.silenceDays = Int32(silenceDays)
        var last = [Int32](repeating: .min, count: silver.clients.count)
        if kind == .explicit {
            let endOfDay = Int64(asOf + 1) * 86_400_000
            for row in 0..<silver.tickets.count where silver.tickets.createdAt[row] < endOfDay {
                let client = Int(silver.tickets.client[row])
                last[client] = max(last[client], Instant(rawValue: silver.tickets.createdAt[row]).day.rawValue)
            }
        }
        lastTicket = last
    }

    /// The population in words.
    public static func statement(_ kind: ChurnKind, activity: ActivityDefinition, silenceDays: Int) -> String {
        switch kind {
        case .explicit:
            "clients without a churn date up to the day who signed up or were seen (an event, a payment, a ticket or a "
                + "survey answer) within the last \(silenceDays) days"
        case .inactivity:
            switch activity {
            case .any: "clients with an event or a payment within the last \(silenceDays) days"
            case .engagement: "clients with an event within the last \(silenceDays) days"
            case .transactions: "clients with a payment within the last \(silenceDays) days"
            }
        }
    }

    public func contains(_ position: Int) -> Bool {
        guard status[position].isCustomer else { return false }
        let churn = churnDay[Int(clients[position])]
        if churn != ClientTable.unknownDay, churn <= asOf { return false }
        func isRecent(_ days: Int32) -> Bool { days != ClientMetrics.unknown && days < silenceDays }
        if kind == .explicit || activity != .transactions, isRecent(daysSinceLastEvent[position]) {
            return true
        }
        if kind == .explicit || activity != .engagement, isRecent(daysSinceLastTransaction[position]) {
            return true
        }
        guard kind == .explicit else { return false }
        if isRecent(tenureDays[position]) || isRecent(daysSinceLastSurvey[position]) { return true }
        let ticket = lastTicket[Int(clients[position])]
        return ticket != .min && asOf - ticket < silenceDays
    }
}

/// Whether clients were active within a stretch of days.
private struct ActivityScan {
    private var isActive: [Bool]

    init(_ silver: SilverTables, activity: ActivityDefinition, days: ClosedRange<Int32>) {
        var active = [Bool](repeating: false, count: silver.clients.count)
        if activity != .transactions {
            let start = PackedEvent.lowerBound(day: days.lowerBound)
            let end = PackedEvent.lowerBound(day: days.upperBound + 1)
            for segment in silver.events.segments {
                for (index, client) in segment.slices.clients.enumerated() where !active[Int(client)] {
                    let slice = Int(segment.slices.starts[index])..<Int(segment.slices.starts[index + 1])
                    let first = segment.values.firstIndex(in: slice) { !($0 < start) }
                    if first < slice.upperBound, segment.values[first] < end { active[Int(client)] = true }
                }
            }
        }
        if activity != .engagement {
            for segment in silver.transactions.segments {
                for (index, client) in segment.slices.clients.enumerated() where !active[Int(client)] {
                    let slice = Int(segment.slices.starts[index])..<Int(segment.slices.starts[index + 1])
                    let first = segment.values.firstIndex(in: slice) { $0.day >= days.lowerBound }
                    for transaction in segment.values[first..<slice.upperBound] {
                        if transaction.day > days.upperBound { break }
                        if transaction.amount > 0 {
                            active[Int(client)] = true
                            break
                        }
                    }
                }
            }
        }
        isActive = active
    }

    func isActive(_ client: UInt32) -> Bool { isActive[Int(client)] }
}

extension Array {
    /// The first place in an ascending stretch from which on `holds` is true.
    fileprivate func firstIndex(in range: Range<Int>, where holds: (Element) -> Bool) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
