/// The promotions and holidays that moved the numbers of at least one client, in order of their days.
struct EventRows: RowSource {
    private let company: Company

    init(company: Company) {
        self.company = company
    }

    mutating func appendBatch(to writer: inout RowWriter) -> Bool {
        let settings = company.settings
        let horizon = settings.lastDay + settings.lookaheadDays
        for occasion in company.calendar.occasions {
            // A holiday that began before the window and reaches into it counts.
            let end = occasion.day + occasion.length - 1
            guard end >= settings.firstDay, occasion.day <= horizon, touchesSomebody(occasion) else { continue }
            writer.reserveRow()
            writer.day(occasion.day)
            writer.text(occasion.name)
            writer.text(occasion.segment?.name ?? "")
            writer.integer(0)
            writer.integer(occasion.length - 1)
            writer.endRow(client: -1)
        }
        return false
    }

    private func touchesSomebody(_ occasion: CompanyCalendar.Occasion) -> Bool {
        // Of the time to come only today's clients are known.
        let last = min(occasion.day + occasion.length - 1, company.settings.lastDay)
        let first = max(min(occasion.day, company.settings.lastDay), company.settings.firstDay)
        return company.clients.contains { client in
            guard occasion.segment.map({ $0 == client.segment }) ?? true else { return false }
            guard occasion.countries.isEmpty || occasion.countries.contains(Country.all[client.country].code) else {
                return false
            }
            return client.isServed(on: first) || client.isServed(on: last)
        }
    }
}
