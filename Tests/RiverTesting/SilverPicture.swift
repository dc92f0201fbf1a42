public import Records
import Words

/// What silver holds, without the order in which it came: two states with the same picture hold the same data.
public struct SilverPicture: Equatable {
    public var clients: [String]
    public var events: [String]
    public var transactions: [String]
    public var tickets: [String]
    public var surveys: [String]
    public var knownDays: [String]
    public var lastDay: Day?
    public var firstEventDay: Day?

    public init(_ tables: SilverTables) {
        let table = tables.clients
        func id(_ client: UInt32) -> String { table.id[Int(client)] ?? "" }
        clients = (0..<table.count).map { SilverPicture.client(table, $0) }.sorted()
        var events: [String] = []
        for segment in tables.events.segments {
            for (index, client) in segment.slices.clients.enumerated() {
                for at in Int(segment.slices.starts[index])..<Int(segment.slices.starts[index + 1]) {
                    let event = segment.values[at]
                    let kind = tables.events.kinds.kinds[Int(event.kind)]
                    events.append(
                        "\(id(client)) \(Day(rawValue: event.day)) \(event.hour)h \(kind.type)|\(kind.device)|"
                            + kind.feature)
                }
            }
        }
        self.events = events.sorted()
        var transactions: [String] = []
        for segment in tables.transactions.segments {
            for (index, client) in segment.slices.clients.enumerated() {
                for at in Int(segment.slices.starts[index])..<Int(segment.slices.starts[index + 1]) {
                    let transaction = segment.values[at]
                    let kind = tables.transactions.kinds.kinds[Int(transaction.kind)]
                    transactions.append(
                        "\(id(client)) \(Day(rawValue: transaction.day)) \(Money(rawValue: transaction.amount)) "
                            + "\(kind.currency)|\(kind.method)\(SilverPicture.terms(kind.terms, transaction.day))")
                }
            }
        }
        self.transactions = transactions.sorted()
        let tickets = tables.tickets
        self.tickets =
            (0..<tickets.count).map { row in
                let resolved = tickets.resolvedAt[row]
                return "\(tickets.id[row] ?? "") \(id(tickets.client[row])) \(tickets.issueType[row] ?? "-") "
                    + "\(Instant(rawValue: tickets.createdAt[row])) "
                    + (resolved == TicketTable.unresolved ? "open" : Instant(rawValue: resolved).description)
                    + " \(tickets.satisfaction[row])"
            }.sorted()
        let surveys = tables.surveys
        self.surveys =
            (0..<surveys.count).map { row in
                "\(surveys.id[row] ?? "") \(id(surveys.client[row])) \(Day(rawValue: surveys.day[row])) "
                    + "\(surveys.score[row]) \(surveys.comments[row] ?? "-")"
            }.sorted()
        let calendar = tables.calendar
        knownDays =
            (0..<calendar.count).map { row in
                "\(Day(rawValue: calendar.day[row])) \(calendar.name[row] ?? "-") \(calendar.segment[row] ?? "-") "
                    + "\(calendar.lowerWindow[row]) \(calendar.upperWindow[row])"
            }.sorted()
        lastDay = tables.lastDay
        firstEventDay = tables.firstEventDay
    }

    private static func terms(_ terms: PaymentTerms, _ day: Int32) -> String {
        let start = Day(rawValue: day + terms.periodStart)
        return (terms.isRecurring ? "" : " once")
            + (terms.hasPeriod ? " \(start)…\(start.advanced(by: Int(terms.periodDays)))" : "")
    }

    private static func client(_ table: ClientTable, _ row: Int) -> String {
        func day(_ value: Int32) -> String {
            value == ClientTable.unknownDay ? "-" : Day(rawValue: value).description
        }
        let values = ClientAttribute.allCases.map { attribute in
            switch attribute.form {
            case .word: table[word: attribute][row] ?? "-"
            case .text: table[text: attribute][row] ?? "-"
            case .number: "\(table[number: attribute][row])"
            case .day, .futureDay, .knownWhenOver: day(table[day: attribute][row])
            }
        }
        let attributes = table.attributeNames.indices.compactMap { index in
            table.attributes[index][row].map { "\(table.attributeNames[index])=\($0)" }
        }.sorted()
        return
            ([table.id[row] ?? "", table.isKnown[row] ? "known" : "unknown"] + values + attributes)
            .joined(separator: " ")
    }
}
