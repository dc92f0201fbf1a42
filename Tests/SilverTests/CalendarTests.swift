import Records
import RiverTesting
import Silver
import Testing

/// Promotions, holidays and other known days.
@Suite struct CalendarTests {
    private static let header = "date,name,segment,lower_window,upper_window\n"

    @Test func rowsAreKeptAsTheyAre() throws {
        let river = River()
        let loaded = try river.load(
            .events, Self.header + "2024-11-29,Black Friday,,-1,3\n2024-12-24,Sale,smb,,\n")
        #expect(loaded.counts.accepted == 2)
        #expect(loaded.counts.orphans == 0)
        #expect(
            SilverPicture(river.tables).knownDays == ["2024-11-29 Black Friday - -1 3", "2024-12-24 Sale smb 0 0"])
    }

    @Test func onlyDayAndNameAreNeeded() throws {
        let river = River()
        try river.load(.events, "Name,Date\nFair,2024-05-01\n")
        #expect(SilverPicture(river.tables).knownDays == ["2024-05-01 Fair - 0 0"])
    }

    /// A day that is known says nothing about how far the data reaches.
    @Test func daysAheadDoNotMoveTheAsOfDay() throws {
        let river = River()
        let loaded = try river.load(.events, Self.header + "2044-11-29,Jubilee,,0,0\n")
        #expect(loaded.counts.accepted == 1)
        #expect(river.tables.lastDay == nil)
    }

    @Test func withinADropTheFirstRowOfAKeyWins() throws {
        let river = River()
        let loaded = try river.load(
            .events,
            Self.header + "2024-05-01,Fair,,0,0\n2024-05-01,Fair,,0,0\n2024-05-01,Fair,,0,2\n2024-05-01,Fair,smb,0,2\n")
        #expect(loaded.counts.accepted == 2)
        #expect(loaded.counts.duplicates == 2)
        #expect(loaded.counts.collisions == 1)
    }

    @Test func aLaterDropUpdatesTheWindows() throws {
        let river = River()
        try river.load(.events, Self.header + "2024-05-01,Fair,,0,0\n2024-06-01,Fair,,0,0\n")
        let loaded = try river.load(.events, Self.header + "2024-05-01,Fair,,-2,1\n2024-06-01,Fair,,0,0\n")
        #expect(loaded.counts.accepted == 2)
        #expect(loaded.counts.updated == 1)
        #expect(river.lastDelta?.changedCalendarRows == [0])
        #expect(river.lastDelta?.newCalendarRows.isEmpty == true)
        #expect(SilverPicture(river.tables).knownDays == ["2024-05-01 Fair - -2 1", "2024-06-01 Fair - 0 0"])
    }

    @Test func aDayIsCalledOffAndOnAgain() throws {
        let river = River()
        try river.load(.events, Self.header + "2024-05-01,Fair,,-1,2\n2024-06-01,Fair,,0,0\n")
        let off = try river.load(.events, "date,name,cancelled\n2024-05-01,Fair,1\n2024-06-01,Fair,0\n")
        #expect(off.counts.accepted == 2)
        #expect(off.counts.updated == 1)
        #expect(river.tables.calendar.isCancelled(0))
        #expect(!river.tables.calendar.isCancelled(1))
        try river.load(.events, Self.header + "2024-05-01,Fair,,0,1\n")
        #expect(!river.tables.calendar.isCancelled(0))
        #expect(SilverPicture(river.tables).knownDays == ["2024-05-01 Fair - 0 1", "2024-06-01 Fair - 0 0"])
        let mistake = try river.load(.events, "date,name,cancelled\n2024-05-01,Fair,maybe\n")
        #expect(mistake.counts.rejected == 1)
    }

    @Test func keysAreNotMixedUp() {
        let one = CalendarTable.key(day: 1, name: "a b", segment: "c")
        #expect(one != CalendarTable.key(day: 1, name: "a", segment: "b c"))
        #expect(one != CalendarTable.key(day: 11, name: "a b", segment: "c"))
        #expect(one == CalendarTable.key(day: 1, name: "a b", segment: "c"))
    }

    @Test(arguments: [
        ("2024-13-01,Fair,,0,0", "date not_a_date"), (",Fair,,0,0", "date missing"),
        ("1999-12-31,Fair,,0,0", "date before_earliest_day"), ("2024-05-01,,,0,0", "name missing"),
        ("2024-05-01,Fair,,1,0", "lower_window not_an_integer"),
        ("2024-05-01,Fair,,0,-1", "upper_window not_an_integer"),
        ("2024-05-01,Fair,,0,367", "upper_window not_an_integer"),
        ("2024-05-01,Fair,,x,x", "lower_window not_an_integer"),
    ])
    func mistakesAreRejectedWithTheirColumn(row: String, reason: String) throws {
        let river = River()
        let loaded = try river.load(.events, Self.header + row + "\n")
        #expect(loaded.reasons == [reason])
        #expect(loaded.counts.rejected == 1)
        #expect(river.tables.calendar.count == 0)
    }

    @Test func aLoadThatIsNotStoredLeavesNoTrace() throws {
        let river = River()
        let bytes = Array((Self.header + "2024-05-01,Fair,,0,0\n").utf8)
        try river.load(.events, together: [bytes], adopts: false)
        let loaded = try river.load(.events, together: [bytes])
        #expect(loaded.map(\.counts.accepted) == [1])
        #expect(river.tables.calendar.count == 1)
    }

    @Test func aHeaderWithoutADayIsRefused() throws {
        let loaded = try River().load(.events, "name,segment\nFair,smb\n")
        #expect(loaded.refusal != nil)
    }
}
