import Bronze
import Records
import RiverTesting
import Silver
import Testing

/// Loads as wholes: refused drops, loads that are not stored, states made again from their tables.
@Suite struct DropTests {
    private static let events = "event_id,customer_id,event_type,timestamp\n"

    @Test(arguments: Category.allCases)
    func aRefusedDropLeavesNoRow(category: Category) throws {
        let company = Company.random(seed: 3, around: Day(2024, 3, 31), clients: 5)
        let lines = company.lines(category)
        let good = Company.file(category, Array(lines.prefix(3)))
        let late = Company.file(category, Array(lines.dropFirst(3)))
        // Refused by its header, between two that are not.
        let river = River()
        let loaded = try river.load(category, together: [good, "what is this\n1\n", late])
        #expect(loaded.map { $0.refusal == nil } == [true, false, true])
        let plain = River()
        let expected = try plain.load(category, together: [good, late])
        #expect([loaded[0].counts, loaded[2].counts] == expected.map(\.counts))
        #expect(SilverPicture(river.tables) == SilverPicture(plain.tables))
    }

    /// More text than a column can hold would bring the daemon down, again at every start.
    @Test func aDropWithTooMuchTextIsRefused() throws {
        var settings = SilverSettings.example
        settings.limits.textBytes = 1000
        let header = "survey_id,customer_id,response_date,nps_score,comments\n"
        func rows(_ count: Int, from first: Int, comment: String) -> String {
            (first..<first + count).map { "s\($0),c1,2024-01-01,9,\(comment)\n" }.joined()
        }
        let river = River(settings: settings)
        let small = header + rows(5, from: 0, comment: "good")
        let large = header + rows(9, from: 10, comment: String(repeating: "long ", count: 30))
        let loaded = try river.load(.surveys, together: [small, large].map { Array($0.utf8) }, blockBytes: 300)
        #expect(loaded.map(\.excess) == [nil, .text(limit: 1000)])
        #expect(loaded[1].excess?.description.contains("split the file") == true)
        #expect(river.tables.surveys.count == 5)
        // What is there counts, too.
        let half = header + rows(4, from: 20, comment: String(repeating: "x", count: 150))
        let other = header + rows(4, from: 30, comment: String(repeating: "y", count: 150))
        #expect(try river.load(.surveys, half).excess == nil)
        #expect(try river.load(.surveys, other).excess == .text(limit: 1000))
        #expect(river.tables.surveys.count == 9)
        // Ids are text that is kept, too.
        let ids = (0..<30).map { "customer-with-a-long-name-number-\($0)" }
        let clients = "customer_id,account_creation_date\n" + ids.map { "\($0),2024-01-01\n" }.joined()
        #expect(try river.load(.demographics, clients, blockBytes: 300).excess == .text(limit: 1000))
        #expect(river.tables.clients.count == 1)
    }

    /// A drop large enough for its staged rows to lie in several pieces of memory, with rows that repeat earlier ones.
    @Test(arguments: [Category.demographics, .support, .surveys])
    func aDropOfManyRowsIsLoadedInTheirOrder(category: Category) throws {
        let count = 10_000
        func row(_ number: Int) -> String {
            switch category {
            case .demographics: "c\(number),2024-01-01,Client \(number),city\(number % 7)\n"
            case .support: "t\(number),c\(number % 50),billing,2024-01-01T00:00:00Z,,\(number % 5 + 1)\n"
            default: "s\(number),c\(number % 50),2024-01-01,\(number % 11),comment \(number)\n"
            }
        }
        let header =
            switch category {
            case .demographics: "customer_id,account_creation_date,name,city\n"
            case .support: "ticket_id,customer_id,issue_type,created_at,resolved_at,satisfaction_score\n"
            default: "survey_id,customer_id,response_date,nps_score,comments\n"
            }
        var text = header
        for number in 0..<count {
            text += row(number)
            if number % 1000 == 999 { text += row(number / 2) }
        }
        let river = River()
        let loaded = try river.load(category, text, blockBytes: 10_000)
        #expect(loaded.counts.rows == count + 10)
        #expect(loaded.counts.duplicates == 10)
        #expect(loaded.counts.collisions == 0)
        let tables = river.tables
        switch category {
        case .demographics:
            #expect(tables.clients.count == count)
            for client in stride(from: 0, to: count, by: 331) {
                #expect(tables.clients.name[client] == "Client \(client)")
                #expect(tables.clients.attributes.first?[client] == "city\(client % 7)")
            }
        case .support:
            #expect(tables.tickets.count == count)
            for ticket in stride(from: 0, to: count, by: 331) {
                #expect(tables.tickets.id[ticket] == "t\(ticket)")
                #expect(tables.tickets.satisfaction[ticket] == Int8(ticket % 5 + 1))
            }
        default:
            #expect(tables.surveys.count == count)
            for survey in stride(from: 0, to: count, by: 331) {
                #expect(tables.surveys.comments[survey] == "comment \(survey)")
            }
        }
    }

