import Foundation
import Records
import Testing

@testable import Settings

@Suite struct HolidayFileTests {
    private func read(_ csv: String) -> (holidays: [CountryHoliday], problems: [ConfigurationProblem]) {
        var problems = ProblemList(.holidays, file: "holidays.csv")
        let holidays = HolidayFile.parse(Array(csv.utf8), problems: &problems)
        return (holidays, problems.sorted)
    }

    @Test func countriesUnderAllTheirNames() throws {
        let (holidays, problems) = read(
            "# comment\ndate,country,name\n2026-12-25,Germany,Christmas\n2026-12-25,us,Christmas\n2026-12-25,*,Rest\n")
        #expect(problems.isEmpty)
        #expect(holidays.map(\.country) == ["*", "DE", "US"])
        #expect(holidays.map(\.name) == ["Rest", "Christmas", "Christmas"])
        #expect(holidays.allSatisfy { $0.lowerWindow == 0 && $0.upperWindow == 0 })
    }

    @Test func windowsMayStandInAnyColumn() {
        let (holidays, problems) = read(
            "upper_window,name,date,country,lower_window\n2,\"Fair, spring\",2026-03-01,FR,-1\n,Fair,2026-03-09,FR,\n")
        #expect(problems.isEmpty)
        #expect(holidays.map(\.lowerWindow) == [-1, 0])
        #expect(holidays.map(\.upperWindow) == [2, 0])
        #expect(holidays.first?.name == "Fair, spring")
    }

    @Test(arguments: [
        ("2026-02-30,DE,x", 1, "date"), ("2026-02-03,Germny,x", 12, "country"), ("2026-02-03,DE,", 15, "name"),
        ("2026-02-03,DE,x,1,", 17, "lower_window"), ("2026-02-03,DE,x,,-1", 18, "upper_window"),
        ("2026-02-03,DE,x,,soon", 18, "upper_window"),
    ])
    func mistakesHaveLineAndColumn(line: String, column: Int, key: String) {
        let header =
            line.split(separator: ",", omittingEmptySubsequences: false).count > 3
            ? "date,country,name,lower_window,upper_window" : "date,country,name"
        let (holidays, problems) = read("\(header)\n2026-01-01,DE,fine\(header.count > 20 ? ",," : "")\n\(line)\n")
        #expect(holidays.map(\.name) == ["fine"])
        #expect(problems.map(\.position) == [FilePosition(line: 3, column: column)])
        #expect(problems.map(\.keyPath) == [key])
    }

    @Test func aMisspeltCountryIsRecognised() {
        #expect(read("date,country,name\n2026-02-03,Germny,x\n").problems.first?.advice?.contains("Germany") == true)
    }

    @Test func headersAreChecked() {
        #expect(read("").problems.first?.found == "no header")
        #expect(read("date,name\n2026-01-01,x\n").problems.first?.found == "no column \"country\"")
        #expect(read("date,country,name,color\n").problems.first?.kind == .unknownKey)
        #expect(read("date,country,name\n2026-01-01,DE,a,b,c\n").problems.first?.found == "5 fields")
    }

    @Test func aHolidayStandsThereOnce() {
        let twice = "date,country,name,upper_window\n2026-01-01,DE,New Year,0\n2026-01-01,Germany,New Year,"
        #expect(read(twice + "0\n").problems.isEmpty)
        #expect(read(twice + "0\n").holidays.count == 1)
        #expect(read(twice + "1\n").problems.first?.kind == .conflict)
    }

    @Test func theKeyNamesTheFile() throws {
        var files = TestFiles()
        files.texts["/etc/aura/days.csv"] = "date,country,name\n2026-01-01,FR,New Year\n"
        let configuration = try Configuration.parse(
            yaml: "holidays: days.csv\nforecasts: { keep: false, clients: 3 }\n", path: "/etc/aura/aurad.yaml",
            files: files.access)
        #expect(configuration.holidaysFile == "/etc/aura/days.csv")
        #expect(configuration.forecastSettings.holidays.map(\.country) == ["FR"])
        #expect(configuration.forecastSettings.codeOfCountry["united kingdom"] == "GB")
        #expect(!configuration.forecastSettings.keepsForecasts)
        #expect(configuration.forecastSettings.clientsMax == 3)
        let changes = configuration.difference(from: Configuration()).map(\.key)
        #expect(
            changes.contains("holidays") && changes.contains("holidays (days)") && changes.contains("forecasts.clients")
        )
        files.texts["/etc/aura/days.csv"] = "date,country,name\n2026-01-01,Atlantis,New Year\n"
        #expect(throws: ConfigurationError.self) {
            try Configuration.parse(yaml: "holidays: days.csv\n", path: "/etc/aura/aurad.yaml", files: files.access)
        }
    }

    @Test func shippedHolidaysAreRight() throws {
        let text = try String(contentsOfFile: "\(ShippedFilesTests.folder)/holidays.csv", encoding: .utf8)
        let (holidays, problems) = read(text)
        #expect(problems.isEmpty)
        func has(_ day: String, _ country: String) -> Bool {
            holidays.contains { $0.day.description == day && $0.country == country }
        }
        // Easter Monday moves; Thanksgiving is the fourth Thursday of November.
        #expect(
            has("2026-04-06", "DE") && has("2027-03-29", "DE") && has("2026-11-26", "US") && has("2026-07-14", "FR"))
        #expect(!has("2026-07-14", "DE"))
        #expect(Set(holidays.map(\.country)).count == 18)
        for country in Set(holidays.map(\.country)) {
            let years = Set(holidays.filter { $0.country == country }.map { $0.day.components.year })
            #expect(years == Set(2020...2031), "\(country)")
        }
    }
}
