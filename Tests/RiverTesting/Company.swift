public import Records
public import Silver

/// A small company's data as plain values, and as the files it would send.
public struct Company: Sendable {
    public var clients: [Client] = []
    public var events: [Event] = []
    public var transactions: [Transaction] = []
    public var tickets: [Ticket] = []
    public var surveys: [Survey] = []
    public var knownDays: [KnownDay] = []

    public init() {}

    /// The rows of a category as lines of a CSV file, without the header.
    public func lines(_ category: Category) -> [String] {
        switch category {
        case .demographics:
            clients.map {
                "\($0.id),\($0.created),\($0.type),\($0.location),\($0.segment),\($0.contractEnd?.description ?? "")"
            }
        case .transactions:
            transactions.map {
                "\($0.id),\($0.client),\(Money(rawValue: $0.amount)),\($0.currency),\($0.method),\($0.day)"
            }
        case .engagement:
            events.map { "\($0.id),\($0.client),\($0.type),\(Instant(rawValue: $0.at)),\($0.device),\($0.feature)" }
        case .support:
            tickets.map { ticket in
                let resolved = ticket.resolved.map { Instant(rawValue: $0).description } ?? ""
                return "\(ticket.id),\(ticket.client),\(ticket.issue),\(Instant(rawValue: ticket.created)),\(resolved),"
                    + (ticket.satisfaction.map { "\($0)" } ?? "")
            }
        case .surveys: surveys.map { "\($0.id),\($0.client),\($0.day),\($0.score),said \($0.score)" }
        case .events: knownDays.map { "\($0.day),\($0.name),\($0.segment),\($0.lower),\($0.upper)" }
        }
    }

    /// The header line of ``lines(_:)``.
    public static func header(_ category: Category) -> String {
        switch category {
        case .demographics:
            "customer_id,account_creation_date,subscription_type,location,segment,contract_end_date"
        case .transactions: "transaction_id,customer_id,amount,currency,payment_method,transaction_date"
        case .engagement: "event_id,customer_id,event_type,timestamp,device_type,feature_used"
        case .support: "ticket_id,customer_id,issue_type,created_at,resolved_at,satisfaction_score"
        case .surveys: "survey_id,customer_id,response_date,nps_score,comments"
        case .events: "date,name,segment,lower_window,upper_window"
        }
    }

    /// A whole file of a category.
    public func file(_ category: Category) -> String { Company.file(category, lines(category)) }

    public static func file(_ category: Category, _ lines: [String]) -> String {
        ([header(category)] + lines).joined(separator: "\n") + "\n"
    }

    /// All files in the order in which the pipeline loads them.
    public func river(settings: SilverSettings = .example) throws -> River {
        let river = River(settings: settings)
        for category in Category.allCases { try river.load(category, file(category)) }
        return river
    }
}

extension Company {
    /// Random data around a day: dense on both sides of the borders of all windows, with records after the day,
    /// refunds, records of clients that never arrive, and clients that sign up after the day.
    public static func random(seed: UInt64, around asOf: Day, clients: Int = 14) -> Company {
        var random = SeededGenerator(seed: seed)
        var company = Company()
        let ids = (0..<clients).map { "c\($0)" }
        let borders = [-1, 0, 1, 7, 8, 27, 28, 29, 30, 31, 55, 56, 59, 60, 89, 90, 91, 179, 180, 181]
        func age(_ random: inout SeededGenerator) -> Int {
            random.chance(0.5) ? random.pick(borders, else: 0) : Int.random(in: -20...420, using: &random)
        }
        for id in ids {
            let created = asOf.advanced(by: random.chance(0.1) ? 3 : -Int.random(in: 0...500, using: &random))
            company.clients.append(
                Client(
                    id: id, created: created, type: random.pick(["basic", "pro", "yearly", ""], else: ""),
                    location: random.pick(["Germany", "us", "Atlantis", ""], else: ""),
                    segment: random.pick(["", "", "smb"], else: ""),
                    contractEnd: random.chance(0.3)
                        ? asOf.advanced(by: Int.random(in: -40...300, using: &random)) : nil))
        }
        let everybody = ids + ["ghost1", "ghost2"]
        for index in 0..<clients * 14 {
            let day = asOf.advanced(by: -age(&random))
            let millisecond = random.pick([0, 86_399_999, 3_600_000, 3_599_999], else: 0)
            company.events.append(
                Event(
                    id: "e\(index)", client: random.pick(everybody, else: ""),
                    type: random.pick(["login", "view", "sso"], else: ""),
                    at: Instant(day: day, millisecondOfDay: millisecond).rawValue,
                    device: random.pick(["", "phone"], else: ""), feature: random.pick(["", "a", "b", "c"], else: "")))
        }
        for index in 0..<clients * 8 {
            let amount: Int64 = random.pick(
                [1, 25_000_000, 100_000_000, -5_000_000, 999_999, 12_345_678, -100_000_000, 40_000_000], else: 1)
            company.transactions.append(
                Transaction(
                    id: "t\(index)", client: random.pick(everybody, else: ""), amount: amount,
                    currency: random.pick(["USD", "EUR", "JPY"], else: "USD"),
                    method: random.pick(["card", ""], else: ""), day: asOf.advanced(by: -age(&random))))
        }
        for index in 0..<clients * 3 {
            let created =
                Instant(day: asOf.advanced(by: -age(&random)), millisecondOfDay: random.pick([0, 86_399_999], else: 0))
                .rawValue
            let resolved =
                random.chance(0.6)
                ? created + Int64(random.pick([0, 1, 3_600_000, 86_400_000, 900_000_000], else: 0)) : nil
            company.tickets.append(
                Ticket(
                    id: "k\(index)", client: random.pick(everybody, else: ""), created: created, resolved: resolved,
                    satisfaction: random.chance(0.5) ? Int.random(in: 1...5, using: &random) : nil,
                    issue: random.pick(["", "bug"], else: "")))
        }
        for index in 0..<clients * 3 {
            company.surveys.append(
                Survey(
                    id: "s\(index)", client: random.pick(everybody, else: ""),
                    day: asOf.advanced(by: -random.pick([0, 1, 2, 90, 180, -1], else: 0)),
                    score: Int.random(in: 0...10, using: &random)))
        }
        for index in 0..<4 {
            company.knownDays.append(
                KnownDay(
                    day: asOf.advanced(by: random.pick([-30, 0, 1, 45], else: 0) + index),
                    name: "promotion \(index % 2)",
                    segment: random.pick(["", "smb"], else: ""), lower: -random.pick([0, 1], else: 0),
                    upper: random.pick([0, 3], else: 0)))
        }
        return company
    }
}
