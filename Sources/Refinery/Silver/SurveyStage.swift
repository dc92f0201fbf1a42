import Records
import Words

/// Stages survey answers. The first answer under an id stays.
final class SurveyStage: SilverStage {
    private var reading: RowReading
    private var time = TimeParser()
    private var text = StagedText()
    private var staged = StagedRows<Row>()
    private var pendingOrphans = PendingOrphans()

    private enum Column {
        static let id = 0
        static let customer = 1
        static let date = 2
        static let score = 3
        static let comments = 4
    }

    private struct Row: BitwiseCopyable {
        var key: RecordKey
        var id: FieldSpan
        var comments: FieldSpan
        var client: UInt32
        var day: Int32
        var score: Int8
        var line: UInt32
    }

    init(settings: SilverSettings) { reading = RowReading(.surveys, settings) }

    func beginDrop(_ settings: SilverSettings) {
        reading.beginDrop(settings)
        staged.removeAll()
        text.removeAll()
    }

    var textBytes: Int { text.bytes.count }

    func abandonDrop(_ load: SilverLoad) { staged.removeAll() }

    func load(_ batch: BronzeBatch, into load: SilverLoad, rejected: (Reject) -> Void) {
        let rows = reading.rows(of: batch)
        for row in 0..<batch.rowCount {
            load.prefetchClient(rows, after: row, column: Column.customer)
            if let problem = parse(rows, row, load) {
                load.current.rejected += 1
                rejected(reading.reject(rows, row, problem))
            }
        }
    }

    private func parse(_ rows: RowBytes, _ row: Int, _ load: SilverLoad) -> (Int, Reject.Reason)? {
        for column in [Column.id, Column.customer] {
            if rows.span(row, column).count == 0 { return (column, .missing) }
            if let reason = reading.violation(rows, row, column) { return (column, reason) }
        }
        let date = rows.span(row, Column.date)
        if date.count == 0 { return (Column.date, .missing) }
        guard case .value(let day, _) = time.instant(rows.pointer(date), date.count) else {
            return (Column.date, .notADate)
        }
        if let reason = reading.problem(ofDay: day) { return (Column.date, reason) }
        if let reason = reading.violation(rows, row, Column.date) { return (Column.date, reason) }
        let scoreSpan = rows.span(row, Column.score)
        if scoreSpan.count == 0 { return (Column.score, .missing) }
        guard let score = NumberParser.integer(rows.pointer(scoreSpan), scoreSpan.count, in: 0...10) else {
            return (Column.score, .notAnInteger(0...10))
        }
        for column in [Column.score, Column.comments] {
            if let reason = reading.violation(rows, row, column) { return (column, reason) }
        }
        let id = rows.span(row, Column.id)
        let customer = rows.span(row, Column.customer)
        let clientKey = rows.key(customer)
        staged.append(
            Row(
                key: rows.key(id), id: text.append(rows.buffer(id)),
                comments: text.append(rows.buffer(rows.span(row, Column.comments))),
                client: load.client(clientKey, hash: KeyIndex.hash(of: clientKey), id: rows.buffer(customer)),
                day: day, score: Int8(score), line: rows.batch.lines[row]))
        return nil
    }

    func endDrop(_ load: SilverLoad) {
        // Moved out and back, so that writing to it copies nothing and is checked once.
        var surveys = load.tables.surveys
        load.tables.surveys = SurveyTable()
        defer { load.tables.surveys = surveys }
        let index = load.state.surveyIndex
        index.reserve(staged.count)
        surveys.reserveFurther(staged.count)
        var waiting: [UInt32: Int] = [:]
        var lastDay = Int32.min
        for place in 0..<staged.count {
            if load.endsEarly(at: place) { break }
            let row = staged[place]
            if place + 8 < staged.count { index.prefetch(hash: KeyIndex.hash(of: staged[place + 8].key)) }
            let hash = KeyIndex.hash(of: row.key)
            let known = index.find(row.key, hash: hash)
            if known >= 0 {
                load.current.duplicates += 1
                load.current.accepted -= 1
                if let column = difference(of: row, from: known, surveys) {
                    load.current.collisions += 1
                    load.remark(
                        line: Int(row.line), column: reading.category.columns[column].name, .differentDuplicate)
                }
                continue
            }
            _ = index.insert(row.key, hash: hash)
            text.withBytes(row.id) { surveys.id.append($0) }
            text.withBytes(row.comments) { surveys.comments.append($0) }
            surveys.client.append(row.client)
            surveys.day.append(row.day)
            surveys.score.append(row.score)
            lastDay = max(lastDay, row.day)
            if !load.tables.clients.isKnown[Int(row.client)] { waiting[row.client, default: 0] += 1 }
        }
        if lastDay > Int32.min { load.tables.see(lastDay: Day(rawValue: lastDay)) }
        pendingOrphans.append(dropIndex: load.counts.count, rowsOfClient: waiting)
        staged.removeAll()
        text.removeAll()
    }

    /// The first column in which a row says something else than the answer that is there.
    private func difference(of row: Row, from known: Int, _ surveys: SurveyTable) -> Int? {
        if surveys.client[known] != row.client { return Column.customer }
        if surveys.day[known] != row.day { return Column.date }
        if surveys.score[known] != row.score { return Column.score }
        return text.withBytes(row.comments) { surveys.comments.isEqual(at: known, to: $0) } ? nil : Column.comments
    }

    func finish(_ load: SilverLoad, known: any KnownKeys) throws -> StageOutcome {
        pendingOrphans.enter(into: load)
        return StageOutcome()
    }
}
