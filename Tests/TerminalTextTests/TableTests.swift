import Testing

@testable import TerminalText

struct TableTests {
    private static let columns: [Table.Column] = [
        .init("Client", overflow: .never, priority: Table.Column.required),
        .init("Name", overflow: .truncate, priority: 90, minimumWidth: 10, idealWidth: 20),
        .init("Region", priority: 10),
        .init("Churn probability", alignment: .decimal, priority: 80),
        .init("MRR", alignment: .decimal, priority: 70),
        .init("Tickets", alignment: .trailing, priority: 10),
        .init("Risk", alignment: .center, overflow: .never, priority: 85),
        .init("Reasons", priority: 60, minimumWidth: 16, idealWidth: 30),
    ]

    private static let clients = Table(
        title: "Clients at risk", columns: columns,
        rows: [
            [
                .init("C-10001", .link), "Acme Logistics GmbH", "EMEA", "12.3 %", "1,234.50 EUR", "3",
                .init("high", .bad), "engagement fell by 43 % in 30 days",
            ],
            [
                .init("C-10002", .link), "北京华为技术有限公司", "APAC", "5 %", "980 EUR", "12", .init("low", .good),
                "none",
            ],
            [
                .init("C-10003", .link), "Evil\u{1B}[2J\u{202E}Corp", "EMEA", "–", "15,000.25 EUR", "0",
                .init("medium", .warning), "no login for 21 days;\nowner left",
            ],
        ],
        footers: [["", "3 clients", "", "8.7 %", "17,214.75 EUR"]], notes: ["as of 2026-03-01"])

    @Test func sixtyColumns() {
        expectSnapshot(
            Self.clients.rendered(plain(60)),
            """
            Clients at risk
                                            Churn
            Client   Name             probability            MRR   Risk
            ───────  ───────────────  ───────────  ─────────────  ──────
            C-10001  Acme Logistics…       12.3 %   1,234.50 EUR   high
            C-10002  北京华为技术有…        5 %       980 EUR      low
            C-10003  Evil␛[2J<U+202…        –      15,000.25 EUR  medium
            ───────  ───────────────  ───────────  ─────────────  ──────
                     3 clients              8.7 %  17,214.75 EUR
            as of 2026-03-01
            … 3 columns hidden (Region, Tickets, Reasons): use -o csv or
            a wider terminal
            """)
    }

    @Test func eightyColumns() {
        expectSnapshot(
            Self.clients.rendered(plain(80)),
            """
            Clients at risk
                                              Churn
            Client   Name               probability            MRR   Risk   Reasons
            ───────  ─────────────────  ───────────  ─────────────  ──────  ────────────────
            C-10001  Acme Logistics G…       12.3 %   1,234.50 EUR   high   engagement fell
                                                                            by 43 % in 30
                                                                            days
            C-10002  北京华为技术有限…        5 %       980 EUR      low    none
            C-10003  Evil␛[2J<U+202E>…        –      15,000.25 EUR  medium  no login for 21
                                                                            days;
                                                                            owner left
            ───────  ─────────────────  ───────────  ─────────────  ──────  ────────────────
                     3 clients                8.7 %  17,214.75 EUR
            as of 2026-03-01
            … 2 columns hidden (Region, Tickets): use -o csv or a wider terminal
            """)
    }

    @Test func hundredAndTwentyColumns() {
        expectSnapshot(
            Self.clients.rendered(plain(120)),
            """
            Clients at risk
                                                           Churn
            Client   Name                  Region    probability            MRR  Tickets   Risk   Reasons
            ───────  ────────────────────  ──────  ─────────────  ─────────────  ───────  ──────  ──────────────────────────────────
            C-10001  Acme Logistics GmbH   EMEA           12.3 %   1,234.50 EUR        3   high   engagement fell by 43 % in 30 days
            C-10002  北京华为技术有限公司  APAC            5 %       980 EUR          12   low    none
            C-10003  Evil␛[2J<U+202E>Corp  EMEA            –      15,000.25 EUR        0  medium  no login for 21 days;
                                                                                                  owner left
            ───────  ────────────────────  ──────  ─────────────  ─────────────  ───────  ──────  ──────────────────────────────────
                     3 clients                             8.7 %  17,214.75 EUR
            as of 2026-03-01
            """)
    }

    @Test func twoHundredColumnsInAscii() {
        expectSnapshot(
            Self.clients.rendered(ascii(200)),
            """
            Clients at risk
            Client   Name                   Region  Churn probability            MRR  Tickets   Risk   Reasons
            -------  ---------------------  ------  -----------------  -------------  -------  ------  ----------------------------------
            C-10001  Acme Logistics GmbH    EMEA               12.3 %   1,234.50 EUR        3   high   engagement fell by 43 % in 30 days
            C-10002  ??????????             APAC                5 %       980 EUR          12   low    none
            C-10003  Evil^[[2J<U+202E>Corp  EMEA                -      15,000.25 EUR        0  medium  no login for 21 days;
                                                                                                       owner left
            -------  ---------------------  ------  -----------------  -------------  -------  ------  ----------------------------------
                     3 clients                                  8.7 %  17,214.75 EUR
            as of 2026-03-01
            """)
    }

    @Test func withoutAWidthNothingIsShortened() {
        expectSnapshot(
            Self.clients.rendered(plain(nil)),
            """
            Clients at risk
            Client   Name                  Region  Churn probability            MRR  Tickets   Risk   Reasons
            ───────  ────────────────────  ──────  ─────────────────  ─────────────  ───────  ──────  ──────────────────────────────────
            C-10001  Acme Logistics GmbH   EMEA               12.3 %   1,234.50 EUR        3   high   engagement fell by 43 % in 30 days
            C-10002  北京华为技术有限公司  APAC                5 %       980 EUR          12   low    none
            C-10003  Evil␛[2J<U+202E>Corp  EMEA                –      15,000.25 EUR        0  medium  no login for 21 days; owner left
            ───────  ────────────────────  ──────  ─────────────────  ─────────────  ───────  ──────  ──────────────────────────────────
                     3 clients                                 8.7 %  17,214.75 EUR
            as of 2026-03-01
            """)
    }

