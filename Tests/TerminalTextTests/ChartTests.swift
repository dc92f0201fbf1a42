import Testing

@testable import TerminalText

struct ChartTests {
    @Test func sparklines() {
        let values: [Double?] = [0, 1, 2, 3, nil, 5, 6, 7]
        #expect(Sparkline(values).text(unicode: true) == "▁▂▃▄ ▆▇█")
        #expect(Sparkline(values).text(unicode: false) == ".:-= *%#")
        #expect(Sparkline([5, 5]).text(unicode: true) == "▅▅")
        #expect(Sparkline([5, 10], scale: .fromZero).text(unicode: true) == "▅█")
        #expect(Sparkline([-9, 0.5, 9], scale: .fixed(lower: 0, upper: 1)).text(unicode: true) == "▁▅█")
        #expect(Sparkline([nil, .nan]).text(unicode: true) == "–")
        #expect(Sparkline([]).text(unicode: false) == "-")
        #expect(Sparkline([0, 2, 4, 6, nil, nil]).text(width: 3, unicode: true) == "▁█ ")
        #expect(Sparkline([1, 2]).text(width: 0, unicode: true) == "▅")
        #expect(Sparkline([-1.7e308, 0, 1.7e308]).text(unicode: true) == "▁▅█")
    }

    @Test func bars() {
        #expect(Bar.text(fraction: 0.55, width: 10, unicode: true) == "█████▌    ")
        #expect(Bar.text(fraction: 0.55, width: 10, unicode: false) == "######    ")
        #expect(Bar.text(fraction: 7, width: 3, unicode: true) == "███")
        #expect(Bar.text(fraction: -1, width: 3, unicode: true) == "   ")
        #expect(Bar.text(fraction: .nan, width: 2, unicode: true) == "  ")
        #expect(Bar.text(fraction: nil, width: -2, unicode: true) == "")
        #expect(Bar.diverging(fraction: -0.5, width: 9, unicode: true) == "  ██│    ")
        #expect(Bar.diverging(fraction: -0.625, width: 9, unicode: true) == " ▐██│    ")
        #expect(Bar.diverging(fraction: 0.5, width: 10, unicode: true) == "    │██   ")
        #expect(Bar.diverging(fraction: -9, width: 9, unicode: false) == "####|    ")
        #expect(Bar.diverging(fraction: .nan, width: 5, unicode: false) == "  |  ")
        for fraction in stride(from: -1.2, through: 1.2, by: 0.01) {
            for width in 1...20 {
                for unicode in [true, false] {
                    #expect(Bar.diverging(fraction: fraction, width: width, unicode: unicode).count == width)
                    #expect(Bar.text(fraction: fraction, width: width, unicode: unicode).count == width)
                }
            }
        }
    }

    private static func activity(_ day: Int, _ hour: Int) -> Double? {
        day == 2 && hour == 5 ? nil : Double(day * hour)
    }

    private static let week = Heatmap.weekHours(
        (0..<7).map { day in (0..<24).map { hour in activity(day, hour) } }, title: "Activity")

    @Test func heatmapWithBlocks() {
        expectSnapshot(
            Self.week.rendered(plain(80)),
            """
            Activity
                00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23
            Mon ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ·· ··
            Tue ·· ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░
            Wed ·· ░░ ░░ ░░ ░░    ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒
            Thu ·· ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▓▓
            Fri ·· ░░ ░░ ░░ ░░ ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▓▓ ▓▓ ▓▓ ▓▓ ▓▓ ▓▓
            Sat ·· ░░ ░░ ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▓▓ ▓▓ ▓▓ ▓▓ ▓▓ ▓▓ ▓▓ ██ ██ ██
            Sun ·· ░░ ░░ ░░ ░░ ░░ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▒▒ ▓▓ ▓▓ ▓▓ ▓▓ ▓▓ ▓▓ ██ ██ ██ ██ ██ ██
            0 ·░▒▓█ 138 events
            """)
    }

