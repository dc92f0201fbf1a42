import Records

/// Reads holidays.csv: `date,country,name` and, where wanted, `lower_window,upper_window`: how many days before (as a
/// number below 0) and after the day are affected too. A country is an English name or an ISO 3166 code; `*` stands for
/// all of them.
enum HolidayFile {
    static let columns = ["date", "country", "name", "lower_window", "upper_window"]

    private struct Key: Hashable {
        var day: Day
        var country: String
        var name: String
    }

    /// - Returns: the holidays in the order of their days, countries and names.
    static func parse(_ bytes: [UInt8], problems: inout ProblemList) -> [CountryHoliday] {
        var known: [Key: (holiday: CountryHoliday, line: Int)] = [:]
        CommaSeparatedFile.forEachRecord(
            bytes, columns: columns, requiredCount: 3,
            surplusAdvice: "put a name with a comma into quotation marks", problems: &problems
        ) { line, fields, problems in
            guard let holiday = holiday(fields, line: line, &problems) else { return }
            let key = Key(day: holiday.day, country: holiday.country, name: holiday.name)
            if let first = known[key] {
                guard first.holiday != holiday else { return }
                problems.add(
                    .conflict, at: FilePosition(line: line, column: 1), "",
                    found: "\(Wording.quoted(holiday.name)) on \(holiday.day) again, with another window",
                    expected: "one line for a day, country and name", advice: "line \(first.line) has it already")
            } else {
                known[key] = (holiday, line)
            }
        }
        return known.values.map(\.holiday).sorted {
            ($0.day, $0.country, $0.name) < ($1.day, $1.country, $1.name)
        }
    }

    private static func holiday(
        _ fields: [CommaSeparatedFile.Field?], line: Int, _ problems: inout ProblemList
    ) -> CountryHoliday? {
        func position(_ column: Int) -> FilePosition {
            fields[column]?.position ?? FilePosition(line: line, column: 1)
        }
        let dayText = fields[0]?.text ?? ""
        let day = Day(dayText)
        if day == nil {
            problems.add(
                .notAccepted, at: position(0), "date", found: Wording.quoted(dayText), expected: "a day YYYY-MM-DD")
        }
        let countryText = fields[1]?.text ?? ""
        let country = countryText == "*" ? CountryHoliday.everywhere : CountryTable.code(of: countryText)
        if country == nil {
            problems.add(
                .notAccepted, at: position(1), "country", found: Wording.quoted(countryText),
                expected: "an English country name, an ISO 3166 code, or * for all countries",
                advice: NearestName.advice(countryText, in: CountryTable.shortNames))
        }
        let name = fields[2]?.text ?? ""
        if name.isEmpty {
            problems.add(
                .notAccepted, at: position(2), "name", found: "no name", expected: "the name of the holiday",
                advice: "the same holiday has the same name every year")
        }
        let lower = window(fields[3], CalendarTable.lowerWindowRange, position(3), columns[3], &problems)
        let upper = window(fields[4], CalendarTable.upperWindowRange, position(4), columns[4], &problems)
        guard let day, let country, !name.isEmpty, let lower, let upper else { return nil }
        return CountryHoliday(day: day, country: country, name: name, lowerWindow: lower, upperWindow: upper)
    }

    /// 0 where nothing is written.
    private static func window(
        _ field: CommaSeparatedFile.Field?, _ range: ClosedRange<Int>, _ position: FilePosition, _ name: String,
        _ problems: inout ProblemList
    ) -> Int? {
        guard let text = field?.text, !text.isEmpty else { return 0 }
        if NumberText.isInteger(text), let number = NumberText.integer(text), range.contains(number) { return number }
        problems.add(
            .notAccepted, at: position, name, found: Wording.quoted(text),
            expected: "an integer from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }
}
