/// What really happened to each client, in the order of the client file.
struct TruthRows: RowSource {
    private let company: Company

    init(company: Company) {
        self.company = company
    }

    mutating func appendBatch(to writer: inout RowWriter) -> Bool {
        let horizon = company.settings.lastDay + company.settings.lookaheadDays
        for client in company.clients {
            writer.reserveRow()
            writer.client(client.index)
            let isShown = client.churnDay <= horizon
            append(isShown ? client.churnDay : nil, to: &writer)
            writer.text(isShown ? client.reason?.name ?? "" : "")
            // A client who leaves without a sign has no day on which it showed.
            append(isShown && client.warningDay < client.churnDay ? client.warningDay : nil, to: &writer)
            append(isShown && client.returnDay <= horizon ? client.returnDay : nil, to: &writer)
            append(client.dipDay < Client.never ? client.dipDay : nil, to: &writer)
            writer.endRow(client: client.index)
        }
        return false
    }

    private func append(_ day: Int?, to writer: inout RowWriter) {
        if let day { writer.day(day) } else { writer.comma() }
    }
}