    /// Rows that were staged before a drop is abandoned.
    @Test(arguments: Category.allCases)
    func anAbandonedDropTakesItsRowsBack(category: Category) throws {
        let company = Company.random(seed: 4, around: Day(2024, 3, 31), clients: 5)
        let lines = company.lines(category)
        let files = [Company.file(category, Array(lines.prefix(4))), Company.file(category, Array(lines.dropFirst(2)))]
        let state = SilverState()
        let settings = SilverSettings.example
        let load = SilverLoad(state, category: category, settings: settings, byteCount: 1000)
        for (index, file) in files.enumerated() {
            load.beginDrop(Int64(index), latestDay: settings.latestDay)
            try BlockFeed.forEachBatch(Array(file.utf8), category: category) { load.load($0) { _ in } }
            if index == 0 { load.abandonDrop() } else { load.endDrop() }
        }
        let delta = try load.finish(known: NoKnownKeys())
        state.adopt(delta)
        let plain = River()
        let expected = try plain.load(category, files[1])
        #expect(delta.counts.map(\.drop) == [1])
        #expect(delta.counts.first?.counts == expected.counts)
        #expect(SilverPicture(state.tables) == SilverPicture(plain.tables))
        #expect(state.tables.mark == plain.tables.mark)
    }

    /// A drop that is abandoned alone, with clients, attributes and values that nobody else has, leaves none of them,
    /// and what comes next is loaded as if it had never been there.
    @Test(arguments: Category.allCases)
    func anAbandonedDropIsForgotten(category: Category) throws {
        let company = Company.random(seed: 5, around: Day(2024, 3, 31), clients: 40)
        let lines = company.lines(category)
        let settings = SilverSettings.example
        let river = River()
        try river.load(category, Company.file(category, Array(lines.prefix(2))))
        let before = river.tables.mark
        let header = Company.header(category) + ",only_here\n"
        let alone = header + lines.dropFirst(2).map { $0 + ",value" }.joined(separator: "\n") + "\n"
        let load = SilverLoad(river.state, category: category, settings: settings, byteCount: 1000)
        load.beginDrop(99, latestDay: settings.latestDay)
        try BlockFeed.forEachBatch(Array(alone.utf8), category: category) { load.load($0) { _ in } }
        load.abandonDrop()
        #expect(load.mark == before)
        #expect(river.tables.mark == before)
        let last = Company.file(category, Array(lines.suffix(3)))
        let loaded = try river.load(category, last)
        let plain = River()
        try plain.load(category, Company.file(category, Array(lines.prefix(2))))
        let expected = try plain.load(category, last)
        #expect(loaded == expected)
        #expect(SilverPicture(river.tables) == SilverPicture(plain.tables))
        #expect(river.tables.mark == plain.tables.mark)
        #expect(river.tables.clients.attributeNames.isEmpty)
    }

