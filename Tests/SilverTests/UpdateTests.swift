import Records
import RiverTesting
import Silver
import Testing
import Words

/// Clients and tickets that later drops change.
@Suite struct UpdateTests {
    private static let support = "ticket_id,customer_id,issue_type,created_at,resolved_at,satisfaction_score\n"

    @Test func aLaterDropWinsOverAClient() throws {
        let river = River()
        try river.load(
            .demographics, "customer_id,account_creation_date,name,segment,city\nc1,2024-01-01,Ann,smb,Rome\n")
        let same = try river.load(
            .demographics, "customer_id,account_creation_date,name,segment,city\nc1,2024-01-01,Ann,smb,Rome\n")
        #expect(same.counts.accepted == 1)
        #expect(same.counts.updated == 0)
        #expect(river.lastDelta?.changedClients == [])
        let changed = try river.load(
            .demographics, "customer_id,account_creation_date,name,city\nc1,2024-01-02,Anna,Oslo\n")
        #expect(changed.counts.updated == 1)
        #expect(river.lastDelta?.changedClients == [0])
        let clients = river.tables.clients
        #expect(clients.name[0] == "Anna")
        #expect(clients.creationDay[0] == Day(2024, 1, 2).rawValue)
        // The drop had no such column.
        #expect(clients.segment[0] == "smb")
        #expect(clients.attributes.first?[0] == "Oslo")
        // An empty value of a column that the drop has is unknown now.
        try river.load(.demographics, "customer_id,account_creation_date,name,segment\nc1,2024-01-02,,\n")
        #expect(river.tables.clients.name[0] == nil)
        #expect(river.tables.clients.segment[0] == nil)
        #expect(river.tables.clients.knownCount == 1)
    }

    @Test func withinADropTheFirstRowOfAClientWins() throws {
        let river = River()
        let loaded = try river.load(
            .demographics,
            "customer_id,account_creation_date,name\nc1,2024-01-01,Ann\nc1,2024-06-01,Bob\nc1,2024-01-01,Ann\n")
        #expect(loaded.counts.accepted == 1)
        #expect(loaded.counts.duplicates == 2)
        #expect(loaded.counts.collisions == 1)
        #expect(river.tables.clients.name[0] == "Ann")
        #expect(river.tables.lastDay == Day(2024, 1, 1))
    }

