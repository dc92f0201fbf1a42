/// Payments and refunds, by day and within the day by client.
struct TransactionRows: RowSource {
    /// Money that moves on a later day than the period began.
    private struct Movement {
        let client: Int
        let minorUnits: Int
        let method: PaymentMethod
    }

    private let company: Company
    private var subscriptions: [Subscription] = []
    private var dueDays: [Int32] = []
    private var movements: [[Movement]]
    private var day: Int
    private let currencies = Currency.allCases.map { PaddedText($0.rawValue) }
    private let currencyOfCountry: [Int]
    private let methods = PaymentMethod.allCases.map { PaddedText($0.name) }

    init(company: Company) {
        self.company = company
        day = company.settings.firstDay
        movements = Array(repeating: [], count: company.settings.days)
        currencyOfCountry = Country.all.map { Currency.allCases.firstIndex(of: $0.currency) ?? 0 }
        subscriptions = company.clients.map { Subscription(client: $0, settings: company.settings) }
        dueDays = subscriptions.map { Int32(clamping: $0.dueDay) }
    }

    mutating func appendBatch(to writer: inout RowWriter) -> Bool {
        let today = Int32(day)
        for index in dueDays.indices where dueDays[index] == today { renew(index) }
        let offset = day - company.settings.firstDay
        for movement in movements[offset].sorted(by: { $0.client < $1.client }) {
            append(movement, to: &writer)
        }
        movements[offset] = []
        day += 1
        return day <= company.settings.lastDay
    }

    private mutating func renew(_ index: Int) {
        let client = company.clients[index]
        let charge = subscriptions[index].renew(
            client: client, settings: company.settings, calendar: company.calendar)
        dueDays[index] = Int32(clamping: subscriptions[index].dueDay)
        guard let charge, let delay = charge.delayDays else { return }
        let paid = day + delay
        schedule(Movement(client: index, minorUnits: charge.minorUnits, method: charge.method), on: paid)
        if let refund = charge.refund {
            schedule(
                Movement(client: index, minorUnits: -refund.minorUnits, method: charge.method),
                on: paid + refund.afterDays)
        }
    }

    private mutating func schedule(_ movement: Movement, on day: Int) {
        guard day <= company.settings.lastDay else { return }
        movements[day - company.settings.firstDay].append(movement)
    }

    private func append(_ movement: Movement, to writer: inout RowWriter) {
        let currency = currencyOfCountry[company.clients[movement.client].country]
        writer.reserveRow()
        writer.recordIdentifier()
        writer.client(movement.client)
        writer.money(minorUnits: movement.minorUnits, decimals: Currency.allCases[currency].decimals)
        writer.padded(currencies[currency])
        writer.padded(methods[Int(movement.method.rawValue)])
        writer.day(day)
        writer.endRow(client: movement.client)
    }
}
