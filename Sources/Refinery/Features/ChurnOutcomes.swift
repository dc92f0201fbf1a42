public import Lifecycle
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

    /// Days of silence after which a client is not in the population any more, where nothing else says who has gone.
    public static let silenceDaysMax = 90

    /// - Parameters:
    ///   - silver: the data as known today; what came after the day decides the outcome.
    ///   - gold: as of the day.
    ///   - lifecycle: where clients stand today, by which those who left are told; of no matter for the other kinds.
    ///   - horizonDays: the window is the days from day + 1 to day + horizon; it has to be over.
    public static func observe(
        _ kind: ChurnKind, silver: SilverTables, gold: GoldTables, lifecycle: LifecycleTable, horizonDays: Int,
        populationDays: Int? = nil
    ) -> ChurnOutcomes {
        let population = ChurnPopulation(kind, silver: silver, gold: gold, populationDays: populationDays)
        let day = gold.asOf.rawValue
        let end = day + Int32(horizonDays)
        var positions: [Int32] = []
        var churned: [Bool] = []
        var days: [Int32] = []
        let scan = kind == .inactivity ? ActivityScan(silver, activity: gold.activity, days: day + 1...end) : nil
        let churnDay = silver.clients.churnDay
        for position in 0..<gold.count where population.contains(position) {
            let client = Int(gold.clients[position])
            let daysToChurn: Int32
            switch kind {
            case .left:
                // Who is known by now to have been gone on the day could not be kept any more.
                if lifecycle.status(of: client, on: day) == .left { continue }
                daysToChurn = daysToLeave(lifecycle.absences(of: client), after: day, end: end)
            case .explicit: daysToChurn = explicitDays(churnDay[client], after: day, end: end)
            case .inactivity: daysToChurn = scan?.isActive(UInt32(client)) ?? true ? 0 : 1
            }
            positions.append(Int32(position))
            churned.append(daysToChurn > 0)
            days.append(daysToChurn)
        }
        return ChurnOutcomes(positions: positions, churned: churned, daysToChurn: days)
    }

    /// Who has left in the window and had not come back by its end.
    private static func daysToLeave(_ absences: ArraySlice<Absence>, after day: Int32, end: Int32) -> Int32 {
        let absence = absences.first {
            $0.leftOn > day && $0.leftOn <= end && $0.basis != .neverStarted && ($0.isOpen || $0.returnedOn > end)
        }
        return absence.map { $0.leftOn - day } ?? 0
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
    /// Nil where everybody who is there counts.
    private let populationDays: Int32?

    /// - Parameter populationDays: nil for what is usual of the kind.
    public init(_ kind: ChurnKind, silver: SilverTables, gold: GoldTables, populationDays: Int? = nil) {
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
        self.populationDays = Self.limit(kind, populationDays).map { Int32($0) }
        var last = [Int32](repeating: .min, count: silver.clients.count)
        if kind != .inactivity, self.populationDays != nil {
            let endOfDay = Int64(asOf + 1) * 86_400_000
            for row in 0..<silver.tickets.count where silver.tickets.createdAt[row] < endOfDay {
                let client = Int(silver.tickets.client[row])
                last[client] = max(last[client], Instant(rawValue: silver.tickets.createdAt[row]).day.rawValue)
            }
        }
        lastTicket = last
    }

    /// The population in words.
    public static func statement(_ kind: ChurnKind, activity: ActivityDefinition, populationDays: Int?) -> String {
        let seen = limit(kind, populationDays).map {
            "signed up or were seen (an event, a payment, a ticket or a survey answer) within the last \($0) days"
        }
        let days = limit(kind, populationDays) ?? 0
        return switch kind {
        case .left: "clients who are there" + (seen.map { " and \($0)" } ?? "")
        case .explicit: "clients without a churn date up to the day" + (seen.map { " who \($0)" } ?? "")
        case .inactivity:
            switch activity {
            case .any: "clients with an event or a payment within the last \(days) days"
            case .engagement: "clients with an event within the last \(days) days"
            case .transactions: "clients with a payment within the last \(days) days"
            }
        }
    }

    /// Churn dates and inactivity do not say who has gone before: silence has to.
    private static func limit(_ kind: ChurnKind, _ populationDays: Int?) -> Int? {
        populationDays ?? (kind == .left ? nil : ChurnOutcomes.silenceDaysMax)
    }

    public func contains(_ position: Int) -> Bool {
        guard status[position].isCustomer else { return false }
        guard let populationDays else { return true }
        let churn = churnDay[Int(clients[position])]
        if churn != ClientTable.unknownDay, churn <= asOf { return false }
        func isRecent(_ days: Int32) -> Bool { days != ClientMetrics.unknown && days < populationDays }
        if kind != .inactivity || activity != .transactions, isRecent(daysSinceLastEvent[position]) {
            return true
        }
        if kind != .inactivity || activity != .engagement, isRecent(daysSinceLastTransaction[position]) {
            return true
        }
        guard kind != .inactivity else { return false }
        if isRecent(tenureDays[position]) || isRecent(daysSinceLastSurvey[position]) { return true }
        let ticket = lastTicket[Int(clients[position])]
        return ticket != .min && asOf - ticket < populationDays
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
