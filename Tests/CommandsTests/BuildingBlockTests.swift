import Contract
import Testing

@testable import Commands

/// The small parts, each against what it has to be.
@Suite struct BuildingBlockTests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func base64(_ text: String, _ expected: String) {
        #expect(Base64Text.encoded(Array(text.utf8)) == expected)
    }

    @Test func base64OfEveryByte() {
        #expect(Base64Text.encoded([0, 0xFF, 0xFB, 0xEF, 0xBE]) == "AP/7774=")
        #expect(Base64Text.encoded(Array(repeating: 0xFF, count: 30)) == String(repeating: "/", count: 40))
    }

    @Test func daysGoThereAndBack() {
        #expect(CalendarText.daysSinceEpoch(day: "1970-01-01") == 0)
        #expect(CalendarText.daysSinceEpoch(day: "2000-02-29") == 11_016)
        #expect(CalendarText.daysSinceEpoch(day: "2026-06-15") == 20_619)
        for day in stride(from: -100_000, through: 200_000, by: 37) {
            #expect(CalendarText.daysSinceEpoch(day: CalendarText.day(day)) == day)
        }
    }

    @Test(arguments: [
        "", "2026", "2026-6-15", "2026-06-31", "2025-02-29", "1900-02-29", "2026-00-10", "2026-13-01", "2026-06-00",
        "2026/06/15", "2026-06-15 ", "x026-06-15", "0000-01-01", "２０２６-06-15",
    ])
    func noDays(_ text: String) {
        #expect(CalendarText.daysSinceEpoch(day: text) == nil)
    }

    @Test func instants() {
        #expect(CalendarText.seconds(instant: "2026-06-15T12:00:00.000Z") == SampleAnswers.now)
        #expect(CalendarText.seconds(instant: "2026-06-15T12:00:00.250Z") == SampleAnswers.now)
        #expect(CalendarText.seconds(instant: "2026-06-15t12:00:00z") == SampleAnswers.now)
        for odd in ["", "2026-06-15", "2026-06-15T12:00Z", "2026-06-15T25:00:00.000Z", "2026-06-15T12:00:00", "now"] {
            #expect(CalendarText.seconds(instant: odd) == nil, "\(odd)")
        }
    }

    @Test func barsThatAddUp() {
        #expect(OffsetBar.text(from: 0, to: 50, scale: 100, width: 10, unicode: true) == "█████")
        #expect(OffsetBar.text(from: 50, to: 100, scale: 100, width: 10, unicode: true) == "     █████")
        #expect(OffsetBar.text(from: 100, to: 50, scale: 100, width: 10, unicode: false) == "     #####")
        #expect(OffsetBar.text(from: 99.9, to: 100, scale: 100, width: 10, unicode: true) == "         █")
        #expect(OffsetBar.text(from: 30, to: 30, scale: 100, width: 10, unicode: true) == "   ▏")
        for odd in [Double.nan, .infinity, 0, -1] {
            #expect(OffsetBar.text(from: 0, to: 1, scale: odd, width: 10, unicode: true) == "")
        }
    }

    @Test func barsStayInside() {
        var state: UInt64 = 7
        func random() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24) * 300 - 100
        }
        for _ in 0..<2_000 {
            let bar = OffsetBar.text(from: random(), to: random(), scale: 100, width: 20, unicode: true)
            #expect(bar.count <= 21)
            #expect(bar.contains("█") || bar.contains("▏"))
        }
    }

    @Test func serviceStates() {
        func hint(_ text: String) -> String? { ServiceState(text).hint }
        #expect(hint("LoadState=not-found\nActiveState=inactive\nResult=success\n")?.contains("not installed") == true)
        #expect(hint("LoadState=loaded\nActiveState=failed\nResult=exit-code\n")?.contains("(exit-code)") == true)
        #expect(hint("LoadState=loaded\nActiveState=inactive\n")?.contains("systemctl start aurad") == true)
        #expect(hint("ActiveState=activating")?.contains("starting") == true)
        #expect(hint("ActiveState=active")?.contains("not on this socket") == true)
        #expect(hint("") == nil)
        #expect(hint("ActiveState=new-word\nnonsense") == nil)
    }

    @Test func topReasonsAreCountedByKind() {
        let rejects: [JSONValue] = [
            ["code": "a", "column": "x", "reason": "x is 1"], ["code": "b", "column": "x", "reason": "no x"],
            ["code": "a", "column": "x", "reason": "x is 2"], ["code": "a", "column": "y", "reason": "y is 3"],
            ["reason": "torn"], ["code": "b", "column": "x", "reason": "no x"],
            ["code": "b", "column": "x", "reason": "no"],
        ]
        let reasons = DropReport.reasons(rejects.map { Answer($0) })
        #expect(reasons.map(\.count) == [3, 2, 1, 1])
        #expect(reasons.map(\.reason) == ["no x", "x is 1", "y is 3", "torn"])
    }

    @Test func arraysOfLines() {
        var array = JSONArrayText()
        #expect(array.end() == Array("[]\n".utf8))
        #expect(array.page([]) == [])
        #expect(array.page(Array("{\"a\":1}\n{\"a\":2}\n".utf8)) == Array("[\n{\"a\":1},\n{\"a\":2}".utf8))
        #expect(array.page(Array("{\"a\":3}\n".utf8)) == Array(",\n{\"a\":3}".utf8))
        #expect(array.end() == Array("\n]\n".utf8))
    }
}
