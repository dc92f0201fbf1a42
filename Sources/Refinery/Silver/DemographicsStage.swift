import Records

/// Stages clients. A drop's rows are applied when the drop is complete, so that a refused one changes nothing.
final class DemographicsStage: SilverStage {
    private var reading: RowReading
    private var attributeColumns: [(source: Int, attribute: Int)] = []
    /// Where an attribute stands among those of the tables; nil before it is asked for.
    private var indexOfAttribute: [String: Int]?
    /// The bytes of their names; nil before they are counted.
    private var attributeNameBytes: Int?
    private var time = TimeParser()
    private var coders = (0..<10).map { _ in TextCoder() }
    private var attributeCoders: [TextCoder] = []
    /// So many attributes get a large table of their values each.
    private static let largeCodersMax = 16
    private var text = StagedText()
    private var staged = StagedRows<Row>()
    private var attributeCodes: [AttributeCode] = []
    private var hasMadeRoom = false

    private enum Column {
        static let id = 0
        static let name = 1
        static let age = 2
        static let gender = 3
        static let location = 4
        static let subscriptionType = 5
        static let creation = 6
        static let segment = 7
        static let region = 8
        static let tier = 9
        static let product = 10
        static let industry = 11
        static let owner = 12
        static let contractEnd = 13
        static let currency = 14
        static let email = 15
        static let phone = 16
        static let contactName = 17
        static let churn = 18
        static let count = 19
    }

    private struct Row: BitwiseCopyable {
        var client: UInt32
        var contentHash: UInt64
        /// The columns of the schema that the row has, a bit each.
        var columns: UInt32 = 0
        var age: Int16 = -1
        var creation: Int32 = 0
        var contractEnd = ClientTable.unknownDay
        var churn = ClientTable.unknownDay
        var name = FieldSpan(start: 0, end: 0)
        var email = FieldSpan(start: 0, end: 0)
        var phone = FieldSpan(start: 0, end: 0)
        var contactName = FieldSpan(start: 0, end: 0)
        /// Codes of gender, location, subscription type, segment, region, tier, product, industry, owner, currency.
        var codes: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) =
            (0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
        /// Where the codes of its attributes begin in `attributeCodes`, and how many they are.
        var firstAttribute = 0
        var attributeCount = 0
    }

    /// What a row says of an attribute. An object that names few of many keys costs no more than those.
    private struct AttributeCode: BitwiseCopyable {
        var attribute: UInt32
        var code: UInt32
    }

    init(settings: SilverSettings) { reading = RowReading(.demographics, settings) }

    func beginDrop(_ settings: SilverSettings) {
        reading.beginDrop(settings)
        forgetRows()
    }

    private func forgetRows() {
        staged.removeAll()
        attributeCodes.removeAll(keepingCapacity: true)
        text.removeAll()
    }

    var textBytes: Int { text.bytes.count }

    func abandonDrop(_ load: SilverLoad) {
        forgetRows()
        // They may name values and attributes that only this drop had.
        coders = (0..<10).map { _ in TextCoder() }
        attributeCoders.removeAll()
        indexOfAttribute = nil
        attributeNameBytes = nil
    }

    /// Makes room for the columns of a file that the schema does not name.
    private func adoptAttributes(_ header: BronzeBatch.Header, _ load: SilverLoad) {
        let known = Set(Category.demographics.columns.map(\.name))
        var index =
            indexOfAttribute
            ?? Dictionary(
                load.tables.clients.attributeNames.enumerated().map { ($1, $0) },
                uniquingKeysWith: { first, _ in first })
        // Held by one alone while it grows.
        indexOfAttribute = nil
        defer { indexOfAttribute = index }
        attributeColumns = []
        for (source, name) in header.names.enumerated() where !known.contains(name) {
            let attribute: Int
            if let position = index[name] {
                attribute = position
            } else {
                if let excess = excess(with: name, load) {
                    load.attributeExcess = excess
                    return
                }
                attribute = load.tables.clients.attributeNames.count
                index[name] = attribute
                load.tables.clients.attributeNames.append(name)
                attributeNameBytes = (attributeNameBytes ?? 0) + name.utf8.count
                var column = CodedColumn()
                column.codes = Array(repeating: 0, count: load.tables.clients.count)
                load.tables.clients.attributes.append(column)
            }
            while attributeCoders.count <= attribute {
                attributeCoders.append(
                    TextCoder(slotCount: attributeCoders.count < DemographicsStage.largeCodersMax ? 4096 : 256))
            }
            attributeColumns.append((source, attribute))
        }
    }

