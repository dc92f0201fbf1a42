import GRDBSQLite
import Records

/// Writes and reads the rows of table `client`.
enum ClientRows {
    private static let columns =
        "name, age, gender, location, subscription_type, creation_day, segment, region, tier, product, industry, owner, contract_end_day, currency, email, phone, contact_name, churn_day, attributes"

    static func write(
        _ clients: ClientTable, new: Range<Int>, changed: [Int], drop: Int64, _ connection: OpaquePointer
    ) throws {
        if !changed.isEmpty {
            // What was known before stays in the history; a client who was unknown until now has none.
            let history = try BulkStatement(
                connection,
                "INSERT INTO client_history (idx, replaced_by_drop, \(columns)) SELECT idx, ?, \(columns) FROM client WHERE idx = ? AND known"
            )
            for client in changed {
                history.bind(1, drop)
                history.bind(2, client)
                try history.run("keep the history of a client")
            }
        }
        guard !new.isEmpty || !changed.isEmpty else { return }
        let statement = try BulkStatement(
            connection,
            "INSERT OR REPLACE INTO client (idx, customer_id, known, \(columns)) VALUES (?, ?, ?\(String(repeating: ", ?", count: 19)))"
        )
        var texts = ClientTexts(clients)
        for client in new { try write(clients, client, &texts, statement) }
        for client in changed { try write(clients, client, &texts, statement) }
    }

    /// The distinct texts of the schema's coded columns.
    private struct ClientTexts: ~Copyable {
        var gender, location, subscriptionType, segment, region, tier, product, industry, owner, currency: CodedText

        init(_ clients: ClientTable) {
            gender = CodedText(clients.gender)
            location = CodedText(clients.location)
            subscriptionType = CodedText(clients.subscriptionType)
            segment = CodedText(clients.segment)
            region = CodedText(clients.region)
            tier = CodedText(clients.tier)
            product = CodedText(clients.product)
            industry = CodedText(clients.industry)
            owner = CodedText(clients.owner)
            currency = CodedText(clients.currency)
        }
    }

    private static func write(
        _ clients: ClientTable, _ client: Int, _ texts: inout ClientTexts, _ statement: borrowing BulkStatement
    ) throws {
        statement.bind(1, client)
        statement.bind(3, clients.isKnown[client] ? 1 : 0)
        if clients.age[client] < 0 { statement.bindNull(5) } else { statement.bind(5, Int(clients.age[client])) }
        statement.bindStatic(6, texts.gender[clients.gender.codes[client]])
        statement.bindStatic(7, texts.location[clients.location.codes[client]])
        statement.bindStatic(8, texts.subscriptionType[clients.subscriptionType.codes[client]])
        bind(9, day: clients.creationDay[client], statement)
        statement.bindStatic(10, texts.segment[clients.segment.codes[client]])
        statement.bindStatic(11, texts.region[clients.region.codes[client]])
        statement.bindStatic(12, texts.tier[clients.tier.codes[client]])
        statement.bindStatic(13, texts.product[clients.product.codes[client]])
        statement.bindStatic(14, texts.industry[clients.industry.codes[client]])
        statement.bindStatic(15, texts.owner[clients.owner.codes[client]])
        bind(16, day: clients.contractEndDay[client], statement)
        statement.bindStatic(17, texts.currency[clients.currency.codes[client]])
        bind(21, day: clients.churnDay[client], statement)
        if let attributes = attributes(clients, client) {
            statement.bind(22, attributes)
        } else {
            statement.bindNull(22)
        }
        // The columns lend their bytes for as long as the statement runs.
        try clients.id.withBytes(at: client) { id in
            statement.bindStatic(2, id)
            try clients.name.withBytes(at: client) { name in
                statement.bindStatic(4, name)
                try clients.email.withBytes(at: client) { email in
                    statement.bindStatic(18, email)
                    try clients.phone.withBytes(at: client) { phone in
                        statement.bindStatic(19, phone)
                        try clients.contactName.withBytes(at: client) { contactName in
                            statement.bindStatic(20, contactName)
                            try statement.run("write a client")
                        }
                    }
                }
            }
        }
    }

