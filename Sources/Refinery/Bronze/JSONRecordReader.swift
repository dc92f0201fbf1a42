import Records

/// Reads JSON objects, one a row: from an array, or one after the other (NDJSON).
///
/// Columns are the keys in the order in which they first appear. A new key ends the batch, so that all rows of a batch
/// have the same columns. Values stand in the batch as text: strings unescaped, `null` empty, numbers, booleans and
/// nested
/// values as written.
struct JSONRecordReader {
    private let isArray: Bool
    private var line: Int
    /// The schema's columns by what is compared of their names.
    private let schemaNames: [String: String]
    private var names: [String] = []
    /// The keys as the file spells them, how long they are together, and what is compared of them.
    private var keys: [String] = []
    private var keyBytes = 0
    private var matchKeys: [String] = []
    /// What is compared of the names of columns that hold ids.
    private let idKeys: Set<String>
    private var sawObject = false
    private var indexOfKey: [String: Int] = [:]
    private var header = BronzeBatch.Header(names: [])
    private var finished = false
    /// That the text ends too early is said already.
    private var endIsRejected = false

    init(category: Category, isArray: Bool, line: Int) {
        self.isArray = isArray
        self.line = line
        idKeys = Set(category.columns.filter { $0.kind == .identifier }.map { ColumnName.matchKey($0.name) })
        schemaNames = Dictionary(
            category.columns.map { (ColumnName.matchKey($0.name), $0.name) }, uniquingKeysWith: { first, _ in first })
    }

    /// Fields of one batch: objects of few keys among many make rows as wide as all of them.
    private static let fieldsMax = 1 << 20

    private enum Outcome {
        /// - Parameter problem: why it makes no row.
        case object(end: Int, lineFeeds: Int, problem: Problem?)
        case refused(DropRefusal)
        case incomplete
        case newKey
        case malformed(detail: String, at: Int)
    }

    private struct Problem {
        var column: String?
        var reason: Reject.Reason
    }