    @Test func heatmapInAscii() {
        expectSnapshot(
            Self.week.rendered(ascii(60)),
            """
            Activity
                00  02  04  06  08  10  12  14  16  18  20  22
            Mon ................................................
            Tue ..::::::::::::::::::::::::::::::::::::::--------
            Wed ..::::::::  ::::::::--------------------========
            Thu ..::::::::::::--------------============++++++++
            Fri ..::::::::----------==========++++++++++********
            Sat ..::::::--------========++++++++********%%%%%%%%
            Sun ..::::::------======++++++++******%%%%%%########
            0 .:-=+*%# 138 events
            """)
    }

    @Test func heatmapWithNumbersOnColors() {
        let map = Heatmap(rowLabels: ["Mon"], columnLabels: ["00", "01"], values: [[0, 1200, 7]], unit: "")
        expectSnapshot(
            map.rendered(TerminalStyle(width: 40, color: .ansi256, unicode: true)),
            """
                ␛[38;5;244m00␛[0m    ␛[38;5;244m01␛[0m
            ␛[38;5;244mMon␛[0m ␛[38;5;231;48;5;17m   0  ␛[0m␛[38;5;16;48;5;220m 1.2k ␛[0m␛[38;5;231;48;5;17m   7  ␛[0m
            ␛[38;5;244m0␛[0m ␛[38;5;231;48;5;17m  ␛[0m␛[38;5;231;48;5;18m  ␛[0m␛[38;5;231;48;5;24m  ␛[0m␛[38;5;231;48;5;30m  ␛[0m␛[38;5;231;48;5;36m  ␛[0m␛[38;5;16;48;5;71m  ␛[0m␛[38;5;16;48;5;149m  ␛[0m␛[38;5;16;48;5;220m  ␛[0m ␛[38;5;244m1.2 k␛[0m
            """)
    }

