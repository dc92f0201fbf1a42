import Records
import Standings
import Words

/// A hash over the content of a generation that does not depend on the order in which the data came. It covers all that
/// is published of a client: whoever publishes only when the name changes misses nothing.
struct SnapshotDigest {
    let text: String
    /// By client, a hash over what clients, tickets and surveys say of him: events and transactions leave it as it is.
    let records: [RecordKey]
    /// The hashes of all clients added up, from which a client can be taken out again.
    private let sum: (low: UInt64, high: UInt64)

    /// - Parameter records: those of a generation that differs in events and transactions only; nil where there is none.
    init(
        silver: SilverTables, gold: GoldTables, assessments: Assessments, standings: CompanyStandings,
        records known: [RecordKey]?
    ) {
        records = known ?? SnapshotDigest.records(silver, gold)
        sum = SnapshotDigest.sum(records, gold, assessments)
        text = SnapshotDigest.text(sum, count: records.count, silver.calendar, gold.metrics.measured, standings)
    }

    /// The same, from that of the generation before.
    /// - Parameter changed: the only positions that may differ, and these in what follows from events and transactions.
    init(
        _ previous: SnapshotDigest, of previousGold: GoldTables, _ previousAssessments: Assessments,
        gold: GoldTables, assessments: Assessments, calendar: CalendarTable, standings: CompanyStandings,
        changed: [Int]
    ) {
        records = previous.records
        let before = changed.map { previous.records[$0] }
        let (gone, come) = (
            SnapshotDigest.sum(before, previousGold, previousAssessments, at: changed),
            SnapshotDigest.sum(before, gold, assessments, at: changed)
        )
        sum = (previous.sum.low &- gone.low &+ come.low, previous.sum.high &- gone.high &+ come.high)
        text = SnapshotDigest.text(sum, count: records.count, calendar, gold.metrics.measured, standings)
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

    /// - Parameters:
    ///   - records: of the positions in question.
    ///   - positions: nil for all.
    private static func sum(
        _ records: [RecordKey], _ gold: GoldTables, _ assessments: Assessments, at positions: [Int]? = nil
    ) -> (low: UInt64, high: UInt64) {
        var states = records
        func chosen<Value>(_ column: [Value]) -> [Value] { positions.map { $0.map { column[$0] } } ?? column }
        // Column by column: each is read from its start to its end once.
        for metric in ClientMetric.stored where metric.form == .whole {
            mix(chosen(gold.metrics[whole: metric]), &states) { UInt64(UInt32(bitPattern: $0)) }
        }
        for metric in ClientMetric.stored where metric.form == .real {
            mix(chosen(gold.metrics[real: metric]), &states) { $0.bitPattern }
        }
        for metric in ClientMetric.stored where metric.form == .money {
            mix(chosen(gold.metrics[money: metric]), &states) { UInt64(bitPattern: $0) }
        }
        mix(chosen(gold.months.hashes), &states) { $0 }
        mix(chosen(assessments.health.score), &states) { $0.bitPattern }
        mix(chosen(assessments.rules.score), &states) { $0.bitPattern }
        mix(chosen(assessments.rules.fired), &states) { $0 }
        if !assessments.risk.valueAtRisk.isEmpty {
            mix(chosen(assessments.risk.valueAtRisk), &states) { UInt64(bitPattern: $0) }
            mix(chosen(assessments.risk.level), &states) { UInt64($0?.rawValue ?? .max) }
        }
        mix(chosen(gold.standingHashes), &states) { $0 }
        if assessments.churn.model != nil { mix(chosen(assessments.churn.probability), &states) { $0.bitPattern } }
        var low: UInt64 = 0
        var high: UInt64 = 0
        // Sums do not depend on the order of the clients.
        for state in states {
            let mixed = state.mixed
            low &+= mixed.low
            high &+= mixed.high
        }
        return (low, high)
    }

    private static func text(
        _ sum: (low: UInt64, high: UInt64), count: Int, _ calendar: CalendarTable, _ measured: MeasuredDays,
        _ standings: CompanyStandings
    ) -> String {
        let low = sum.low &+ calendarHash(calendar) &+ measuredHash(measured) &+ standings.termsHash
        let digest = RecordKey(low: low &+ UInt64(count), high: sum.high).mixed.low
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    /// Which rules can be evaluated, and which features are known, depends on it too.
    private static func measuredHash(_ measured: MeasuredDays) -> UInt64 {
        RecordKey(
            low: UInt64(UInt32(bitPattern: measured.logins)) << 32 | UInt64(UInt32(bitPattern: measured.events)),
            high: UInt64(UInt32(bitPattern: measured.payments))
        ).mixed.low
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
        let inOrder = ClientAttribute.inReadingOrder
        for attribute in inOrder where attribute.place == .grouping {
            let column = gold.dimensions[attribute]
            let hashes = textHashes(column.values, attribute.name)
            mix(column.codes, &states) { hashes[Int($0)] }
        }
        for attribute in inOrder where attribute.form == .word && attribute.place != .grouping {
            let column = clients[word: attribute]
            let hashes = textHashes(column.dictionary.values, attribute.name)
            mix(gold.clients, &states) { hashes[Int(column.codes[Int($0)])] }
        }
        for attribute in inOrder where attribute.form.isDay {
            let column = clients[day: attribute]
            mix(gold.clients, &states) { UInt64(UInt32(bitPattern: column[Int($0)])) }
        }
        for attribute in inOrder where attribute.form.isNumber {
            let column = clients[number: attribute]
            mix(gold.clients, &states) { numberHash(column[Int($0)]) }
        }
        for attribute in inOrder where attribute.form == .text {
            let column = clients[text: attribute]
            column.bytes.withUnsafeBufferPointer { bytes in
                mix(gold.clients, &states) { hash(of: column.spans[Int($0)], bytes) }
            }
        }
        // Attributes beyond the schema: in any order, and only where there is a value.
        guard !clients.attributes.isEmpty else { return }
        var sums = [UInt64](repeating: 0, count: clients.count)
        for (name, column) in zip(clients.attributeNames, clients.attributes) {
            let hashes = textHashes(column.dictionary.values, name)
            column.forEachKnown { client, code in sums[client] &+= hashes[Int(code)] }
        }
        mix(gold.clients, &states) { sums[Int($0)] }
    }

    @inline(__always)
    private static func hash(of span: FieldSpan, _ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash = UInt64(span.count)
        for byte in bytes[Int(span.start)..<Int(span.end)] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }

    /// Another for every number, and for the unknown one.
    @inline(__always)
    private static func numberHash(_ number: Int32) -> UInt64 {
        if number == ClientTable.unknownNumber { return 0xFFFF }
        return UInt64(UInt32(bitPattern: number)) &+ (number >= 0xFFFF ? 1 : 0)
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
        let issues = textHashes(tickets.issueType.dictionary.values, "issue_type")
        for row in 0..<tickets.count where tickets.createdAt[row] < endOfDay {
            sums[Int(tickets.client[row])] &+=
                RecordKey(
                    low: UInt64(bitPattern: tickets.createdAt[row]),
                    high: UInt64(bitPattern: tickets.resolvedAt[row]) &* 8
                        &+ UInt64(truncatingIfNeeded: tickets.satisfaction[row])
                        ^ issues[Int(tickets.issueType.codes[row])]
                ).mixed.low
        }
        surveys.comments.bytes.withUnsafeBufferPointer { comments in
            for row in 0..<surveys.count where surveys.day[row] <= gold.asOf.rawValue {
                sums[Int(surveys.client[row])] &+=
                    RecordKey(
                        low: UInt64(UInt32(bitPattern: surveys.day[row])),
                        high: UInt64(truncatingIfNeeded: surveys.score[row])
                            ^ hash(of: surveys.comments.spans[row], comments)
                    ).mixed.low
            }
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