    /// What a further column would be too many of.
    private func excess(with name: String, _ load: SilverLoad) -> LoadExcess? {
        let limits = load.settings.limits
        let clients = load.tables.clients
        let nameBytes = attributeNameBytes ?? clients.attributeNames.reduce(0) { $0 + $1.utf8.count }
        attributeNameBytes = nameBytes
        if clients.attributes.count >= limits.attributes { return .attributes(limit: limits.attributes) }
        if nameBytes + name.utf8.count > limits.attributeNameBytes {
            return .attributeNames(limit: limits.attributeNameBytes)
        }
        if (clients.attributes.count + 1) * clients.count > limits.attributeCells {
            return .attributeCells(limit: limits.attributeCells)
        }
        return nil
    }

    func load(_ batch: BronzeBatch, into load: SilverLoad, rejected: (Reject) -> Void) {
        if reading.adopt(batch.header) { adoptAttributes(batch.header, load) }
        let rows = reading.rows(of: batch)
        if !hasMadeRoom {
            hasMadeRoom = true
            load.makeRoomForClients(as: batch)
        }
        for row in 0..<batch.rowCount {
            load.prefetchClient(rows, after: row, column: Column.id)
            if let problem = problem(rows, row) {
                load.current.rejected += 1
                rejected(reading.reject(rows, row, problem))
                continue
            }
            stage(rows, row, load)
        }
    }

    private func problem(_ rows: RowBytes, _ row: Int) -> (Int, Reject.Reason)? {
        if rows.span(row, Column.id).count == 0 { return (Column.id, .missing) }
        if reading.hasRules {
            for column in 0..<Column.creation {
                if let reason = reading.violation(rows, row, column) { return (column, reason) }
            }
        }
        let creation = rows.span(row, Column.creation)
        if creation.count == 0 { return (Column.creation, .missing) }
        guard case .value(let day, _) = time.instant(rows.pointer(creation), creation.count) else {
            return (Column.creation, .notADate)
        }
        if let reason = reading.problem(ofDay: day) { return (Column.creation, reason) }
        if reading.hasRules {
            for column in Column.creation..<Column.count {
                if let reason = reading.violation(rows, row, column) { return (column, reason) }
            }
        }
        return nil
    }

    private func stage(_ rows: RowBytes, _ row: Int, _ load: SilverLoad) {
        let id = rows.span(row, Column.id)
        let key = rows.key(id)
        let client = load.client(key, hash: KeyIndex.hash(of: key), id: rows.buffer(id))
        var result = Row(client: client, contentHash: rows.contentHash(row))
        for column in 0..<Column.count where rows.names(row, column) { result.columns |= 1 << UInt32(column) }
        let creation = rows.span(row, Column.creation)
        if case .value(let day, _) = time.instant(rows.pointer(creation), creation.count) { result.creation = day }
        let age = rows.span(row, Column.age)
        if age.count > 0 {
            if let value = NumberParser.integer(rows.pointer(age), age.count, in: 0...130) {
                result.age = Int16(value)
            } else {
                load.current.warnings += 1
            }
        }
        result.contractEnd = day(rows, row, Column.contractEnd, load)
        result.churn = day(rows, row, Column.churn, load)
        result.name = text.append(rows.buffer(rows.span(row, Column.name)))
        result.email = text.append(rows.buffer(rows.span(row, Column.email)))
        result.phone = text.append(rows.buffer(rows.span(row, Column.phone)))
        result.contactName = text.append(rows.buffer(rows.span(row, Column.contactName)))
        result.codes = (
            coders[0].code(rows, rows.span(row, Column.gender), &load.tables.clients.gender),
            coders[1].code(rows, rows.span(row, Column.location), &load.tables.clients.location),
            coders[2].code(rows, rows.span(row, Column.subscriptionType), &load.tables.clients.subscriptionType),
            coders[3].code(rows, rows.span(row, Column.segment), &load.tables.clients.segment),
            coders[4].code(rows, rows.span(row, Column.region), &load.tables.clients.region),
            coders[5].code(rows, rows.span(row, Column.tier), &load.tables.clients.tier),
            coders[6].code(rows, rows.span(row, Column.product), &load.tables.clients.product),
            coders[7].code(rows, rows.span(row, Column.industry), &load.tables.clients.industry),
            coders[8].code(rows, rows.span(row, Column.owner), &load.tables.clients.owner),
            coders[9].code(rows, rows.span(row, Column.currency), &load.tables.clients.currency)
        )
        result.firstAttribute = attributeCodes.count
        for (source, attribute) in attributeColumns where rows.namesSource(row, source) {
            let code = attributeCoders[attribute].code(
                rows, rows.sourceSpan(row, source), &load.tables.clients.attributes[attribute])
            attributeCodes.append(
                AttributeCode(attribute: UInt32(truncatingIfNeeded: attribute), code: code))
        }
        result.attributeCount = attributeCodes.count - result.firstAttribute
        staged.append(result)
    }

