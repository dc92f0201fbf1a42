import Records
import Words

/// Stages clients. A drop's rows are applied when the drop is complete, so that a refused one changes nothing.
final class DemographicsStage: SilverStage {
    private var reading: RowReading
    private var attributeColumns: [(source: Int, attribute: Int)] = []
    /// Where an attribute stands among those of the tables; nil before it is asked for.
    private var indexOfAttribute: [String: Int]?
    /// The bytes of their names; nil before they are counted.
    private var attributeNameBytes: Int?
    private var time = TimeParser()
    /// By ``ClientAttribute/words``.
    private var coders = ClientAttribute.words.map { _ in TextCoder() }
    private var attributeCoders: [TextCoder] = []
    /// So many attributes get a large table of their values each.
    private static let largeCodersMax = 16
    private var text = StagedText()
    private var staged = StagedRows<Row>()
    /// What the staged rows say of the columns of the schema: a value for each of ``ClientAttribute`` row by row.
    private var values = StagedRows<StagedValue>()
    private var attributeCodes: [AttributeCode] = []
    private var hasMadeRoom = false

    private enum Column {
        static let id = 0
        static let creation = of(.creationDay)
        static let attributes = ClientAttribute.allCases.count
        static let count = attributes + 1

        static func of(_ attribute: ClientAttribute) -> Int { attribute.rawValue + 1 }
    }

    private struct Row: BitwiseCopyable {
        var client: UInt32
        var contentHash: UInt64
        /// The columns of the schema that the row has, a bit each.
        var columns: UInt64 = 0
        var creation: Int32 = 0
        /// Where the codes of its attributes begin in `attributeCodes`, and how many they are.
        var firstAttribute = 0
        var attributeCount = 0
        var line: UInt32
    }

    /// What a row says of a column of the schema.
    private struct StagedValue: BitwiseCopyable {
        /// The code, the number or the day; of a text where it begins among the staged ones.
        var low: UInt32
        /// Of a text where it ends; 0 for everything else.
        var high: UInt32 = 0

        var span: FieldSpan { FieldSpan(start: low, end: high) }
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
        values.removeAll()
        attributeCodes.removeAll(keepingCapacity: true)
        text.removeAll()
    }

    var textBytes: Int { text.bytes.count }

    func abandonDrop(_ load: SilverLoad) {
        forgetRows()
        // They may name values and attributes that only this drop had.
        coders = ClientAttribute.words.map { _ in TextCoder() }
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
                load.tables.clients.attributes.append(SparseColumn())
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
        var result = Row(client: client, contentHash: rows.contentHash(row), line: rows.batch.lines[row])
        var word = 0
        for attribute in ClientAttribute.allCases {
            let column = Column.of(attribute)
            let span = rows.span(row, column)
            var value = StagedValue(low: 0)
            switch attribute.form {
            case .word:
                value.low = coders[word].code(rows, span) { load.tables.clients[word: attribute].insert($0) }
                word += 1
            case .text:
                let span = text.append(rows.buffer(span))
                (value.low, value.high) = (span.start, span.end)
            case .number(let range):
                value.low = UInt32(bitPattern: number(rows, row, column, in: range, load))
            case .day where attribute.isRequired:
                if case .value(let day, _) = time.instant(rows.pointer(span), span.count) {
                    value.low = UInt32(bitPattern: day)
                    if attribute == .creationDay { result.creation = day }
                }
            case .day, .futureDay, .knownWhenOver:
                value.low = UInt32(bitPattern: day(rows, row, column, load))
            }
            if rows.names(row, column) { result.columns |= 1 << UInt64(attribute.rawValue) }
            values.append(value)
        }
        result.firstAttribute = attributeCodes.count
        for (source, attribute) in attributeColumns where rows.namesSource(row, source) {
            let code = attributeCoders[attribute].code(
                rows, rows.sourceSpan(row, source), &load.tables.clients.attributes[attribute])
            if code != 0 { load.tables.clients.attributes[attribute].makeRoom(for: Int(result.client)) }
            attributeCodes.append(
                AttributeCode(attribute: UInt32(truncatingIfNeeded: attribute), code: code))
        }
        result.attributeCount = attributeCodes.count - result.firstAttribute
        staged.append(result)
    }

    /// Nothing, or a number of the range; anything else is unknown and a warning.
    private func number(
        _ rows: RowBytes, _ row: Int, _ column: Int, in range: ClosedRange<Int>, _ load: SilverLoad
    ) -> Int32 {
        let span = rows.span(row, column)
        if span.count == 0 { return ClientTable.unknownNumber }
        if let value = NumberParser.integer(rows.pointer(span), span.count, in: range) { return Int32(clamping: value) }
        warn(rows, row, column, load)
        return ClientTable.unknownNumber
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
        warn(rows, row, column, load)
        return ClientTable.unknownDay
    }

    private func warn(_ rows: RowBytes, _ row: Int, _ column: Int, _ load: SilverLoad) {
        load.current.warnings += 1
        load.remark(
            line: Int(rows.batch.lines[row]), column: reading.category.columns[column].name, .unreadableValue)
    }

