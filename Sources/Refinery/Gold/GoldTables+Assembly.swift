import Records

extension GoldTables {
    mutating func reserve(_ count: Int) {
        clients.reserveCapacity(count)
        metrics.reserve(count)
        tickets.starts.reserveCapacity(count + 1)
        surveys.starts.reserveCapacity(count + 1)
    }

    mutating func append(_ part: GoldPart) {
        clients.append(contentsOf: part.clients)
        metrics.append(part.metrics)
        tickets.rows.append(contentsOf: part.ticketRows)
        surveys.rows.append(contentsOf: part.surveyRows)
        for count in part.ticketCounts { tickets.starts.append((tickets.starts.last ?? 0) + count) }
        for count in part.surveyCounts { surveys.starts.append((surveys.starts.last ?? 0) + count) }
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
