import Testing

@testable import TerminalText

struct LinePlotTests {
    private static func measured(_ index: Int) -> LinePlot.Point {
        let value = 100 + Double(index * 7 % 13) + Double(index)
        return .init(x: Double(20_500 + index), y: index == 20 ? nil : value)
    }

    private static func predicted(_ index: Int) -> LinePlot.Point {
        let value = 105 + Double(index)
        let margin = Double(index - 35)
        return .init(x: Double(20_500 + index), y: value, lower: value - margin, upper: value + margin)
    }

    private static let forecast = LinePlot(
        title: "Engagement",
        series: [
            .init("history", .history, points: (0..<40).map(measured)),
            .init("forecast", .forecast, points: (40..<60).map(predicted), bandName: "80 % interval"),
        ], height: 14, markedX: 20_540)

    @Test func brailleWithForecast() {
        expectSnapshot(
            Self.forecast.rendered(plain(60)),
            """
            Engagement
            200 ┤                                     ┊
                │                                     ┊             ░░░░
                │                                     ┊        ░░░░░░░░░
                │                                     ┊    ░░░░░░░░░░⡀⠄⠄
                │                                     ░░░░░⡀⡀⠄⠄⠄⠂⠂⠁⠁⠁░░░
            150 ┤                            ⢀ ⡠⡀⡔⢤⠓⢄ ⠂⠂⠂⠁⠁░░░░░░░░░░░░░
                │                    ⡠⣠⠢⡀⢀⢄⢠⢢⠎⠑⠁⠈    ⠁┊
                │        ⢀⢀⢄  ⡀⢀⢄⡜⠢ ⠐⠁⠁ ⠈⠊ ⠁          ┊
                │   ⡀⡠⣀⠎⠢⠃⠋ ⠑⠜⠈⠊⠈                     ┊
            100 ┤⡰⠑⠜⠘⠁                                ┊
                └────────────┬───────────────────────────┬──────────────
                         Mar 2026                       Apr
            ⠒⠒⠒ history   ⠂⠂⠂ forecast   ░░░ 80 % interval
            """)
    }

    @Test func asciiWithForecast() {
        expectSnapshot(
            Self.forecast.rendered(ascii(60)),
            """
            Engagement
            200 +                                     :
                |                                     :              ...
                |                                     :          .......
                |                                     :    ..........+++
                |                                     :....++++++++++...
            150 +                            * * *****+++++.............
                |                    **** *** * *     :
                |      * * ** * *** *    *            :
                | * *** * *  * *                      :
            100 +* *                                  :
                +------------+---------------------------+--------------
                         Mar 2026                       Apr
            *** history   +++ forecast   ... 80 % interval
            """)
    }

    @Test func constantValuesAndPercent() {
        let plot = LinePlot(
            series: [.init("share", .secondary, points: (0..<9).map { .init(x: Double($0), y: 0.25) })],
            horizontalAxis: .number, valueFormat: .percent, height: 9)
        expectSnapshot(
            plot.rendered(plain(40)),
            """
            28 % ┤
                 │
            26 % ┤
            24 % ┤⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉
                 │
            22 % ┤
                 └┬───┬───┬───┬────┬───┬───┬───┬───┬
                  0   1   2   3    4   5   6   7   8
            ⠒⠒⠒ share
            """)
    }

    @Test func onePointAndMoney() {
        let plot = LinePlot(
            series: [.init("MRR", .history, points: [.init(x: 20_513, y: 1_250_000)])],
            valueFormat: .money(currency: "EUR"),
            height: 8, includesZero: true)
        expectSnapshot(
            plot.rendered(plain(40)),
            """
            EUR
            1.5 M ┤                ●
            1.0 M ┤
            0.5 M ┤
                0 ┤
                  └────────────────┬────────────────
                              2026-03-01
            ⠒⠒⠒ MRR
            """)
    }

    @Test func noData() {
        let plot = LinePlot(
            title: "T", series: [.init("a", .history, points: [.init(x: .nan, y: 1), .init(x: 1, y: nil)])])
        #expect(plot.rendered(plain(40)) == "T\nno data\n")
        #expect(LinePlot(series: []).rendered(plain(40)) == "no data\n")
    }

    @Test func noRoomForAxes() {
        let plot = LinePlot(series: [.init("a", .history, points: (0..<9).map { .init(x: Double($0), y: Double($0)) })])
        #expect(plot.rendered(plain(9)) == "▁▂▃▄▅▅▆▇█\n")
    }