    /// - Returns: true when the block is used up, false when the batch is full or its columns change.
    mutating func read(
        _ batch: BronzeBatch, position: inout Int, to end: Int, isLast: Bool, limits: BronzeReader.Limits
    ) throws(DropRefusal) -> Bool {
        batch.header = header
        batch.columnCount = names.count
        batch.rowsMayLackColumns = true
        while true {
            skipSeparators(batch.bytes, &position, end)
            if position >= end {
                if isLast { endOfText(batch, at: end) }
                return true
            }
            if finished {
                reject(batch, position, end, .notAJSONObject("text after the end of the array"))
                position = end
                return true
            }
            if batch.rowCount >= 16_384 || batch.rowCount * names.count >= JSONRecordReader.fieldsMax { return false }
            if isArray, batch.bytes[position] == 93 {
                finished = true
                position += 1
                continue
            }
            let start = position
            let bytesBefore = batch.byteCount
            let keysBefore = names.count
            switch object(batch, from: start, to: end, limits: limits) {
            case .refused(let refusal): throw refusal
            case .object(let objectEnd, let lineFeeds, let problem):
                if let problem {
                    sawObject = true
                    reject(batch, start, objectEnd, problem.reason, column: problem.column)
                } else if objectEnd - start > limits.rowBytesMax {
                    reject(batch, start, objectEnd, .rowTooLong(limit: limits.rowBytesMax))
                } else {
                    sawObject = true
                    batch.lines[batch.rowCount] = UInt32(truncatingIfNeeded: line)
                    batch.rows[batch.rowCount] = FieldSpan(
                        start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: objectEnd))
                    batch.rowCount += 1
                }
                line += lineFeeds
                position = objectEnd
            case .newKey:
                batch.byteCount = bytesBefore
                header = BronzeBatch.Header(names: names)
                if batch.rowCount > 0 || !batch.rejects.isEmpty { return false }
                batch.header = header
                batch.columnCount = names.count
            case .incomplete:
                batch.byteCount = bytesBefore
                forgetKeys(from: keysBefore)
                let isTooLong = end - start > limits.rowBytesMax
                if !isLast && !isTooLong { return true }
                endIsRejected = isLast
                let next = resume(batch.bytes, start, from: start + 1, to: end, isLast: isLast)
                // What goes on for so long may have been cut off at the end of its line.
                let isCut = !isTooLong || (next ?? end) - start <= limits.rowBytesMax
                skip(
                    batch, start, next ?? end, &position,
                    isCut ? .notAJSONObject("the text ends inside an object") : .rowTooLong(limit: limits.rowBytesMax))
            case .malformed(let detail, let at):
                batch.byteCount = bytesBefore
                forgetKeys(from: keysBefore)
                // Where an object was cut off, the mistake is seen in the next one.
                let first = isArray ? max(at, start + 1) : start + 1
                let next = resume(batch.bytes, start, from: first, to: end, isLast: isLast)
                // Where the next object starts is not known before the mistake has been read to its end.
                if next == nil, !isLast, end - start <= limits.rowBytesMax { return true }
                endIsRejected = isLast && next == nil
                skip(batch, start, next ?? end, &position, .notAJSONObject(detail))
            }
        }
    }

    /// - Throws: what names the required columns that none of the objects has.
    func finish(category: Category) throws(DropRefusal) {
        let missing = ColumnName.missing(names, category: category)
        guard sawObject, !missing.isEmpty else { return }
        throw .missingKeys(missing, found: keys, candidates: ColumnName.nearest(to: missing, among: keys))
    }

    /// After the last byte: an array that was never closed was cut off.
    private mutating func endOfText(_ batch: BronzeBatch, at end: Int) {
        guard isArray, !finished, !endIsRejected else { return }
        endIsRejected = true
        reject(batch, end, end, .notAJSONObject("the array is never closed: the file may be cut off"))
    }

    /// Takes back the keys of an object that was not read to its end: they make no columns.
    private mutating func forgetKeys(from count: Int) {
        while names.count > count {
            names.removeLast()
            keyBytes -= keys.removeLast().utf8.count
            indexOfKey[matchKeys.removeLast()] = nil
        }
    }

    /// Rejects what stands before `next` and goes on there.
    private mutating func skip(
        _ batch: BronzeBatch, _ start: Int, _ next: Int, _ position: inout Int, _ reason: Reject.Reason
    ) {
        reject(batch, start, next, reason)
        for offset in start..<next where batch.bytes[offset] == 10 { line += 1 }
        position = next
    }

    private func reject(
        _ batch: BronzeBatch, _ start: Int, _ end: Int, _ reason: Reject.Reason, column: String? = nil
    ) {
        batch.reject(line: line, column: column, reason, from: start, to: end)
    }

    private mutating func skipSeparators(_ bytes: UnsafeMutablePointer<UInt8>, _ position: inout Int, _ end: Int) {
        while position < end {
            switch bytes[position] {
            case 10: line += 1
            case 32, 9, 13: break
            // Between the objects of an array, and where somebody has written lines of one.
            case 44: break
            default: return
            }
            position += 1
        }
    }

    /// After a mistake: where reading goes on; nil when that is not among the bytes.
    ///
    /// Objects that follow each other stand a line each, so the next line is next, unless it looks like the inside of an
    /// object that takes several. The objects of an array may share a
    /// line or take several: there it is the object that starts a line or follows another one, and after an element
    /// that is no object the next element.
    private func resume(
        _ bytes: UnsafeMutablePointer<UInt8>, _ start: Int, from first: Int, to end: Int, isLast: Bool
    ) -> Int? {
        let isObject = bytes[start] == 123
        // The last two bytes, spaces left out; a line feed counts as one.
        var before: (last: UInt8, other: UInt8) = (0, 0)
        for at in first..<max(first, end) {
            let byte = bytes[at]
            if !isArray {
                guard byte == 10 else { continue }
                if at + 1 == end { return isLast ? at : nil }
                if !isObject || !JSONRecordReader.isInside(bytes[at + 1]) { return at }
            } else if !isObject {
                if byte == 10 || byte == 44 { return at }
            } else if byte == 123, before.last == 10 || (before.last == 44 && before.other == 125) {
                return at
            } else if byte == 10 {
                // Between the comma and the object it changes nothing.
                if before.last != 44 { before = (10, before.last) }
            } else if byte != 32, byte != 9, byte != 13 {
                before = (byte, before.last)
            }
        }
        return nil
    }

    /// Whether a line that begins like this goes on with an object that a line before has begun.
    private static func isInside(_ byte: UInt8) -> Bool {
        // Blank, tab, " } ]
        byte == 32 || byte == 9 || byte == 34 || byte == 125 || byte == 93
    }

    /// Parses one object into the spans of the batch's next row.
    private mutating func object(
        _ batch: BronzeBatch, from start: Int, to end: Int, limits: BronzeReader.Limits
    ) -> Outcome {
        var at = start
        var lineFeeds = 0
        guard batch.bytes[at] == 123 else { return .malformed(detail: "expected `{`", at: at) }
        at += 1
        batch.reserveRows(1)
        let row = batch.spans + batch.rowCount * names.count
        // Where no value can stand: see ``BronzeBatch/rowsMayLackColumns``.
        let absent = FieldSpan(start: UInt32(truncatingIfNeeded: start), end: UInt32(truncatingIfNeeded: start))
        for column in 0..<names.count { row[column] = absent }
        var sawNewKey = false
        var problem: Problem?

        func skipSpace() {
            while at < end {
                let byte = batch.bytes[at]
                if byte == 10 { lineFeeds += 1 }
                guard byte == 32 || byte == 10 || byte == 13 || byte == 9 else { return }
                at += 1
            }
        }

        skipSpace()
        if at < end, batch.bytes[at] == 125 { return .object(end: at + 1, lineFeeds: lineFeeds, problem: nil) }
        while true {
            skipSpace()
            guard at < end else { return .incomplete }
            guard batch.bytes[at] == 34 else { return .malformed(detail: "expected a key in double quotes", at: at) }
            let key: FieldSpan
            switch JSONScanner.string(batch, from: at, to: end) {
            case .incomplete: return .incomplete
            case .malformed(let detail): return .malformed(detail: detail, at: at)
            case .value(let span, let next):
                key = span
                at = next
            }
            skipSpace()
            guard at < end else { return .incomplete }
            guard batch.bytes[at] == 58 else { return .malformed(detail: "expected `:` after a key", at: at) }
            at += 1
            skipSpace()
            guard at < end else { return .incomplete }
            var value: FieldSpan
            let kind = batch.bytes[at]
            switch JSONScanner.value(batch, from: at, to: end) {
            case .incomplete: return .incomplete
            case .malformed(let detail): return .malformed(detail: detail, at: at)
            case .value(let span, let next):
                for offset in at..<next where batch.bytes[offset] == 10 { lineFeeds += 1 }
                value = span
                at = next
            }
            let name = String(
                decoding: UnsafeBufferPointer(start: batch.bytes + Int(key.start), count: key.count), as: UTF8.self)
            let matchKey = ColumnName.matchKey(name)
            // A text.
            if kind == 34 { value = FieldCleaning.cleaned(value, batch) }
            if idKeys.contains(matchKey) {
                let reason = JSONRecordReader.idProblem(kind)
                if let reason, problem == nil { problem = Problem(column: schemaNames[matchKey], reason: reason) }
                if kind != 34 { value = JSONRecordReader.withoutZeroDecimals(value, batch.bytes) }
            }
            if let column = indexOfKey[matchKey] {
                if !sawNewKey {
                    let field = batch.spans + batch.rowCount * batch.columnCount + column
                    let isRepeated = field.pointee.start != absent.start
                    if isRepeated, let name = schemaNames[matchKey], !batch.isSame(field.pointee, value) {
                        problem =
                            problem
                            ?? Problem(
                                column: name,
                                reason: .notAJSONObject("the key stands twice in it, with different values"))
                    }
                    field.pointee = value
                }
            } else {
                sawNewKey = true
                keyBytes += name.utf8.count
                if names.count >= limits.columnsMax {
                    return .refused(.tooManyColumns(line: line + lineFeeds, limit: limits.columnsMax))
                }
                if keyBytes > limits.rowBytesMax {
                    return .refused(.columnNamesTooLong(line: line + lineFeeds, limit: limits.rowBytesMax))
                }
                indexOfKey[matchKey] = names.count
                matchKeys.append(matchKey)
                let resolved = schemaNames[matchKey] ?? ColumnName.folded(name)
                keys.append(name)
                names.append(resolved.isEmpty ? "column_\(names.count + 1)" : resolved)
            }
            skipSpace()
            guard at < end else { return .incomplete }
            switch batch.bytes[at] {
            case 44: at += 1
            case 125:
                return sawNewKey ? .newKey : .object(end: at + 1, lineFeeds: lineFeeds, problem: problem)
            default: return .malformed(detail: "expected `,` or `}` after a value", at: at)
            }
        }
    }

    /// What is wrong with a value as an id, by its first byte.
    private static func idProblem(_ kind: UInt8) -> Reject.Reason? {
        switch kind {
        case 116, 102: .notAnID("true or false")
        case 123: .notAnID("an object")
        case 91: .notAnID("a list")
        default: nil
        }
    }

    /// `42.0` is the number 42, which some programs cannot write otherwise.
    private static func withoutZeroDecimals(_ span: FieldSpan, _ bytes: UnsafeMutablePointer<UInt8>) -> FieldSpan {
        let text = UnsafeBufferPointer(start: bytes + Int(span.start), count: span.count)
        guard let point = text.firstIndex(of: 46), point > 0, point + 1 < text.count,
            text[(point + 1)...].allSatisfy({ $0 == 48 })
        else { return span }
        return FieldSpan(start: span.start, end: span.start + UInt32(point))
    }
}
