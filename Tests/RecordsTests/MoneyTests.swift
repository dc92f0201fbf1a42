import Records
import RiverTesting
import Testing

@Suite struct MoneyTests {
    @Test(
        arguments: [
            (0, "0"), (1, "0.000001"), (-1, "-0.000001"), (1_000_000, "1"), (-12_500_000, "-12.5"), (10_010, "0.01001"),
            (123_456_789, "123.456789"), (.max, "9223372036854.775807"), (.min, "-9223372036854.775808"),
        ] as [(Int64, String)])
    func text(micro: Int64, text: String) { #expect(Money(rawValue: micro).description == text) }

    @Test func order() {
        #expect(Money.zero < Money(rawValue: 1))
        #expect(Money(rawValue: 2_500_000).units == 2.5)
    }

    @Test(
        arguments: [
            ("1", 1, 0), ("1.08", 108, 2), ("0.0067", 67, 4), ("007.50", 75, 1), ("100", 100, 0),
            ("0.000000000001", 1, 12),
            (".5", 5, 1), ("5.", 5, 0), ("1.100000000000", 11, 1),
        ] as [(String, Int64, Int)])
    func rates(text: String, mantissa: Int64, scale: Int) {
        #expect(ExchangeRate(text) == ExchangeRate(mantissa: mantissa, scale: scale))
    }

    @Test(arguments: [
        "", ".", "0", "0.0", "-1", "+1", "1e3", "1,5", "1.2.3", " 1", "0.0000000000001", "99999999999999999999",
        "9223372036854775808",
    ])
    func noRates(text: String) { #expect(ExchangeRate(text) == nil) }

    /// Half to even, on both sides of zero.
    @Test(
        arguments: [
            (1, 5, 1, 0), (3, 5, 1, 2), (5, 5, 1, 2), (7, 5, 1, 4), (-1, 5, 1, 0), (-3, 5, 1, -2), (-5, 5, 1, -2),
            (2, 5, 1, 1), (1, 4, 1, 0), (1, 6, 1, 1), (-1, 6, 1, -1), (100, 108, 2, 108), (1_000_000, 67, 4, 6700),
            (25, 1, 1, 2), (35, 1, 1, 4), (-25, 1, 1, -2), (-35, 1, 1, -4), (26, 1, 1, 3), (0, 108, 2, 0),
        ] as [(Int64, Int64, Int, Int64)])
    func conversion(micro: Int64, mantissa: Int64, scale: Int, expected: Int64) {
        #expect(ExchangeRate(mantissa: mantissa, scale: scale).converted(micro) == expected)
    }

    /// The 64-bit way and the 128-bit way agree with a plain one.
    @Test func conversionsOfAllSizes() {
        var random = SeededGenerator(seed: 9)
        for _ in 0..<20_000 {
            let micro = Int64.random(in: .min...(.max), using: &random) >> Int64.random(in: 0..<63, using: &random)
            let mantissa = Int64.random(in: 1...(.max), using: &random) >> Int64.random(in: 0..<62, using: &random)
            let scale = Int.random(in: 0...12, using: &random)
            var divisor = Int128(1)
            for _ in 0..<scale { divisor *= 10 }
            let product = Int128(micro) * Int128(mantissa)
            let magnitude = product.magnitude
            var whole = magnitude / divisor.magnitude
            let rest = magnitude % divisor.magnitude
            if rest * 2 > divisor.magnitude || (rest * 2 == divisor.magnitude && whole % 2 == 1) { whole += 1 }
            let expected = Int64(exactly: product < 0 ? -Int128(whole) : Int128(whole))
            let actual = ExchangeRate(mantissa: max(1, mantissa), scale: scale).converted(micro)
            if mantissa > 0, actual != expected {
                Issue.record("\(micro) · \(mantissa) / 10^\(scale): \(String(describing: actual))")
                return
            }
        }
        #expect(ExchangeRate(mantissa: 3, scale: 0).converted(.max) == nil)
        #expect(ExchangeRate(mantissa: 100_000, scale: 1).converted(.max) == nil)
    }

    @Test func ratesByDay() {
        func step(_ day: Day, _ mantissa: Int64) -> ExchangeRates.Step {
            .init(day: day, rate: ExchangeRate(mantissa: mantissa, scale: 0))
        }
        let rates = ExchangeRates(
            baseCurrency: "USD",
            steps: [
                ("EUR", step(Day(2024, 3, 1), 3)), ("EUR", step(Day(2024, 1, 1), 1)), ("EUR", step(Day(2024, 2, 1), 9)),
                ("EUR", step(Day(2024, 2, 1), 2)), ("GBP", step(Day(2024, 1, 1), 7)),
            ])
        #expect(rates.currencies == ["EUR", "GBP", "USD"])
        #expect(rates.rate(of: "EUR", on: Day(2023, 12, 31)) == nil)
        #expect(rates.rate(of: "EUR", on: Day(2024, 1, 31))?.mantissa == 1)
        // Of two rates for a day the later one in the list.
        #expect(rates.rate(of: "EUR", on: Day(2024, 2, 1))?.mantissa == 2)
        #expect(rates.rate(of: "EUR", on: Day(2030, 1, 1))?.mantissa == 3)
        #expect(rates.rate(of: "CHF", on: Day(2024, 1, 1)) == nil)
        #expect(rates.rate(of: "USD", on: Day(1900, 1, 1)) == .one)
        #expect(rates.steps(of: "EUR").map(\.rate.mantissa) == [1, 2, 3])
        #expect(rates.steps(of: "CHF").isEmpty)
        // A base currency with rates of its own keeps them.
        let own = ExchangeRates(baseCurrency: "USD", steps: [("USD", step(Day(2024, 1, 1), 1))])
        #expect(own.rate(of: "USD", on: Day(2023, 1, 1)) == nil)
    }

    @Test func amountsInTheBaseCurrency() {
        var kinds = TransactionKinds()
        let euro = kinds.insert(.init(currency: "EUR", method: ""))
        let dated = kinds.insert(.init(currency: "CHF", method: ""))
        let gone = kinds.insert(.init(currency: "XXX", method: ""))
        #expect(kinds.insert(.init(currency: "CHF", method: "")) == dated)
        let rates = ExchangeRates(
            baseCurrency: "USD",
            steps: [
                ("EUR", .init(day: Day(2024, 1, 1), rate: ExchangeRate(mantissa: 2, scale: 0))),
                ("CHF", .init(day: Day(2024, 1, 1), rate: ExchangeRate(mantissa: 3, scale: 0))),
                ("CHF", .init(day: Day(2024, 2, 1), rate: ExchangeRate(mantissa: 4, scale: 0))),
            ])
        let amounts = BaseAmounts(kinds, rates: rates)
        func base(_ kind: UInt32, _ day: Day, _ amount: Int64) -> Int64 {
            amounts.base(PackedTransaction(day: day.rawValue, kind: kind, amount: amount))
        }
        #expect(base(euro, Day(2023, 1, 1), 5) == 10)
        #expect(base(dated, Day(2023, 1, 1), 5) == 15)
        #expect(base(dated, Day(2024, 1, 31), 5) == 15)
        #expect(base(dated, Day(2024, 2, 1), -5) == -20)
        #expect(base(gone, Day(2024, 2, 1), 5) == 0)
        #expect(base(dated, Day(2024, 2, 1), .max) == .max)
        #expect(base(dated, Day(2024, 2, 1), .min) == .min)
    }

    @Test func saturation() {
        #expect(Int64.max.addingSaturated(1) == .max)
        #expect(Int64.min.addingSaturated(-1) == .min)
        #expect(Int64(5).addingSaturated(-7) == -2)
        #expect(Int64.min.subtractingSaturated(1) == .min)
        #expect(Int64.max.subtractingSaturated(-1) == .max)
        #expect(Int64(0).subtractingSaturated(.min) == .max)
        #expect(Int64(5).subtractingSaturated(7) == -2)
        #expect(Int64.max.multipliedSaturated(by: 12) == .max)
        #expect(Int64.max.multipliedSaturated(by: -12) == .min)
        #expect(Int64.min.multipliedSaturated(by: 12) == .min)
        #expect(Int64.min.multipliedSaturated(by: -1) == .max)
        #expect(Int64(-3).multipliedSaturated(by: 4) == -12)
        #expect(Int64(3).addingSaturated(.min, sign: -1) == .max)
        #expect(Int64(3).addingSaturated(-4, sign: 1) == -1)
    }

    @Test func divisionsRoundHalfToTheEvenNeighbour() {
        let halves = [-5, -3, -1, 0, 1, 3, 5].map { Int64($0).dividedHalfEven(by: 2) }
        #expect(halves == [-2, -2, 0, 0, 0, 2, 2])
        #expect([10, 11, 12, 17, 18, 19].map { Int64($0).dividedHalfEven(by: 12) } == [1, 1, 1, 1, 2, 2])
        #expect([Int64.max, .min].map { $0.dividedHalfEven(by: 1) } == [.max, .min])
        #expect([Int64.max, .min].map { $0.dividedHalfEven(by: .max) } == [1, -1])
        for divisor: Int64 in 1...13 {
            for value: Int64 in -200...200 {
                let quotient = value.dividedHalfEven(by: divisor)
                let twice = 2 * abs(value - quotient * divisor)
                #expect(twice < divisor || (twice == divisor && quotient % 2 == 0), "\(value) / \(divisor)")
            }
        }
    }
}
