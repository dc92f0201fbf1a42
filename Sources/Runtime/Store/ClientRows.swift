import GRDBSQLite
import Records
import Words

/// Writes and reads the rows of table `client`: the columns of ``ClientAttribute``, and what is beyond the schema as JSON.
enum ClientRows {
    private static let names = (ClientAttribute.allCases.map(\.storedName) + ["attributes"]).joined(separator: ", ")
    /// The place of the first attribute among the parameters of the statement that writes, and among the columns of the one
    /// that reads.
    private static let (firstParameter, firstColumn): (Int32, Int32) = (4, 3)

    static func write(
        _ clients: ClientTable, new: Range<Int>, changed: [Int], drop: Int64, _ connection: OpaquePointer
    ) throws {
        if !changed.isEmpty {
            // What was known before stays in the history; a client who was unknown until now has none.
            let history = try BulkStatement(
                connection,
                "INSERT INTO client_history (idx, replaced_by_drop, \(names)) SELECT idx, ?, \(names) FROM client WHERE idx = ? AND known"
            )
            for client in changed {
                history.bind(1, drop)
                history.bind(2, client)
                try history.run("keep the history of a client")
            }
        }
        guard !new.isEmpty || !changed.isEmpty else { return }
        let places = String(repeating: ", ?", count: ClientAttribute.allCases.count + 1)
        let statement = try BulkStatement(
            connection, "INSERT OR REPLACE INTO client (idx, customer_id, known, \(names)) VALUES (?, ?, ?\(places))")
        // The texts lend their bytes for as long as the statement runs.
        try withBytes(of: ClientAttribute.texts[...], clients) { texts in
            let writer = RowWriter(clients, texts)
            for client in new { try writer.write(client, statement) }
            for client in changed { try writer.write(client, statement) }
        }
    }

    private typealias Texts = [(attribute: ClientAttribute, spans: [FieldSpan], bytes: UnsafeBufferPointer<UInt8>)]

    private static func withBytes(
        of attributes: ArraySlice<ClientAttribute>, _ clients: ClientTable, _ texts: Texts = [],
        _ body: (Texts) throws -> Void
    ) throws {
        guard let attribute = attributes.first else { return try body(texts) }
        let column = clients[text: attribute]
        try column.bytes.withUnsafeBufferPointer {
            try withBytes(of: attributes.dropFirst(), clients, texts + [(attribute, column.spans, $0)], body)
        }
    }

    /// The columns taken out of the table once, and the distinct words as bytes that stay in place.
    private final class RowWriter {
        private let clients: ClientTable
        private let isKnown: [Bool]
        private let texts: Texts
        private let words: [(parameter: Int32, codes: [UInt32], texts: CodedTexts)]
        private let numbers: [(parameter: Int32, values: [Int32], unknown: Int32)]

        init(_ clients: ClientTable, _ texts: Texts) {
            self.clients = clients
            self.texts = texts
            isKnown = clients.isKnown
            words = ClientAttribute.words.map {
                (RowWriter.parameter($0), clients[word: $0].codes, CodedTexts(clients[word: $0]))
            }
            numbers =
                ClientAttribute.numbers.map {
                    (RowWriter.parameter($0), clients[number: $0], ClientTable.unknownNumber)
                } + ClientAttribute.days.map { (RowWriter.parameter($0), clients[day: $0], ClientTable.unknownDay) }
        }

        private static func parameter(_ attribute: ClientAttribute) -> Int32 {
            firstParameter + Int32(attribute.rawValue)
        }

        func write(_ client: Int, _ statement: borrowing BulkStatement) throws {
            statement.bind(1, client)
            statement.bind(3, isKnown[client] ? 1 : 0)
            for column in words { statement.bindStatic(column.parameter, column.texts[column.codes[client]]) }
            for column in numbers {
                let value = column.values[client]
                if value == column.unknown {
                    statement.bindNull(column.parameter)
                } else {
                    statement.bind(column.parameter, Int(value))
                }
            }
            for column in texts {
                let span = column.spans[client]
                statement.bindStatic(
                    RowWriter.parameter(column.attribute),
                    UnsafeBufferPointer(rebasing: column.bytes[Int(span.start)..<Int(span.end)]))
            }
            let beyond = ClientRows.firstParameter + Int32(ClientAttribute.allCases.count)
            if let attributes = ClientRows.attributes(clients, client) {
                statement.bind(beyond, attributes)
            } else {
                statement.bindNull(beyond)
            }
            try clients.id.withBytes(at: client) { id in
                statement.bindStatic(2, id)
                try statement.run("write a client")
            }
        }
    }

