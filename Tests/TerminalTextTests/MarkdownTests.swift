import Testing

@testable import TerminalText

struct MarkdownTests {
    private static let answer = """
        # Churn in *March* ##

        **43 clients** were lost, *12 more* than in February. See `aurac clients --risk high`
        or [the handbook](https://example.com/x).  
        A forced break.

        1. no login for __21 days__
           and no call either
        2. tickets
           - of which most concerned `billing`
           - others
        3) a change of owner_name_id

        ## By segment

        | Segment | Lost | Rate |
        |:---|---:|:---:|
        | enterprise \\| b2b | 3 | 1.2 % |
        | **mid-market** | **17** | `a|b` |

        > Figures as of
        > 2026-03-31.
        ***
        ```sh
        aurac simulate\t--playbook onboarding
        ```
        ### End
        """

    @Test func answerWithoutColors() {
        expectSnapshot(
            Markdown(Self.answer).rendered(plain(60)),
            """
            Churn in March
            ══════════════

            43 clients were lost, 12 more than in February. See `aurac
            clients --risk high` or the handbook
            (https://example.com/x).
            A forced break.

            1. no login for 21 days and no call either
            2. tickets
              ◦ of which most concerned `billing`
              ◦ others
            3. a change of owner_name_id

            By segment
            ──────────

            Segment           Lost  Rate
            ────────────────  ────  ─────
            enterprise | b2b     3  1.2 %
            mid-market          17   a|b

            ▌ Figures as of 2026-03-31.

            ────────────────────────────────────────

                aurac simulate  --playbook onboarding

            End
            """)
    }

    @Test func answerInAsciiWithoutAWidth() {
        expectSnapshot(
            Markdown(Self.answer).rendered(ascii(nil)),
            """
            Churn in March
            ==============

            43 clients were lost, 12 more than in February. See `aurac clients --risk high` or the handbook (https://example.com/x).
            A forced break.

            1. no login for 21 days and no call either
            2. tickets
              - of which most concerned `billing`
              - others
            3. a change of owner_name_id

            By segment
            ----------

            Segment           Lost  Rate
            ----------------  ----  -----
            enterprise | b2b     3  1.2 %
            mid-market          17   a|b

            > Figures as of 2026-03-31.

            ----------------------------------------

                aurac simulate  --playbook onboarding

            End
            """)
    }

    @Test func answerWithColors() {
        expectSnapshot(
            Markdown("**bold** *it* `code` [l](u) ***both***\n\n> q\n\n| **a** |\n|-|\n| **b** |")
                .rendered(TerminalStyle(width: 40, color: .ansi16, unicode: true)),
            """
            ␛[1mbold␛[0m ␛[3mit␛[0m ␛[36mcode␛[0m ␛[4;36ml␛[0m (u) ␛[1;3mboth␛[0m

            ␛[90m▌␛[0m ␛[90mq␛[0m

            ␛[1ma␛[0m
            ␛[90m─␛[0m
            ␛[1mb␛[0m
            """)
    }

    @Test(arguments: [
        ("2 * 3 * 4", "2 * 3 * 4"), ("a ** b", "a ** b"), ("**open", "**open"), ("*open", "*open"),
        ("snake_case_name", "snake_case_name"),
        ("`open", "`open"), ("``a`b``", "`a`b`"), ("` a `", "`a`"), ("[no link]", "[no link]"), ("[x](y", "[x](y"),
        ("[](u)", "u"),
        ("[u](u)", "u"), ("\\*not\\*", "*not*"), ("a\\b", "a\\b"), ("#hash", "#hash"),
        ("2026. was good", "2026. was good"),
        ("-1 is negative", "-1 is negative"), ("**a** and **b", "a and **b"), ("*a **b** c*", "a b c"), ("__x__", "x"),
        ("`` ` `` and `", "``` and `"), ("| a | b", "| a | b"), ("a | b\n--", "a | b --"),
        ("a | b\n- | x", "a | b\n\n• | x"),
        ("#", ""), ("# #", ""), ("-", "-"), ("\u{1B}[31mred", "␛[31mred"), ("*a*b", "ab"), ("_a_b", "_a_b"),
        ("~~~\nx", "    x"), ("``` `x", "``` `x"), ("- a\n\nb", "• a\n\nb"), ("- a\nb", "• a b"),
        ("- a\n\n  b", "• a b"),
        ("> a\n>\n> b", "▌ a\n▌ b"), ("Find:\n- a", "Find:\n• a"), ("x  ", "x"), ("", ""),
    ])
    func details(source: String, expected: String) {
        #expect(
            Markdown(source).rendered(plain(80)) == (expected.isEmpty && !source.hasPrefix("#") ? "" : expected + "\n"))
    }

    @Test func manyUnclosedMarksAreQuick() {
        let source = String(repeating: "**a `b [c](d _e ", count: 5000)
        let text = MarkdownInlineParser.spans(source).map(\.text).joined()
        #expect(text.hasPrefix("**a b [c](d _e **a b"))
    }

    @Test func oddInputKeepsTheWidth() {
        var generator = SeededGenerator(state: 17)
        let starts = [
            "", "# ", "- ", "   - ", "1. ", "> ", "| a | b |\n|---|:-:|\n| ", "```\n", "***\n", "    ", "## ",
        ]
        for _ in 0..<60 {
            let source = (0..<12).map { _ in
                (starts.randomElement(using: &generator) ?? "") + generator.text()
            }.joined(separator: "\n")
            for style in allStyles { expectSound(Markdown(source), style) }
        }
    }
}