    @Test func everyColumnOfAClient() throws {
        let header = "customer_id," + ClientAttribute.allCases.map(\.name).joined(separator: ",") + ",shoe_size\n"
        let river = River()
        for (number, updated) in [(1, 0), (2, 1)] {
            let values = ClientAttribute.allCases.map { attribute in
                switch attribute.form {
                case .word, .text: "\(attribute.name)-\(number)"
                case .number(let range): "\(range.upperBound - number)"
                case .day, .futureDay, .knownWhenOver: "2024-01-0\(number)"
                }
            }
            let loaded = try river.load(.demographics, header + "c1,\(values.joined(separator: ",")),4\(number)\n")
            #expect(loaded.counts.updated == updated)
            #expect(
                SilverPicture(river.tables).clients == [
                    "c1 known \(values.joined(separator: " ")) shoe_size=4\(number)"
                ])
        }
    }

    /// A drop says nothing about columns it does not have, whether it is CSV or JSON.
    @Test func whatAJSONDropDoesNotHaveStays() throws {
        let river = River()
        try river.load(
            .demographics, "customer_id,account_creation_date,segment,email,age\nc1,2024-01-01,smb,a@x.it,40\n")
        try river.load(.demographics, #"[{"customer_id": "c1", "account_creation_date": "2024-01-01", "name": "Ann"}]"#)
        #expect(river.tables.clients.name[0] == "Ann")
        #expect(river.tables.clients.segment[0] == "smb")
        #expect(river.tables.clients.email[0] == "a@x.it")
        #expect(river.tables.clients.age[0] == 40)
    }

    @Test func aTicketIsResolvedByALaterDrop() throws {
        let river = River()
        try river.load(
            .support, Self.support + "k1,c1,bug,2024-01-01T08:00:00Z,,\nk2,c1,,2024-01-01T09:00:00Z,,\n")
        let loaded = try river.load(
            .support,
            Self.support + "k1,c1,bug,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,4\nk2,c1,,2024-01-01T09:00:00Z,,\n"
                + "k3,c2,,2024-01-03,,\n")
        #expect(loaded.counts.accepted == 3)
        #expect(loaded.counts.updated == 1)
        #expect(loaded.counts.duplicates == 0)
        #expect(river.lastDelta?.changedTickets == [0])
        #expect(river.lastDelta?.newTickets == 2..<3)
        #expect(
            SilverPicture(river.tables).tickets == [
                "k1 c1 bug 2024-01-01T08:00:00Z 2024-01-02T08:00:00Z 4", "k2 c1 - 2024-01-01T09:00:00Z open 0",
                "k3 c2 - 2024-01-03T00:00:00Z open 0",
            ])
    }

    /// A drop without a column says nothing of it.
    @Test(arguments: [
        "ticket_id,customer_id,issue_type,created_at\nk1,c1,ask,2024-01-01T08:00:00Z\n",
        #"[{"ticket_id": "k1", "customer_id": "c1", "created_at": "2024-01-01T08:00:00Z", "issue_type": "ask"}, "#
            + #"{"ticket_id": "k2", "customer_id": "c1", "created_at": "2024-01-01", "resolved_at": null, "#
            + #""satisfaction_score": 1}]"#,
    ])
    func aTicketStaysResolved(later: String) throws {
        let river = River()
        try river.load(
            .support,
            Self.support + "k1,c1,bug,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,4\nk2,c1,bug,2024-01-01,2024-01-02,4\n")
        let loaded = try river.load(.support, later)
        #expect(loaded.counts.updated == loaded.counts.accepted)
        let tickets = SilverPicture(river.tables).tickets
        #expect(tickets[0] == "k1 c1 ask 2024-01-01T08:00:00Z 2024-01-02T08:00:00Z 4")
        // What is named and empty is unknown now.
        if loaded.counts.accepted == 2 { #expect(tickets[1] == "k2 c1 bug 2024-01-01T00:00:00Z open 1") }
    }

    /// A resolution that would lie before the ticket's new beginning is not kept.
    @Test func aTicketThatBeginsAnewIsOpen() throws {
        let river = River()
        try river.load(.support, Self.support + "k1,c1,bug,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,4\n")
        try river.load(.support, "ticket_id,customer_id,created_at\nk1,c1,2024-01-02T08:00:00.001Z\n")
        #expect(SilverPicture(river.tables).tickets == ["k1 c1 bug 2024-01-02T08:00:00.001Z open 4"])
    }

    /// What one object lacks and another has says nothing of the first one's client, wherever it stands in the file.
    @Test func anObjectSpeaksForItself() throws {
        let objects = [
            #"{"customer_id": "c1", "account_creation_date": "2024-01-01", "name": "Anna"}"#,
            #"{"customer_id": "c2", "account_creation_date": "2024-01-01", "segment": "ent", "city": null, "age": null}"#,
        ]
        for order in [objects, objects.reversed()] {
            let river = River()
            try river.load(
                .demographics,
                "customer_id,account_creation_date,name,segment,age,city\nc1,2024-01-01,Ann,smb,7,Rome\n"
                    + "c2,2024-01-01,Bob,smb,8,Oslo\n")
            try river.load(.demographics, "[" + order.joined(separator: ",") + "]")
            let clients = river.tables.clients
            #expect((0..<2).map { clients.name[$0] } == ["Anna", "Bob"])
            #expect((0..<2).map { clients.segment[$0] } == ["smb", "ent"])
            #expect(clients.age == [7, -1])
            #expect((0..<2).map { clients.attributes[0][$0] } == ["Rome", nil])
        }
    }

    @Test func withinADropTheFirstRowOfATicketWins() throws {
        let river = River()
        let loaded = try river.load(
            .support,
            Self.support + "k1,c1,,2024-01-01,,3\nk1,c1,,2024-01-01,,3\nk1,c1,,2024-01-01,2024-01-02,3\n")
        #expect(loaded.counts.accepted == 1)
        #expect(loaded.counts.duplicates == 2)
        #expect(loaded.counts.collisions == 1)
        let later = try river.load(
            .support, Self.support + "k1,c1,,2024-01-01,2024-01-05,5\nk1,c1,,2024-01-01,2024-01-09,1\n")
        #expect(later.counts.updated == 1)
        #expect(later.counts.collisions == 1)
        #expect(SilverPicture(river.tables).tickets == ["k1 c1 - 2024-01-01T00:00:00Z 2024-01-05T00:00:00Z 5"])
    }

    @Test(arguments: [
        "k1,c2,bug,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,4",
        "k1,c1,ask,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,4",
        "k1,c1,bug,2024-01-01T08:00:01Z,2024-01-02T08:00:00Z,4", "k1,c1,bug,2024-01-01T08:00:00Z,,4",
        "k1,c1,bug,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,5",
        // The resolution and the rating together must not cancel each other out.
        "k1,c1,bug,2024-01-01T08:00:00Z,2024-01-02T08:00:00.001Z,3",
    ])
    func everyValueOfATicketMakesACollision(row: String) throws {
        let loaded = try River().load(
            .support, Self.support + "k1,c1,bug,2024-01-01T08:00:00Z,2024-01-02T08:00:00Z,4\n\(row)\n")
        #expect(loaded.counts.duplicates == 1)
        #expect(loaded.counts.collisions == 1)
    }

    @Test func aCompanyWithMoreAttributesEveryTime() throws {
        let river = River()
        try river.load(.demographics, "customer_id,account_creation_date\nc1,2024-01-01\n")
        try river.load(.demographics, "customer_id,account_creation_date,city\nc2,2024-01-01,Rome\n")
        try river.load(
            .demographics, "customer_id,account_creation_date,Shoe Size,City\nc1,2024-01-01,39,\nc3,2024-01-01,,Bonn\n")
        let clients = river.tables.clients
        #expect(clients.attributeNames == ["city", "shoe_size"])
        #expect(
            clients.attributes.map { column in (0..<3).map { column[$0] ?? "-" } } == [
                ["-", "Rome", "Bonn"], ["39", "-", "-"],
            ])
    }

    @Test func jsonKeysThatComeLate() throws {
        let river = River()
        let loaded = try river.load(
            .demographics,
            """
            {"customer_id": "c1", "account_creation_date": "2024-01-01", "age": 7}
            {"customer_id": "c2", "account_creation_date": "2024-01-01", "city": "Rome"}
            {"customer_id": "c1", "account_creation_date": "2024-01-01", "age": 7}
            {"customer_id": "c3", "account_creation_date": "2024-01-01", "zip": "00100", "city": "Bonn"}
            """)
        #expect(loaded.counts.accepted == 3)
        #expect(loaded.counts.duplicates == 1)
        // The third row says the same as the first.
        #expect(loaded.counts.collisions == 0)
        let clients = river.tables.clients
        #expect(clients.attributeNames == ["city", "zip"])
        #expect((0..<3).map { clients.attributes[0][$0] ?? "-" } == ["-", "Rome", "Bonn"])
        #expect((0..<3).map { clients.attributes[1][$0] ?? "-" } == ["-", "-", "00100"])
        #expect(clients.age == [7, -1, -1])
    }
}
