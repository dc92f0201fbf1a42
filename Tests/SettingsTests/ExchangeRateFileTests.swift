import Records
import Testing

@testable import Settings

@Suite struct ExchangeRateFileTests {
    private func rates(
        _ csv: String, base: String? = "USD"
    ) -> (rates: ExchangeRates, problems: [ConfigurationProblem]) {
        var problems = ProblemList(.exchangeRates, file: "fx.csv")
        let steps = ExchangeRateFile.parse(Array(csv.utf8), baseCurrency: base, problems: &problems)
        return (ExchangeRates(baseCurrency: base ?? "USD", steps: steps), problems.sorted)
    }

    @Test func ratesHoldUntilTheNextOne() throws {
        let (rates, problems) = rates(
            """
            date,currency,rate_to_base
            2021-01-01,EUR,1.2
            2020-01-01,EUR,1.1
            2020-06-01,JPY,0.0067
            2020-01-01,USD,1.00
            """)
        #expect(problems.isEmpty)
        #expect(rates.rate(of: "EUR", on: try #require(Day("2019-12-31"))) == nil)
        #expect(rates.rate(of: "EUR", on: try #require(Day("2020-12-31"))) == ExchangeRate("1.1"))
        #expect(rates.rate(of: "EUR", on: try #require(Day("2030-01-01"))) == ExchangeRate("1.2"))
        // The base currency has its rate on every day, whatever the file says.
        #expect(rates.rate(of: "USD", on: try #require(Day("1990-01-01"))) == .one)
    }

    @Test(arguments: [
        "\u{FEFF}date,currency,rate_to_base\r\n2020-01-01,EUR,1.1\r\n",
        "# a comment, with commas\n\n  \nDate,Currency,Rate_To_Base\n2020-01-01,EUR,1.1",
        "rate_to_base,date,currency\n1.10,2020-01-01,EUR\n",
        "\"date\",\"currency\",\"rate_to_base\"\n \"2020-01-01\" , EUR ,\"1.1\"\n",
        "date,currency,rate_to_base\n2020-01-01,EUR,1.1\n2020-01-01,EUR,1.100\n",
    ])
    func sameRatesHoweverTheyAreWritten(_ csv: String) throws {
        let (rates, problems) = rates(csv)
        #expect(problems.isEmpty)
        #expect(rates.steps(of: "EUR").map(\.rate) == [try #require(ExchangeRate("1.1"))])
    }

    @Test func columnsCountCharacters() {
        let (_, problems) = rates("date,currency,rate_to_base\n\"2020é\",EUR,x\n")
        #expect(problems.map(\.position) == [FilePosition(line: 2, column: 1), FilePosition(line: 2, column: 13)])
    }

    @Test func withoutABaseCurrencyItsRateIsNotChecked() {
        #expect(rates("date,currency,rate_to_base\n2020-01-01,USD,2\n", base: nil).problems.isEmpty)
    }

    @Test func endlessMistakesAreCounted() {
        let csv = "date,currency,rate_to_base\n" + String(repeating: "x,y,z\n", count: 1000)
        let problems = rates(csv).problems
        #expect(problems.count == ConfigurationError.problemsPerFileMax + 1)
        #expect(problems.last?.found == "2900 more problems")
    }

    @Test func currencyCodesAreThoseOfTheStandard() {
        for code in ["USD", "EUR", "GBP", "JPY", "CHF", "HRK", "DEM", "XCG"] { #expect(CurrencyCode.isKnown(code)) }
        for code in ["", "usd", "US", "USDT", "XXX", "ZZZ", "EURO"] { #expect(!CurrencyCode.isKnown(code)) }
    }
}
