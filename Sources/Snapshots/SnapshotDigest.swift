import Records

/// A hash over the content of a generation that does not depend on the order in which the data came. It covers all that
/// is published of a client: whoever publishes only when the name changes misses nothing.
struct SnapshotDigest {
    let text: String
    /// By client, a hash over what clients, tickets and surveys say of him: events and transactions leave it as it is.
    let records: [RecordKey]

    /// - Parameter records: those of a generation that differs in events and transactions only; nil where there is none.
    init(silver: SilverTables, gold: GoldTables, assessments: Assessments, records known: [RecordKey]?) {
        records = known ?? SnapshotDigest.records(silver, gold)
        text = SnapshotDigest.text(records, silver.calendar, gold, assessments)
    }

    private static func records(_ silver: SilverTables, _ gold: GoldTables) -> [RecordKey] {
        let count = gold.count
        var states = [RecordKey](unsafeUninitializedCapacity: count) { buffer, initialized in
            for position in 0..<count {
                let id = silver.clients.id.withBytes(at: Int(gold.clients[position])) { bytes in
                    bytes.reduce(into: RecordKey(low: 0x5175_6F74_6961_6E73, high: UInt64(bytes.count))) {
                        $0.low = ($0.low ^ UInt64($1)) &* 0x100_0000_01B3
                    }
                }
                buffer.initializeElement(at: position, to: id)
            }
            initialized = count
        }
        mixAttributes(silver.clients, gold, &states)
        mixRecords(silver, gold, &states)
        return states
    }

    private static func text(
        _ records: [RecordKey], _ calendar: CalendarTable, _ gold: GoldTables, _ assessments: Assessments
    ) -> String {
        var states = records
        // Column by column: each is read from its start to its end once.
        for path in ClientMetrics.integerColumns {
            mix(gold.metrics[keyPath: path], &states) { UInt64(UInt32(bitPattern: $0)) }
        }
        for path in ClientMetrics.fractionColumns { mix(gold.metrics[keyPath: path], &states) { $0.bitPattern } }
        for path in ClientMetrics.amountColumns {
            mix(gold.metrics[keyPath: path], &states) { UInt64(bitPattern: $0) }
        }
        mix(gold.months.hashes, &states) { $0 }
        mix(assessments.health.score, &states) { $0.bitPattern }
        mix(assessments.risk.score, &states) { $0.bitPattern }
        mix(assessments.risk.fired, &states) { $0 }
        if assessments.churn.model != nil { mix(assessments.churn.probability, &states) { $0.bitPattern } }
        var low: UInt64 = 0
        var high: UInt64 = 0
        // Sums do not depend on the order of the clients.
        for state in states {
            let mixed = state.mixed
            low &+= mixed.low
            high &+= mixed.high
        }
        low &+= calendarHash(calendar)
        let digest = RecordKey(low: low &+ UInt64(records.count), high: high).mixed.low
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Known days: forecasts follow from them too. 0 when there are none.
    private static func calendarHash(_ calendar: CalendarTable) -> UInt64 {
        (0..<calendar.count).reduce(0) { sum, row in
            let key = calendar.key(ofRow: row)
            let windows =
                UInt64(UInt16(bitPattern: calendar.lowerWindow[row])) << 16
                | UInt64(UInt16(bitPattern: calendar.upperWindow[row]))
            return sum &+ RecordKey(low: key.low ^ windows, high: key.high).mixed.low
        }
    }

    /// What demographics say of a client, by the texts themselves: codes depend on the order of the data.
    private static func mixAttributes(_ clients: ClientTable, _ gold: GoldTables, _ states: inout [RecordKey]) {
        for (name, column) in [
            ("segment", gold.dimensions.segment), ("region", gold.dimensions.region), ("tier", gold.dimensions.tier),
            ("product", gold.dimensions.product),
        ] {
            let hashes = textHashes(column.values, name)
            mix(column.codes, &states) { hashes[Int($0)] }
        }
        for (name, column) in [
            ("industry", clients.industry), ("owner", clients.owner), ("location", clients.location),
            ("subscription_type", clients.subscriptionType),
        ] {
            let hashes = textHashes(column.dictionary.values, name)
            mix(gold.clients, &states) { hashes[Int(column.codes[Int($0)])] }
        }
        for column in [clients.creationDay, clients.contractEndDay, clients.churnDay] {
            mix(gold.clients, &states) { UInt64(UInt32(bitPattern: column[Int($0)])) }
        }
        clients.name.bytes.withUnsafeBufferPointer { bytes in
            mix(gold.clients, &states) { client in
                let span = clients.name.spans[Int(client)]
                var hash = UInt64(span.count)
                for byte in bytes[Int(span.start)..<Int(span.end)] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
                return hash
            }
        }
        // Attributes beyond the schema: in any order, and only where there is a value.
        let attributes = zip(clients.attributeNames, clients.attributes).map { name, column in
            (column.codes, textHashes(column.dictionary.values, name))
        }
        guard !attributes.isEmpty else { return }
        mix(gold.clients, &states) { client in
            attributes.reduce(0) { sum, column in sum &+ column.1[Int(column.0[Int(client)])] }
        }
    }

    /// 0 for the unknown value.
    private static func textHashes(_ values: [String], _ name: String) -> [UInt64] {
        values.map { $0.isEmpty ? 0 : RecordKey("\(name)=\($0)").mixed.low }
    }

    /// Tickets and survey answers, in whatever order they came: months count them, metrics do not show all of them.
    private static func mixRecords(_ silver: SilverTables, _ gold: GoldTables, _ states: inout [RecordKey]) {
        let tickets = silver.tickets
        let surveys = silver.surveys
        let endOfDay = Int64(gold.asOf.rawValue + 1) * 86_400_000
        // In the order of the tables, which is that of memory.
        var sums = [UInt64](repeating: 0, count: silver.clients.count)
        for row in 0..<tickets.count where tickets.createdAt[row] < endOfDay {
            sums[Int(tickets.client[row])] &+=
                RecordKey(
                    low: UInt64(bitPattern: tickets.createdAt[row]),
                    high: UInt64(bitPattern: tickets.resolvedAt[row]) &* 8
                        &+ UInt64(truncatingIfNeeded: tickets.satisfaction[row])
                ).mixed.low
        }
        for row in 0..<surveys.count where surveys.day[row] <= gold.asOf.rawValue {
            sums[Int(surveys.client[row])] &+=
                RecordKey(
                    low: UInt64(UInt32(bitPattern: surveys.day[row])),
                    high: UInt64(truncatingIfNeeded: surveys.score[row])
                ).mixed.low
        }
        for position in 0..<gold.count {
            let sum = sums[Int(gold.clients[position])]
            if sum != 0 { states[position].high = states[position].high &* 0x9E37_79B9_7F4A_7C15 &+ sum }
        }
    }

    @inline(__always)
    private static func mix<Value>(_ column: [Value], _ states: inout [RecordKey], _ bits: (Value) -> UInt64) {
        states.withUnsafeMutableBufferPointer { states in
            column.withUnsafeBufferPointer { column in
                for position in 0..<min(states.count, column.count) {
                    let low = (states[position].low ^ bits(column[position])) &* 0x9FB2_1C65_1E98_DF25
                    states[position].low = low ^ (low >> 32)
                    states[position].high = states[position].high &* 0x9E37_79B9_7F4A_7C15 &+ low
                }
            }
        }
    }
}