    @Test func heatmapWithoutRoomOrData() {
        let lines = Self.week.lines(plain(20))
        #expect(lines.last?.text == "use a wider terminal")
        #expect(Heatmap(rowLabels: [], columnLabels: [], values: []).rendered(plain(80)) == "no data\n")
        #expect(
            Heatmap(rowLabels: ["a"], columnLabels: [], values: [[0]]).rendered(plain(80)) == "a ·····\n0 ·░▒▓█ 0\n")
    }

    private static let cohorts = CohortTable(
        title: "Retention",
        cohorts: [
            .init("2026-01", size: 1200, shares: [1, 0.8, 0.655, nil, 0.5]),
            .init("2026-02", size: 300, shares: [1, 0.6, .nan]),
            .init("2026-03", size: 0, shares: [1, 150]),
        ])

    @Test func cohortTriangle() {
        expectSnapshot(
            Self.cohorts.rendered(plain(80)),
            """
            Retention
            cohort    size    0    1    2    3    4
            2026-01  1,200  100█  80█  66▓       50▓
            2026-02    300  100█  60▓
            2026-03      0  100█ >9k█
            ────────────────────────────────────────
            all      1,500  100█  76█  66▓       50▓
            % of the cohort, by months since it began
            """)
        expectSnapshot(
            Self.cohorts.rendered(ascii(30)),
            """
            Retention
            cohort    size    0    1    2
            2026-01  1,200  100   80   66
            2026-02    300  100   60
            2026-03      0  100  >9k
            ------------------------------
            all      1,500  100   76   66
            % of the cohort, by months
            since it began
            ... months after 2 hidden: use
            -o csv or a wider terminal
            """)
        #expect(CohortTable(cohorts: []).rendered(plain(80)) == "no cohorts\n")
        let colored = Self.cohorts.rendered(TerminalStyle(width: nil, color: .ansi256, unicode: true))
        #expect(colored.contains("\u{1B}[38;5;16;48;5;220m 100 \u{1B}[0m"))
    }

    @Test func progress() {
        let style = plain(90)
        let half = ProgressBar("engagement.csv", done: 5_500_000, total: 10_000_000, unit: .rows, elapsedSeconds: 4.6)
        #expect(
            half.rendered(style)
                == "engagement.csv  [████████████████▌             ] 55 %  5.5 M rows  1.2 M rows/s  ETA 4 s\n")
        #expect(half.rendered(plain(72)) == "engagement.csv  [█████▌    ] 55 %  5.5 M rows  1.2 M rows/s  ETA 4 s\n")
        #expect(half.rendered(ascii(56)) == "engagement.csv  [######    ] 55 %  5.5 M rows  ETA 4 s\n")
        #expect(half.rendered(plain(44)) == "engagement.csv  [█████▌    ] 55 %  ETA 4 s\n")
        #expect(half.rendered(plain(36)) == "engagement.csv  [█████▌    ] 55 %\n")
        #expect(half.rendered(plain(24)) == "enga…  [█████▌    ] 55 %\n")
        #expect(half.rendered(plain(8)) == "[█████▌\n")
        let unknown = ProgressBar("x", done: 1536, total: nil, unit: .bytes, elapsedSeconds: 1.5)
        expectSnapshot(
            unknown.rendered(plain(50)),
            """
            x  [      █████         ] 1.5 KiB  1.0 KiB/s  2 s
            """)
        let done = ProgressBar("", done: 9, total: 7, unit: .items("tables"), elapsedSeconds: 64)
        expectSnapshot(
            done.rendered(plain(50)),
            """
            [██████████] 100 %  9 tables  in 1 min 04 s
            """)
        let start = ProgressBar("a", done: -3, total: 10, unit: .rows, elapsedSeconds: .nan)
        expectSnapshot(
            start.rendered(plain(40)),
            """
            a  [                    ] 0 %  0 rows
            """)
        let slow = ProgressBar("a", done: 1, total: 1000, unit: .rows, elapsedSeconds: 60)
        expectSnapshot(
            slow.rendered(plain(60)),
            """
            a  [                    ] 0 %  1 rows  ETA 16 h 39 min
            """)
        #expect(
            ProgressBar("e", done: 0, total: 0, unit: .rows, elapsedSeconds: 0).rendered(plain(30)).contains("100 %"))
        // 100 % is shown for nothing less than everything.
        #expect(
            ProgressBar("e", done: 999, total: 1000, unit: .rows, elapsedSeconds: 0).rendered(plain(30)).contains(
                "99 %"))
    }

    @Test func oddInputKeepsTheWidth() {
        var generator = SeededGenerator(state: 9)
        for _ in 0..<30 {
            let values = (0..<7).map { _ in
                (0..<Int.random(in: 0...30, using: &generator)).map { _ in generator.value() }
            }
            let map = Heatmap(
                title: generator.text(), rowLabels: [generator.text(), generator.text()],
                columnLabels: (0..<10).map { _ in generator.text(piecesMax: 2) }, values: values, unit: generator.text()
            )
            let cohorts = CohortTable(
                title: generator.text(),
                cohorts: values.map {
                    .init(generator.text(), size: Int.random(in: -5...Int.max / 4, using: &generator), shares: $0)
                })
            let progress = ProgressBar(
                generator.text(), done: Int.random(in: -5...Int.max, using: &generator),
                total: Bool.random(using: &generator) ? Int.random(in: -5...Int.max, using: &generator) : nil,
                unit: .items(generator.text()), elapsedSeconds: generator.value() ?? 3)
            for style in allStyles {
                expectSound(map, style)
                expectSound(cohorts, style)
                expectSound(progress, style)
            }
            for unicode in [true, false] {
                let text = Sparkline(values[0]).text(width: 12, unicode: unicode)
                #expect(text.count <= 12)
            }
        }
    }
}
