import Records
import Words

/// Stages promotions, holidays and other known days. A later drop updates the windows of a day that is there, or calls
/// it off with a 1 under `cancelled`; within a drop its first row stays. The days may lie ahead, and never move the as-of day.
final class CalendarStage: SilverStage {
    private var reading: RowReading
    private var time = TimeParser()
    private var staged: [Row] = []

    private enum Column {
        static let date = 0
        static let name = 1
        static let segment = 2
        static let lower = 3
        static let upper = 4
        static let cancelled = 5
    }

    private struct Row {
        var key: RecordKey
        var day: Int32
        var name: String
        var segment: String
        var lower: Int
        var upper: Int
        var line: UInt32
    }

    init(settings: SilverSettings) { reading = RowReading(.events, settings) }

    func beginDrop(_ settings: SilverSettings) {
        reading.beginDrop(settings)
        staged.removeAll(keepingCapacity: true)
    }

    func abandonDrop(_ load: SilverLoad) { staged.removeAll(keepingCapacity: true) }

    func load(_ batch: BronzeBatch, into load: SilverLoad, rejected: (Reject) -> Void) {
        let rows = reading.rows(of: batch)
        for row in 0..<batch.rowCount {
            if let problem = parse(rows, row) {
                load.current.rejected += 1
                rejected(reading.reject(rows, row, problem))
            }
        }
    }

    /// Stages a row, or says why it is rejected: the first reason in the order of the columns.
    private func parse(_ rows: RowBytes, _ row: Int) -> (Int, Reject.Reason)? {
        let date = rows.span(row, Column.date)
        if date.count == 0 { return (Column.date, .missing) }
        guard case .value(let day, _) = time.instant(rows.pointer(date), date.count) else {
            return (Column.date, .notADate)
        }
        if day < reading.settings.earliestDay.rawValue { return (Column.date, .beforeEarliestDay) }
        if let reason = reading.violation(rows, row, Column.date) { return (Column.date, reason) }
        let name = rows.span(row, Column.name)
        if name.count == 0 { return (Column.name, .missing) }
        for column in [Column.name, Column.segment] {
            if let reason = reading.violation(rows, row, column) { return (column, reason) }
        }
        var windows = [0, 0]
        for (index, range) in [CalendarTable.lowerWindowRange, CalendarTable.upperWindowRange].enumerated() {
            let column = Column.lower + index
            let span = rows.span(row, column)
            if span.count > 0 {
                guard let value = NumberParser.integer(rows.pointer(span), span.count, in: range) else {
                    return (column, .notAnInteger(range))
                }
                windows[index] = value
            }
            if let reason = reading.violation(rows, row, column) { return (column, reason) }
        }
        let cancelled = rows.span(row, Column.cancelled)
        if cancelled.count > 0 {
            let range = CalendarTable.cancelledRange
            guard let value = NumberParser.integer(rows.pointer(cancelled), cancelled.count, in: range) else {
                return (Column.cancelled, .notAnInteger(range))
            }
            if value == 1 { windows = [CalendarTable.cancelledWindows.lower, CalendarTable.cancelledWindows.upper] }
        }
        if let reason = reading.violation(rows, row, Column.cancelled) { return (Column.cancelled, reason) }
        let nameText = rows.text(name)
        let segment = rows.text(rows.span(row, Column.segment))
        staged.append(
            Row(
                key: CalendarTable.key(day: day, name: nameText, segment: segment), day: day, name: nameText,
                segment: segment, lower: windows[0], upper: windows[1], line: rows.batch.lines[row]))
        return nil
    }

    func endDrop(_ load: SilverLoad) {
        var firstOfDrop: [Int: Row] = [:]
        for row in staged {
            let hash = KeyIndex.hash(of: row.key)
            var known = load.state.calendarIndex.find(row.key, hash: hash)
            if known >= 0, let first = firstOfDrop[known] {
                load.current.duplicates += 1
                load.current.accepted -= 1
                if first.lower != row.lower || first.upper != row.upper {
                    load.current.collisions += 1
                    load.remark(
                        line: Int(row.line),
                        column: reading.category.columns[first.lower != row.lower ? Column.lower : Column.upper].name,
                        .differentDuplicate)
                }
                continue
            }
            if known < 0 {
                known = load.state.calendarIndex.insert(row.key, hash: hash)
                load.tables.calendar.append(
                    day: row.day, name: row.name, segment: row.segment, lowerWindow: row.lower, upperWindow: row.upper)
            } else {
                update(known, with: row, load)
            }
            firstOfDrop[known] = row
        }
        staged.removeAll(keepingCapacity: true)
    }

    private func update(_ known: Int, with row: Row, _ load: SilverLoad) {
        let (lower, upper) = (Int16(clamping: row.lower), Int16(clamping: row.upper))
        guard load.tables.calendar.lowerWindow[known] != lower || load.tables.calendar.upperWindow[known] != upper
        else { return }
        for (column, isSame) in [
            (Column.lower, load.tables.calendar.lowerWindow[known] == lower),
            (Column.upper, load.tables.calendar.upperWindow[known] == upper),
        ] where !isSame {
            load.remark(line: Int(row.line), column: reading.category.columns[column].name, .replacedValue)
        }
        load.tables.calendar.lowerWindow[known] = lower
        load.tables.calendar.upperWindow[known] = upper
        load.current.updated += 1
        load.changedCalendarRows.insert(known)
    }

    func finish(_ load: SilverLoad, known: any KnownKeys) throws -> StageOutcome {
        StageOutcome()
    }
}