    @Test func colors() {
        var table = Self.clients
        table.rows = [table.rows[0]]
        table.columns = Array(table.columns.prefix(2))
        table.rows[0] = [table.rows[0][0], .init("Acme", attributes: TextAttributes(.bad, isBold: true))]
        table.footers = []
        expectSnapshot(
            table.rendered(TerminalStyle(width: 40, color: .ansi16, unicode: true)),
            """
            ␛[1mClients at risk␛[0m
            ␛[1mClient␛[0m   ␛[1mName␛[0m
            ␛[90m───────␛[0m  ␛[90m────␛[0m
            ␛[4;36mC-10001␛[0m  ␛[1;31mAcme␛[0m
            ␛[90mas of 2026-03-01␛[0m
            """)
    }

    @Test func decimalMarksStandBelowEachOther() {
        let table = Table(
            columns: [.init("Value", alignment: .decimal), .init("Unit")],
            rows: [
                ["1.25", "a"], ["1,000", "b"], ["–", "c"], ["-3.5 %", "d"], ["n/a", "e"], ["v1.2.3", "f"],
                ["É 7.5", "g"],
            ])
        expectSnapshot(
            table.rendered(plain(40)),
            """
                Value  Unit
            ─────────  ────
                1.25   a
            1,000      b
                –      c
               -3.5 %  d
              n/a      e
               v1.2.3  f
              É 7.5    g
            """)
    }

    @Test func hiddenColumnsAreCountedAndNamed() {
        let table = Table(
            columns: ["one", "two", "three"].map { .init($0, overflow: .never) },
            rows: [["aaaaaaaa", "bbbbbbbb", "cccccccc"]],
            hiddenColumnsAdvice: "widen")
        expectSnapshot(
            table.rendered(plain(26)),
            """
            one       two
            ────────  ────────
            aaaaaaaa  bbbbbbbb
            … 1 column hidden (three):
            widen
            """)
        expectSnapshot(
            table.rendered(ascii(15)),
            """
            one
            --------
            aaaaaaaa
            ... 2 columns
            hidden (two,
            three): widen
            """)
        expectSnapshot(
            table.rendered(plain(5)),
            """
            one
            ─────
            aaaa…
            … 2
            colum
            ns
            hidde
            n
            (two,
            three
            ):
            widen
            """)
    }

    @Test func requiredColumnsAreSqueezedWhenNothingElseHelps() {
        let table = Table(
            columns: ["a", "b", "c", "d"].map { .init($0, overflow: .never, priority: Table.Column.required) },
            rows: [["11111111", "22222222", "333", "4"]])
        expectSnapshot(
            table.rendered(plain(16)),
            """
            a    b    c    d
            ───  ───  ───  ─
            11…  22…  333  4
            """)
        // A column and its gap need three characters, so the last two do not fit.
        #expect(table.lines(plain(4)).first?.text == "a  b")
        #expect(table.rendered(plain(4)).filter { !$0.isWhitespace }.contains("2columnshidden(c,d)"))
    }

    @Test func emptyTables() {
        #expect(Table(columns: []).rendered(plain(80)) == "no rows\n")
        #expect(Table(columns: [.init("A")]).rendered(plain(80)) == "A\n─\nno rows\n")
        #expect(Table(columns: [], rows: [["x", "y"]]).rendered(ascii(80)) == "-  -\nx  y\n")
        #expect(Table(columns: [.init("A")], rows: [[]], emptyText: "").rendered(ascii(80)) == "A\n-\n\n")
    }

    @Test func rowsOfDifferentLengths() {
        let table = Table(columns: [.init("A")], rows: [["1", "extra"], []], footers: [["", "", "end"]])
        #expect(table.rendered(ascii(80)) == "A\n-  -----  ---\n1  extra\n\n-  -----  ---\n          end\n")
    }

    @Test func randomTablesKeepTheirPromises() {
        var generator = SeededGenerator(state: 42)
        let alignments: [Table.Alignment] = [.leading, .trailing, .center, .decimal]
        let overflows: [Table.Overflow?] = [nil, .wrap, .truncate, .never]
        for _ in 0..<60 {
            let count = Int.random(in: 1...9, using: &generator)
            let columns = (0..<count).map { _ in
                Table.Column(
                    generator.text(piecesMax: 4), alignment: alignments.randomElement(using: &generator) ?? .leading,
                    overflow: overflows.randomElement(using: &generator) ?? nil,
                    priority: Int.random(in: 0...5, using: &generator),
                    minimumWidth: Bool.random(using: &generator) ? Int.random(in: -1...12, using: &generator) : nil,
                    idealWidth: Bool.random(using: &generator) ? Int.random(in: -1...30, using: &generator) : nil)
            }
            let rows = (0..<6).map { _ in (0..<count).map { _ in Table.Cell(generator.text()) } }
            let table = Table(
                title: generator.text(), columns: columns, rows: rows, footers: [rows[0]], notes: [generator.text()])
            for style in allStyles { expectSound(table, style) }
            let lines = table.lines(plain(nil))
            for row in rows {
                for (cell, column) in zip(row, columns) where column.overflow != .wrap {
                    let text = DisplayText(cell.text, unicode: true).text.filter { $0 != " " }
                    #expect(lines.contains { $0.text.filter { $0 != " " }.contains(text) } || text.isEmpty)
                }
            }
        }
    }
}