    func endDrop(_ load: SilverLoad) {
        // Moved out and back, so that writing to it copies nothing and is checked once.
        var clients = load.tables.clients
        load.tables.clients = ClientTable()
        defer { load.tables.clients = clients }
        var firstRows = FirstRows(known: load.clientCountBefore)
        var applied: [Int] = []
        for index in 0..<staged.count {
            if load.endsEarly(at: index) { break }
            let row = staged[index]
            if let first = firstRows[Int(row.client)] {
                load.current.duplicates += 1
                load.current.accepted -= 1
                if staged[first].contentHash != row.contentHash {
                    load.current.collisions += 1
                    load.remark(line: Int(row.line), column: difference(index, first)?.name, .differentDuplicate)
                }
                continue
            }
            firstRows.note(Int(row.client), row: index)
            applied.append(index)
        }
        var changed = [Bool](repeating: false, count: applied.count)
        // Of clients who were known something may be replaced; a first file tells of none.
        let wasKnown = clients.knownCount > 0 ? applied.map { clients.isKnown[Int(staged[$0].client)] } : nil
        // So many at a time that what they say stays near while it goes into one column after the other.
        for start in stride(from: 0, to: applied.count, by: DemographicsStage.rowsAtOnce) {
            let rows = applied[start..<min(start + DemographicsStage.rowsAtOnce, applied.count)]
            guard let wasKnown else {
                apply(rows, &clients, &changed, nil)
                continue
            }
            var replaced: [(place: Int, column: String, kind: RemarkKind)] = []
            apply(rows, &clients, &changed) { place, column, before, after in
                guard wasKnown[place], before else { return }
                replaced.append((place, column, after ? .replacedValue : .removedValue))
            }
            for (place, column, kind) in replaced {
                load.remark(line: Int(staged[applied[place]].line), column: column, kind)
            }
        }
        var lastDay = Int32.min
        for (index, changed) in zip(applied, changed) {
            let row = staged[index]
            let client = Int(row.client)
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
        if load.current.duplicates > 0 {
            // What a repeated row says does not count.
            for (_, attribute) in attributeColumns { clients.attributes[attribute].giveBackRoom() }
        }
        if lastDay > Int32.min { load.tables.see(lastDay: Day(rawValue: lastDay)) }
        forgetRows()
    }

    private static let rowsAtOnce = 1024

    /// Called with the place of a row, the column, and whether a value was known before and is after it.
    private typealias Changed = (_ place: Int, _ name: String, _ before: Bool, _ after: Bool) -> Void

    /// The first column of the schema of which two rows of a client say different things.
    private func difference(_ one: Int, _ other: Int) -> ClientAttribute? {
        ClientAttribute.allCases.first { attribute in
            let (one, other) = (said(one, attribute), said(other, attribute))
            guard attribute.form == .text else { return one.low != other.low }
            return text.withBytes(one.span) { one in text.withBytes(other.span) { !one.elementsEqual($0) } }
        }
    }

    /// Writes rows over their clients, column by column: the columns that a row has, and no others.
    /// - Parameters:
    ///   - rows: no two of one client.
    ///   - changed: set where anything of a row is different now.
    private func apply(
        _ rows: ArraySlice<Int>, _ clients: inout ClientTable, _ changed: inout [Bool], _ note: Changed?
    ) {
        for attribute in ClientAttribute.allCases {
            switch attribute.form {
            case .word: set(attribute, &clients[word: attribute].codes, unknown: 0, rows, &changed, note) { $0.low }
            case .number:
                set(attribute, &clients[number: attribute], unknown: ClientTable.unknownNumber, rows, &changed, note) {
                    Int32(bitPattern: $0.low)
                }
            case .day, .futureDay, .knownWhenOver:
                set(attribute, &clients[day: attribute], unknown: ClientTable.unknownDay, rows, &changed, note) {
                    Int32(bitPattern: $0.low)
                }
            case .text: set(attribute, &clients[text: attribute], rows, &changed, note)
            }
        }
        for (place, index) in zip(rows.indices, rows) {
            let row = staged[index]
            for position in 0..<row.attributeCount {
                let said = attributeCodes[row.firstAttribute + position]
                let (attribute, client) = (Int(said.attribute), Int(row.client))
                let before = clients.attributes[attribute].code(of: client)
                guard before != said.code else { continue }
                note?(place, clients.attributeNames[attribute], before != 0, said.code != 0)
                clients.attributes[attribute].set(said.code, of: client)
                changed[place] = true
            }
        }
    }

    private func said(_ row: Int, _ attribute: ClientAttribute) -> StagedValue {
        values[row * Column.attributes + attribute.rawValue]
    }

    @inline(__always)
    private func set<Value: Equatable>(
        _ attribute: ClientAttribute, _ column: inout [Value], unknown: Value, _ rows: ArraySlice<Int>,
        _ changed: inout [Bool], _ note: Changed?, _ value: (StagedValue) -> Value
    ) {
        for (place, index) in zip(rows.indices, rows) {
            let row = staged[index]
            guard row.columns >> UInt64(attribute.rawValue) & 1 != 0 else { continue }
            let (client, value) = (Int(row.client), value(said(index, attribute)))
            guard column[client] != value else { continue }
            note?(place, attribute.name, column[client] != unknown, value != unknown)
            column[client] = value
            changed[place] = true
        }
    }

    private func set(
        _ attribute: ClientAttribute, _ column: inout TextColumn, _ rows: ArraySlice<Int>, _ changed: inout [Bool],
        _ note: Changed?
    ) {
        for (place, index) in zip(rows.indices, rows) {
            let row = staged[index]
            guard row.columns >> UInt64(attribute.rawValue) & 1 != 0 else { continue }
            let client = Int(row.client)
            text.withBytes(said(index, attribute).span) { bytes in
                guard !column.isEqual(at: client, to: bytes) else { return }
                note?(place, attribute.name, column.withBytes(at: client) { !$0.isEmpty }, !bytes.isEmpty)
                column.replace(at: client, with: bytes)
                changed[place] = true
            }
        }
    }

    func finish(_ load: SilverLoad, known: any KnownKeys) throws -> StageOutcome { StageOutcome() }
}
