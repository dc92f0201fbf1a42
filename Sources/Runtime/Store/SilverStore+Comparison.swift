import GRDB
import GRDBSQLite
public import Records
import Words

extension SilverStore {
    /// Reads what stands in rows (clients, tickets, survey answers, known days) and compares it with what is held in
    /// memory; reads every packed block and compares it with its digest.
    /// - Returns: which tables differ; empty when none does.
    public func differences(
        from tables: SilverTables, isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) throws -> [String] {
        try read { database in
            guard let connection = database.sqliteConnection else {
                throw StoreError(code: SQLITE_MISUSE, message: "the database is closed")
            }
            return try InterruptibleStatements.during(connection, isInterrupted) {
                var different: [String] = []
                func compare(_ name: String, _ isSame: () throws -> Bool) throws {
                    do {
                        if try !isSame() { different.append(name) }
                    } catch {
                        guard StoreError.isDamage(error) else { throw error }
                        different.append(name)
                    }
                }
                try compare("client") { tables.clients.hasSameRows(as: try ClientRows.readAll(connection)) }
                try compare("ticket") { tables.tickets.hasSameRows(as: try readTickets(connection)) }
                try compare("survey") { tables.surveys.hasSameRows(as: try readSurveys(connection)) }
                try compare("calendar") { try CalendarRows.readAll(connection).hasSameRows(as: tables.calendar) }
                for table in RowDigests.ledger + RowDigests.silver where !different.contains(table.name) {
                    try compare(table.name) { try RowDigests.differences([table], database).isEmpty }
                }
                try compare("segment_block") { try SilverStore.areSegmentsWhole(connection) }
                try compare("key_block") { try SilverStore.areKeysWhole(connection) }
                return different
            }
        }
    }

    private static func areSegmentsWhole(_ connection: OpaquePointer) throws -> Bool {
        try SegmentRows.checkIndex(connection)
        let select = try BulkStatement(connection, "SELECT data, digest FROM segment_block")
        while try select.next("read packed blocks") {
            try BlockDigest.check(select.blob(0), select, digest: 1, "segment_block")
        }
        return true
    }

    private static func areKeysWhole(_ connection: OpaquePointer) throws -> Bool {
        let select = try BulkStatement(connection, "SELECT data, digest FROM key_block WHERE id = ?")
        for category in Category.allCases {
            for run in try KeyRun.all(connection, category: category) {
                for block in run.fences.indices {
                    select.bind(1, run.firstBlock + Int64(block))
                    guard try select.next("read known keys") else { return false }
                    _ = try run.entries(ofBlock: block, select)
                    select.reset()
                }
            }
        }
        return true
    }
}

extension TextColumn {
    fileprivate func hasSameRows(as other: TextColumn) -> Bool {
        count == other.count && (0..<count).allSatisfy { row in withBytes(at: row) { other.isEqual(at: row, to: $0) } }
    }
}

extension CodedColumn {
    /// Codes may differ: they depend on the order in which values came.
    fileprivate func hasSameRows(as other: CodedColumn) -> Bool {
        guard count == other.count else { return false }
        let known = dictionary.values.map { other.dictionary.code(of: $0) }
        return zip(codes, other.codes).allSatisfy { known[Int($0)] == $1 }
    }
}

extension ClientTable {
    fileprivate func hasSameRows(as other: ClientTable) -> Bool {
        isKnown == other.isKnown && id.hasSameRows(as: other.id)
            && ClientAttribute.allCases.allSatisfy { hasSame($0, as: other) } && hasSameAttributes(as: other)
    }

    private func hasSame(_ attribute: ClientAttribute, as other: ClientTable) -> Bool {
        switch attribute.form {
        case .word: self[word: attribute].hasSameRows(as: other[word: attribute])
        case .text: self[text: attribute].hasSameRows(as: other[text: attribute])
        case .number: self[number: attribute] == other[number: attribute]
        case .day, .futureDay, .knownWhenOver: self[day: attribute] == other[day: attribute]
        }
    }

    /// A column that no client has a value in any more is not stored.
    private func hasSameAttributes(as other: ClientTable) -> Bool {
        func used(_ table: ClientTable) -> [String: SparseColumn] {
            Dictionary(
                zip(table.attributeNames, table.attributes).filter { !$0.1.isEmpty },
                uniquingKeysWith: { first, _ in first })
        }
        let (own, others) = (used(self), used(other))
        return own.keys == others.keys
            && own.allSatisfy { name, column in
                guard let theirs = others[name] else { return false }
                return (0..<count).allSatisfy { column[$0] == theirs[$0] }
            }
    }
}

extension TicketTable {
    fileprivate func hasSameRows(as other: TicketTable) -> Bool {
        client == other.client && createdAt == other.createdAt && resolvedAt == other.resolvedAt
            && satisfaction == other.satisfaction && id.hasSameRows(as: other.id)
            && issueType.hasSameRows(as: other.issueType)
    }
}

extension SurveyTable {
    fileprivate func hasSameRows(as other: SurveyTable) -> Bool {
        client == other.client && day == other.day && score == other.score && id.hasSameRows(as: other.id)
            && comments.hasSameRows(as: other.comments)
    }
}

extension CalendarTable {
    fileprivate func hasSameRows(as other: CalendarTable) -> Bool {
        guard count == other.count else { return false }
        for row in 0..<count {
            let hasSameWindows =
                lowerWindow[row] == other.lowerWindow[row] && upperWindow[row] == other.upperWindow[row]
            guard hasSameWindows, day[row] == other.day[row], name[row] == other.name[row],
                segment[row] == other.segment[row]
            else { return false }
        }
        return true
    }
}
