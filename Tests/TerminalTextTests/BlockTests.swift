import Testing

@testable import TerminalText

struct BlockTests {
    private static let client = KeyValueBlock([
        .init(
            "Client C-10004",
            pairs: [
                .init("name", .init("Société Générale", .strong)), .init("segment", "enterprise"),
                .init("region", "EMEA"),
                .init("MRR", "12,400.00 EUR"), .init("risk", .init("high", .bad)),
            ]),
        .init("Notes", pairs: [.init("summary", "Engagement fell by 43 % in 30 days;\nthe owner left.")]),
    ])

    @Test func narrowBlock() {
        expectSnapshot(
            Self.client.rendered(plain(40)),
            """
            Client C-10004
              name     Société Générale
              segment  enterprise
              region   EMEA
              MRR      12,400.00 EUR
              risk     high

            Notes
              summary  Engagement fell by 43 % in 30
                       days;
                       the owner left.
            """)
    }

    @Test func wideBlock() {
        expectSnapshot(
            Self.client.rendered(plain(100)),
            """
            Client C-10004
              name     Société Générale    MRR      12,400.00 EUR
              segment  enterprise          risk     high
              region   EMEA

            Notes
              summary  Engagement fell by 43 % in 30 days;
                       the owner left.
            """)
    }

    @Test func blockWithoutAWidth() {
        expectSnapshot(
            Self.client.rendered(ascii(nil)),
            """
            Client C-10004
              name     Societe Generale
              segment  enterprise
              region   EMEA
              MRR      12,400.00 EUR
              risk     high

            Notes
              summary  Engagement fell by 43 % in 30 days; the owner left.
            """)
    }

    @Test func blockWithoutHeadings() {
        let block = KeyValueBlock(
            [.init(pairs: [.init("a", "1"), .init("bb", "2")]), .init(pairs: [])], columnCountMax: 0)
        #expect(block.rendered(plain(40)) == "a   1\nbb  2\n\n")
    }

    @Test func bullets() {
        let list = BulletList([
            "Call the new owner before Friday", .init("prepare the report", .good, level: 1), .init("deep", level: 2),
            "Escalate \(4711)",
        ])
        expectSnapshot(
            list.rendered(plain(20)),
            """
            • Call the new owner
              before Friday
              ◦ prepare the
                report
                ▪ deep
            • Escalate 4711
            """)
        expectSnapshot(
            list.rendered(ascii(nil)),
            """
            * Call the new owner before Friday
              - prepare the report
                * deep
            * Escalate 4711
            """)
    }

    @Test func numbers() {
        let list = BulletList(
            ["one", .init("sub", level: 1), .init("sub", level: 1), "two", .init("sub", level: 1)], isNumbered: true)
        #expect(list.rendered(ascii(80)) == "1. one\n  1. sub\n  2. sub\n2. two\n  1. sub\n")
    }

    @Test func oddInputKeepsTheWidth() {
        var generator = SeededGenerator(state: 5)
        for _ in 0..<40 {
            let block = KeyValueBlock(
                (0..<3).map { _ in
                    .init(
                        generator.text(), pairs: (0..<5).map { _ in .init(generator.text(), .init(generator.text())) })
                })
            let list = BulletList(
                (0..<5).map { .init(generator.text(), level: $0 * $0 * 3 - 2) },
                isNumbered: Bool.random(using: &generator))
            let paragraph = WrappedText(generator.text(piecesMax: 40), indentation: 3, hangingIndentation: 7)
            for style in allStyles {
                expectSound(block, style)
                expectSound(list, style)
                expectSound(paragraph, style)
            }
        }
    }
}
