/// The client file: one record per client in order of sign-up.
struct DemographicsRows: RowSource {
    private let company: Company
    private var next = 0
    private static let batchSize = 1024

    init(company: Company) {
        self.company = company
    }

    mutating func appendBatch(to writer: inout RowWriter) -> Bool {
        let end = min(next + DemographicsRows.batchSize, company.clients.count)
        for index in next..<end { append(company.clients[index], to: &writer) }
        next = end
        return next < company.clients.count
    }

    private func append(_ client: Client, to writer: inout RowWriter) {
        let identity = NameFactory.identity(client: client, seed: company.settings.seed)
        let state = Subscription.finalState(of: client, settings: company.settings, calendar: company.calendar)
        let country = Country.all[client.country]
        var stream = RandomStream(seed: company.settings.seed, concern: .name, entity: client.index, index: 1)
        writer.reserveRow()
        writer.client(client.index)
        writer.text(identity.firm)
        // Age of the contact, unknown for some.
        if stream.chance(0.07) {
            writer.comma()
        } else {
            writer.integer(min(max(Int((42 + 10.5 * stream.normal()).rounded()), 21), 74))
        }
        writer.text(identity.gender)
        writer.text(country.name)
        writer.text(state.tier.subscriptionType(isYearly: client.isYearly))
        writer.day(client.signupDay)
        writer.text(client.segment.name)
        writer.text(country.region.rawValue)
        writer.text(state.tier.name)
        writer.text(Catalogue.products[client.product])
        writer.text(Catalogue.industries[client.industry])
        writer.text(AccountManagers.names[client.owner])
        writer.day(state.renewalDay)
        writer.text(identity.email)
        writer.text(identity.contact)
        writer.endRow(client: client.index)
    }
}
