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

extension ClientMetrics {
    mutating func reserve(_ count: Int) {
        for path in ClientMetrics.integerColumns { self[keyPath: path].reserveCapacity(count) }
        for path in ClientMetrics.fractionColumns { self[keyPath: path].reserveCapacity(count) }
        for path in ClientMetrics.amountColumns { self[keyPath: path].reserveCapacity(count) }
    }

    mutating func append(_ other: ClientMetrics) {
        for path in ClientMetrics.integerColumns { self[keyPath: path].append(contentsOf: other[keyPath: path]) }
        for path in ClientMetrics.fractionColumns { self[keyPath: path].append(contentsOf: other[keyPath: path]) }
        for path in ClientMetrics.amountColumns { self[keyPath: path].append(contentsOf: other[keyPath: path]) }
    }
}