    /// A list of those needs what can be copied.
    private final class CodedTexts {
        private var texts: CodedText

        init(_ column: CodedColumn) { texts = CodedText(column) }

        subscript(code: UInt32) -> UnsafeBufferPointer<UInt8> { texts[code] }
    }

    /// The attributes as a JSON object; nil when there are none.
    private static func attributes(_ clients: ClientTable, _ client: Int) -> String? {
        var members: [String] = []
        for (name, column) in zip(clients.attributeNames, clients.attributes) {
            if let value = column[client] { members.append("\(JSONText.string(name)):\(JSONText.string(value))") }
        }
        return members.isEmpty ? nil : "{\(members.joined(separator: ","))}"
    }

    /// All clients in the order of their index.
    static func readAll(_ connection: OpaquePointer) throws -> ClientTable {
        var clients = ClientTable()
        var attributeIndex: [String: Int] = [:]
        let select = try BulkStatement(
            connection, "SELECT idx, customer_id, known, \(names) FROM client ORDER BY idx")
        while try select.next("read the clients") {
            // The place of a client is its number everywhere else.
            guard select.integer(0) == clients.id.count else { throw BlockDigest.damaged("table client") }
            let known = try select.number(2, in: 0...1, "table client") == 1
            clients.id.append(select.textBytes(1))
            clients.isKnown.append(known)
            if known { clients.knownCount += 1 }
            for attribute in ClientAttribute.allCases {
                let column = firstColumn + Int32(attribute.rawValue)
                switch attribute.form {
                case .word: clients[word: attribute].append(select.text(column))
                case .text: clients[text: attribute].append(select.textBytes(column))
                case .number:
                    clients[number: attribute].append(
                        select.isNull(column)
                            ? ClientTable.unknownNumber
                            : try select.number(column, in: 0...Int32.max, "table client"))
                case .day, .futureDay, .knownWhenOver: clients[day: attribute].append(try day(select, column))
                }
            }
            let beyond = firstColumn + Int32(ClientAttribute.allCases.count)
            if !select.isNull(beyond) { try readAttributes(select.text(beyond), &clients, &attributeIndex) }
        }
        return clients
    }

    private static func day(_ select: borrowing BulkStatement, _ column: Int32) throws -> Int32 {
        select.isNull(column) ? ClientTable.unknownDay : try select.day(column, "table client")
    }

    /// - Parameter indexOfName: where the columns are that were met so far.
    private static func readAttributes(
        _ text: String, _ clients: inout ClientTable, _ indexOfName: inout [String: Int]
    ) throws {
        let row = clients.count - 1
        guard let members = JSONText.members(text) else { throw BlockDigest.damaged("table client") }
        for (name, value) in members {
            let index = indexOfName[name] ?? clients.attributeNames.count
            if index == clients.attributeNames.count {
                indexOfName[name] = index
                clients.attributeNames.append(name)
                clients.attributes.append(SparseColumn())
            }
            let code = clients.attributes[index].insert(value)
            clients.attributes[index].set(code, of: row)
        }
    }
}

/// JSON objects of strings, as this store writes them.
enum JSONText {
    static func string(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The members of an object of strings as it is written here; nil for any other text.
    static func members(_ text: String) -> [(String, String)]? {
        var result: [(String, String)] = []
        var scalars = text.unicodeScalars.makeIterator()
        guard scalars.next() == "{" else { return nil }
        while true {
            guard scalars.next() == "\"", let name = string(&scalars), scalars.next() == ":", scalars.next() == "\"",
                let value = string(&scalars)
            else { return nil }
            result.append((name, value))
            switch scalars.next() {
            case ",": continue
            case "}": return scalars.next() == nil ? result : nil
            default: return nil
            }
        }
    }

    /// What follows a quotation mark, up to the one that closes it; nil where there is none, or for an unknown escape.
    private static func string(_ scalars: inout String.UnicodeScalarView.Iterator) -> String? {
        var value = String.UnicodeScalarView()
        while let next = scalars.next() {
            if next == "\"" { return String(value) }
            guard next == "\\" else {
                value.append(next)
                continue
            }
            switch scalars.next() {
            case "n": value.append("\n")
            case "r": value.append("\r")
            case "t": value.append("\t")
            case "\"": value.append("\"")
            case "\\": value.append("\\")
            case "u":
                var code: UInt32 = 0
                for _ in 0..<4 {
                    guard let digit = scalars.next().flatMap({ Character($0).hexDigitValue }) else { return nil }
                    code = code << 4 | UInt32(digit)
                }
                guard let decoded = Unicode.Scalar(code) else { return nil }
                value.append(decoded)
            default: return nil
            }
        }
        return nil
    }
}