    @Test func orderOfPointsDoesNotMatter() {
        var shuffled = Self.forecast
        for index in shuffled.series.indices { shuffled.series[index].points.reverse() }
        #expect(shuffled.rendered(plain(70)) == Self.forecast.rendered(plain(70)))
    }

    @Test(arguments: [
        (0.0, 100.0, 4, 0.0, 100.0, 50.0), (1, 9, 4, 0, 10, 5), (-3, 7, 5, -4, 8, 5), (0.1, 0.13, 3, 0.1, 0.13, 0.01),
        (0, 0, 4, 0, 1, 0.5), (50, 50, 4, 45, 55, 5), (1e299, 1e300, 3, 0, 1e300, 5e299),
    ])
    func niceRanges(lower: Double, upper: Double, steps: Int, low: Double, high: Double, step: Double) {
        let range = AxisTicks.niceRange(lower: lower, upper: upper, stepCountMax: steps)
        #expect(range.lower <= lower && range.upper >= upper)
        #expect(range.values.count <= steps + 1)
        #expect(range.values.first.map { ($0 - range.lower).magnitude <= range.step * 1e-6 } ?? false)
        let mantissa = range.step / AxisTicks.niceStep(atLeast: range.step)
        #expect((mantissa - 1).magnitude < 1e-9)
    }

    @Test func labelsHaveTheDigitsTheStepNeeds() {
        let number = HumanNumber(unicode: true)
        #expect(ValueFormat.number.labels([0, 0.5, 1], step: 0.5, number) == ["0.0", "0.5", "1.0"])
        #expect(ValueFormat.percent.labels([0, 0.025], step: 0.025, number) == ["0.0 %", "2.5 %"])
        #expect(ValueFormat.number.labels([0, 500_000, 1_000_000], step: 500_000, number) == ["0", "0.5 M", "1.0 M"])
        #expect(ValueFormat.number.labels([0, 20_000], step: 20_000, number) == ["0", "20,000"])
        #expect(ValueFormat.number.labels([1e300], step: 1e299, number) == ["1.0e+300"])
        #expect(ValueFormat.money(currency: "EUR").labels([-200_000, 0], step: 200_000, number) == ["-200 k", "0"])
    }

    @Test(arguments: [
        (20_500, 20_506, 60, "16 Feb 2026"), (20_500, 20_530, 60, "16 Feb 2026"), (20_500, 20_900, 60, "Mar 2026"),
        (20_400, 20_500, 80, "10 Nov 2025"), (0, 20_000, 60, "1970"), (-900_000_000, 900_000_000, 60, "-2000000"),
    ])
    func calendarTicks(first: Int, last: Int, columns: Int, expected: String) {
        let ticks = AxisTicks.days(from: first, through: last) { ticks in
            ticks.reduce(0) { $0 + $1.label.count + 2 } <= columns
        }
        #expect(ticks.first?.label == expected)
        #expect(ticks.allSatisfy { $0.value >= Double(first) && $0.value <= Double(last) })
        #expect(AxisTicks.days(from: first, through: last) { _ in false }.isEmpty)
    }

    @Test func newYearIsLabelled() {
        let ticks = AxisTicks.days(from: 20_450, through: 20_460) { _ in true }
        #expect(ticks.map(\.label).contains("1 Jan 2026"))
        #expect(ticks.map(\.label).contains("2 Jan"))
    }

    @Test func oddInputKeepsTheWidth() {
        var generator = SeededGenerator(state: 13)
        let formats: [ValueFormat] = [.number, .percent, .money(currency: "EUR")]
        for round in 0..<40 {
            let kinds: [LinePlot.Kind] = [.history, .forecast, .secondary]
            let isTame = round % 2 == 0
            let series = kinds.map { kind in
                LinePlot.Series(
                    generator.text(), kind,
                    points: (0..<Int.random(in: 0...30, using: &generator)).map { index in
                        .init(
                            x: isTame ? Double(20_000 + index) : generator.value() ?? 0, y: generator.value(),
                            lower: generator.value(), upper: isTame ? Double(index) : generator.value())
                    })
            }
            let plot = LinePlot(
                title: generator.text(), series: series, horizontalAxis: round % 3 == 0 ? .number : .day,
                valueFormat: formats[round % 3], height: [Int.min, 0, 10, 20, 40][round % 5],
                includesZero: Bool.random(using: &generator), markedX: generator.value())
            for style in allStyles { expectSound(plot, style) }
        }
    }
}