    @Test(arguments: Category.allCases)
    func aLoadThatIsNotStoredLeavesNoTrace(category: Category) throws {
        let company = Company.random(seed: 6, around: Day(2024, 3, 31), clients: 6)
        let lines = company.lines(category)
        let first = Company.file(category, Array(lines.prefix(lines.count / 2)))
        let second = Company.file(category, Array(lines.dropFirst(lines.count / 3)))
        let river = River()
        try river.load(category, first)
        let before = SilverPicture(river.tables)
        let lost = try river.load(category, together: [Array(second.utf8)], adopts: false)
        #expect(SilverPicture(river.tables) == before)
        // Loading it again gives what loading it once gives.
        let again = try river.load(category, second)
        #expect(again.counts == lost.first?.counts)
        let plain = River()
        try plain.load(category, first)
        try plain.load(category, second)
        #expect(SilverPicture(river.tables) == SilverPicture(plain.tables))
    }

    @Test func aStateIsMadeAgainFromItsTables() throws {
        let company = Company.random(seed: 8, around: Day(2024, 3, 31))
        let river = try company.river()
        let state = SilverState(tables: river.tables)
        for row in 0..<river.tables.clients.count {
            #expect(state.client(withID: river.tables.clients.id[row] ?? "?") == row)
        }
        let settings = SilverSettings.example
        for category in [Category.support, .surveys, .demographics] {
            let load = SilverLoad(state, category: category, settings: settings, byteCount: 0)
            load.beginDrop(99, latestDay: settings.latestDay)
            try BlockFeed.forEachBatch(Array(company.file(category).utf8), category: category) {
                load.load($0) { _ in }
            }
            load.endDrop()
            let delta = try load.finish(known: NoKnownKeys())
            let counts = delta.counts.first?.counts
            #expect(counts?.updated == 0)
            #expect(delta.newClients.isEmpty)
            #expect(delta.newTickets.isEmpty)
            #expect(delta.newSurveys.isEmpty)
            #expect(category != .surveys || counts?.duplicates == company.surveys.count)
            state.adopt(delta)
        }
        #expect(SilverPicture(state.tables) == SilverPicture(river.tables))
    }

    @Test func theLatestDayMovesWithTheDrop() throws {
        let river = River()
        river.settings.latestDay = Day(2024, 1, 1)
        let early = try river.load(.engagement, Self.events + "e1,c1,x,2024-01-02\n")
        #expect(early.reasons == ["timestamp after_latest_day"])
        river.settings.latestDay = Day(2024, 1, 2)
        let later = try river.load(.engagement, Self.events + "e1,c1,x,2024-01-02\n")
        #expect(later.counts.accepted == 1)
    }

    @Test func anEmptyDropIsADropToo() throws {
        let river = River()
        let loaded = try river.load(.engagement, Self.events)
        #expect(loaded.counts == DropCounts())
        #expect(loaded.refusal == nil)
        #expect(river.tables.events.segments.isEmpty)
        #expect(river.tables.lastDay == nil)
        #expect(river.tables.firstEventDay == nil)
        #expect(try river.load(.engagement, "").refusal == .empty)
    }

    /// More rows in a batch than the staging memory starts with, more kinds than its cache has slots.
    @Test func manyRowsAndManyKinds() throws {
        let rows = (0..<9000).map { "e\($0),c\($0 % 700),type\($0),2024-01-01T0\($0 % 10):00:00Z" }
        let river = River()
        let loaded = try river.load(.engagement, Self.events + rows.joined(separator: "\n"))
        #expect(loaded.counts.accepted == 9000)
        #expect(river.tables.events.kinds.kinds.count == 9000)
        let expected = (0..<9000).map { "c\($0 % 700) 2024-01-01 \($0 % 10)h type\($0)||" }
        #expect(SilverPicture(river.tables).events == expected.sorted())
        let payments = (0..<9000).map { "t\($0),c\($0 % 700),\($0 + 1),USD,method\($0),2024-01-01" }
        let paid = try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
                + payments.joined(separator: "\n"))
        #expect(paid.counts.accepted == 9000)
        #expect(
            SilverPicture(river.tables).transactions
                == (0..<9000).map { "c\($0 % 700) 2024-01-01 \($0 + 1) USD|method\($0)" }.sorted())
    }
}
