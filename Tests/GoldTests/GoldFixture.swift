import Gold
import Records
import RiverTesting
import Silver

/// Clients and their records in few words, and the metrics that come out.
struct GoldFixture {
    var company = Company()
    var asOf: Day
    var settings: GoldSettings

    init(asOf: Day, settings: GoldSettings = .example) {
        self.asOf = asOf
        self.settings = settings
        company.clients = [.init(id: "c", created: Day(2020, 1, 1))]
    }

    mutating func event(_ day: Day, _ type: String = "view", millisecond: Int = 0, feature: String = "") {
        company.events.append(
            .init(
                id: "e\(company.events.count)", client: "c", type: type,
                at: Instant(day: day, millisecondOfDay: millisecond).rawValue, feature: feature))
    }

    mutating func payment(_ day: Day, _ amount: Int64, _ currency: String = "USD") {
        company.transactions.append(
            .init(
                id: "t\(company.transactions.count)", client: "c", amount: amount, currency: currency, day: day))
    }

    mutating func ticket(_ created: Day, resolved: Day? = nil, hours: Int = 0, score: Int? = nil) {
        company.tickets.append(
            .init(
                id: "k\(company.tickets.count)", client: "c", created: Instant(day: created).rawValue,
                resolved: resolved.map { Instant(day: $0).rawValue + Int64(hours) * 3_600_000 }, satisfaction: score))
    }

    func gold() throws -> GoldTables {
        GoldRefinery.refine(try company.river().tables, asOf: asOf, settings: settings)
    }

    func picture() throws -> GoldPicture {
        let tables = try company.river().tables
        return GoldPicture(GoldRefinery.refine(tables, asOf: asOf, settings: settings), tables)
    }

    /// A metric of the one client.
    func value(_ metric: String) throws -> Double? { try picture()["c", metric] }
}
