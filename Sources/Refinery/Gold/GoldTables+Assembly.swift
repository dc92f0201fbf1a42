import Records

extension GoldTables {
    mutating func reserve(_ count: Int) {
        clients.reserveCapacity(count)
        metrics.reserve(count)
    }

    mutating func append(_ part: GoldPart) {
        clients.append(contentsOf: part.clients)
        metrics.append(part.metrics)
    }
}