    private static func bind(_ index: Int32, day: Int32, _ statement: borrowing BulkStatement) {
        if day == ClientTable.unknownDay { statement.bindNull(index) } else { statement.bind(index, Int(day)) }
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
        let select = try BulkStatement(
            connection, "SELECT idx, customer_id, known, \(columns) FROM client ORDER BY idx")
        while try select.next("read the clients") {
            // The place of a client is its number everywhere else.
            guard select.integer(0) == clients.id.count else { throw BlockDigest.damaged("table client") }
            let known = select.integer(2) != 0
            clients.id.append(select.textBytes(1))
            clients.isKnown.append(known)
            if known { clients.knownCount += 1 }
            clients.name.append(select.textBytes(3))
            clients.age.append(select.isNull(4) ? -1 : Int16(truncatingIfNeeded: select.integer(4)))
            clients.gender.append(select.text(5))
            clients.location.append(select.text(6))
            clients.subscriptionType.append(select.text(7))
            clients.creationDay.append(try day(select, 8))
            clients.segment.append(select.text(9))
            clients.region.append(select.text(10))
            clients.tier.append(select.text(11))
            clients.product.append(select.text(12))
            clients.industry.append(select.text(13))
            clients.owner.append(select.text(14))
            clients.contractEndDay.append(try day(select, 15))
            clients.currency.append(select.text(16))
            clients.email.append(select.textBytes(17))
            clients.phone.append(select.textBytes(18))
            clients.contactName.append(select.textBytes(19))
            clients.churnDay.append(try day(select, 20))
            readAttributes(select.isNull(21) ? "" : select.text(21), &clients)
        }
        return clients
    }

    private static func day(_ select: borrowing BulkStatement, _ column: Int32) throws -> Int32 {
        select.isNull(column) ? ClientTable.unknownDay : try select.day(column, "table client")
    }

    private static func readAttributes(_ text: String, _ clients: inout ClientTable) {
        let row = clients.count - 1
        for (name, value) in text.isEmpty ? [] : JSONText.members(text) {
            let index: Int
            if let known = clients.attributeNames.firstIndex(of: name) {
                index = known
            } else {
                index = clients.attributeNames.count
                clients.attributeNames.append(name)
                var column = CodedColumn()
                column.codes = Array(repeating: 0, count: row)
                clients.attributes.append(column)
            }
            while clients.attributes[index].codes.count < row { clients.attributes[index].codes.append(0) }
            clients.attributes[index].append(value)
        }
        for index in clients.attributes.indices where clients.attributes[index].codes.count <= row {
            clients.attributes[index].codes.append(0)
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

    /// The members of an object of strings, written by ``string(_:)``.
    static func members(_ text: String) -> [(String, String)] {
        var result: [(String, String)] = []
        var strings: [String] = []
        var scalars = text.unicodeScalars.makeIterator()
        while let scalar = scalars.next() {
            guard scalar == "\"" else { continue }
            var value = String.UnicodeScalarView()
            while let next = scalars.next(), next != "\"" {
                guard next == "\\" else {
                    value.append(next)
                    continue
                }
                switch scalars.next() {
                case "n": value.append("\n")
                case "r": value.append("\r")
                case "t": value.append("\t")
                case "u":
                    var code: UInt32 = 0
                    for _ in 0..<4 {
                        code = code << 4 | UInt32(scalars.next().flatMap { Character($0).hexDigitValue } ?? 0)
                    }
                    if let decoded = Unicode.Scalar(code) { value.append(decoded) }
                case let escaped?: value.append(escaped)
                case nil: break
                }
            }
            strings.append(String(value))
            if strings.count == 2 {
                result.append((strings[0], strings[1]))
                strings = []
            }
        }
        return result
    }
}