    /// An optional day: nothing, or a real date; anything else is unknown and a warning.
    private func day(_ rows: RowBytes, _ row: Int, _ column: Int, _ load: SilverLoad) -> Int32 {
        let span = rows.span(row, column)
        if span.count == 0 { return ClientTable.unknownDay }
        if case .value(let day, _) = time.instant(rows.pointer(span), span.count),
            day >= reading.settings.earliestDay.rawValue
        {
            return day
        }
        load.current.warnings += 1
        return ClientTable.unknownDay
    }

    func endDrop(_ load: SilverLoad) {
        // Moved out and back, so that writing to it copies nothing and is checked once.
        var clients = load.tables.clients
        load.tables.clients = ClientTable()
        defer { load.tables.clients = clients }
        var firstRows = FirstRows(known: load.clientCountBefore)
        var lastDay = Int32.min
        for index in 0..<staged.count {
            if load.endsEarly(at: index) { break }
            let row = staged[index]
            if let first = firstRows[Int(row.client)] {
                load.current.duplicates += 1
                load.current.accepted -= 1
                if staged[first].contentHash != row.contentHash { load.current.collisions += 1 }
                continue
            }
            let client = Int(row.client)
            firstRows.note(client, row: index)
            let changed = apply(row, &clients)
            if clients.isKnown[client] {
                if changed {
                    load.current.updated += 1
                    load.noteChange(ofClient: client)
                }
            } else {
                clients.isKnown[client] = true
                clients.knownCount += 1
                load.noteChange(ofClient: client)
                load.joinOrphans(of: row.client)
            }
            lastDay = max(lastDay, row.creation)
        }
        if lastDay > Int32.min { load.tables.see(lastDay: Day(rawValue: lastDay)) }
        forgetRows()
    }

    /// Writes a row over its client: the columns the row has, and no others.
    /// - Returns: whether anything is different now.
    private func apply(_ row: Row, _ clients: inout ClientTable) -> Bool {
        let client = Int(row.client)
        var changed = false
        func set<Value: Equatable>(_ column: Int, _ values: inout [Value], _ value: Value) {
            guard row.columns >> UInt32(column) & 1 != 0, values[client] != value else { return }
            values[client] = value
            changed = true
        }
        func set(_ column: Int, _ values: inout TextColumn, _ span: FieldSpan) {
            guard row.columns >> UInt32(column) & 1 != 0 else { return }
            text.withBytes(span) { bytes in
                guard !values.isEqual(at: client, to: bytes) else { return }
                values.replace(at: client, with: bytes)
                changed = true
            }
        }
        set(Column.creation, &clients.creationDay, row.creation)
        set(Column.age, &clients.age, row.age)
        set(Column.contractEnd, &clients.contractEndDay, row.contractEnd)
        set(Column.churn, &clients.churnDay, row.churn)
        set(Column.name, &clients.name, row.name)
        set(Column.email, &clients.email, row.email)
        set(Column.phone, &clients.phone, row.phone)
        set(Column.contactName, &clients.contactName, row.contactName)
        set(Column.gender, &clients.gender.codes, row.codes.0)
        set(Column.location, &clients.location.codes, row.codes.1)
        set(Column.subscriptionType, &clients.subscriptionType.codes, row.codes.2)
        set(Column.segment, &clients.segment.codes, row.codes.3)
        set(Column.region, &clients.region.codes, row.codes.4)
        set(Column.tier, &clients.tier.codes, row.codes.5)
        set(Column.product, &clients.product.codes, row.codes.6)
        set(Column.industry, &clients.industry.codes, row.codes.7)
        set(Column.owner, &clients.owner.codes, row.codes.8)
        set(Column.currency, &clients.currency.codes, row.codes.9)
        for position in 0..<row.attributeCount {
            let said = attributeCodes[row.firstAttribute + position]
            setAttribute(Int(said.attribute), client, said.code, &clients, &changed)
        }
        return changed
    }

    private func setAttribute(
        _ attribute: Int, _ client: Int, _ code: UInt32, _ clients: inout ClientTable, _ changed: inout Bool
    ) {
        guard clients.attributes[attribute].codes[client] != code else { return }
        clients.attributes[attribute].codes[client] = code
        changed = true
    }

    func finish(
        _ load: SilverLoad, known: any KnownKeys, segmentID: Int64,
        emitKeys: (UnsafeBufferPointer<KeyEntry>) throws -> Void
    ) throws -> (events: EventSegment?, transactions: TransactionSegment?) { (nil, nil) }
}
