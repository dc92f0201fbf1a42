import SampleCompany
import Testing

@Suite("What is in the files")
struct ContentTests {
    private let company: WrittenCompany

    init() throws {
        company = try WrittenCompany.usual.get()
    }

    @Test("Every file is valid CSV with its header and the counted rows", arguments: SampleFile.allCases)
    func validCSV(file: SampleFile) throws {
        let bytes = try #require(company.bytes[file])
        let records = try SampleReader.records(bytes)
        #expect(records.first == file.columns)
        #expect(records.count - 1 == company.summary[file].rows)
        #expect(bytes.count == company.summary[file].bytes)
        #expect(records.count > 20)
    }

    @Test("The columns begin with those of the data contract")
    func columns() {
        #expect(
            SampleFile.demographics.columns.prefix(7) == [
                "customer_id", "name", "age", "gender", "location", "subscription_type", "account_creation_date",
            ])
        #expect(
            SampleFile.demographics.columns.dropFirst(7) == [
                "segment", "region", "tier", "product", "industry", "owner", "contract_end_date", "email",
                "contact_name",
            ])
        #expect(
            SampleFile.transactions.columns == [
                "transaction_id", "customer_id", "amount", "currency", "payment_method", "transaction_date",
            ])
        #expect(
            SampleFile.engagement.columns == [
                "event_id", "customer_id", "event_type", "timestamp", "device_type", "feature_used",
            ])
        #expect(
            SampleFile.support.columns == [
                "ticket_id", "customer_id", "issue_type", "created_at", "resolved_at", "satisfaction_score",
            ])
        #expect(
            SampleFile.surveys.columns == ["survey_id", "customer_id", "response_date", "nps_score", "comments"])
        #expect(SampleFile.events.columns == ["date", "name", "segment", "lower_window", "upper_window"])
    }

    @Test("Identifiers are unique", arguments: SampleFile.allCases.filter { $0 != .events })
    func uniqueIdentifiers(file: SampleFile) {
        let identifiers = company[file].map { $0[0] }
        #expect(Set(identifiers).count == identifiers.count)
        #expect(!identifiers.contains(""))
    }

    @Test("Every row belongs to a client of the client file")
    func references() {
        let clients = Set(company[.demographics].map { $0[0] })
        #expect(clients.count == company.settings.clients)
        for file in [SampleFile.transactions, .engagement, .support, .surveys] {
            #expect(company[file].allSatisfy { clients.contains($0[1]) })
        }
        #expect(company[.truth].map { $0[0] } == company[.demographics].map { $0[0] })
    }

    @Test("All activity lies in the window, after the sign-up, and outside of the time away")
    func dates() throws {
        let settings = company.settings
        let window = settings.firstDay...settings.lastDay
        var signups: [String: Int] = [:]
        for row in company[.demographics] {
            let signup = try #require(dayNumber(row[6]))
            #expect(signup <= settings.lastDay && signup >= settings.firstDay - 1460)
            signups[row[0]] = signup
            let contractEnd = try #require(dayNumber(row[13]))
            #expect(contractEnd > settings.lastDay && contractEnd <= settings.lastDay + 366)
        }
        var away: [String: Range<Int>] = [:]
        for row in company[.truth] {
            guard let churn = dayNumber(row[1]) else { continue }
            #expect(window.contains(churn))
            away[row[0]] = churn..<(dayNumber(row[4]) ?? Int.max)
        }
        func check(_ file: SampleFile, days: [Int?]) {
            var wrong = 0
            for (row, day) in zip(company[file], days) {
                guard let day, window.contains(day), let signup = signups[row[1]], day >= signup else {
                    wrong += 1
                    continue
                }
                // Money may come late, or go back.
                if file != .transactions, away[row[1]]?.contains(day) == true { wrong += 1 }
            }
            #expect(wrong == 0, "\(file)")
        }
        check(.transactions, days: company[.transactions].map { dayNumber($0[5]) })
        check(.engagement, days: company[.engagement].map { instant($0[3]).map { $0 / 86_400 } })
        check(.support, days: company[.support].map { instant($0[3]).map { $0 / 86_400 } })
        check(.surveys, days: company[.surveys].map { dayNumber($0[2]) })
        for row in company[.support] where !row[4].isEmpty {
            let created = try #require(instant(row[3]))
            let resolved = try #require(instant(row[4]))
            #expect(resolved >= created && resolved / 86_400 <= settings.lastDay)
        }
        for row in company[.events] {
            let day = try #require(dayNumber(row[0]))
            let end = day + (Int(row[4]) ?? 0)
            #expect(day <= settings.lastDay && end >= settings.firstDay)
        }
    }

    @Test("Rows are in order of time")
    func order() {
        func isSorted(_ values: [String]) -> Bool { zip(values, values.dropFirst()).allSatisfy { $0 <= $1 } }
        #expect(isSorted(company[.demographics].map { $0[6] }))
        #expect(isSorted(company[.transactions].map { $0[5] }))
        #expect(isSorted(company[.engagement].map { $0[3] }))
        #expect(isSorted(company[.support].map { $0[3] }))
        #expect(isSorted(company[.surveys].map { $0[2] }))
        #expect(isSorted(company[.events].map { $0[0] }))
    }

    @Test("Clients are described consistently")
    func demographics() {
        let terms = SampleGenerator.contractTermsMonths
        let regions = ["EMEA", "NA", "APAC", "LATAM"]
        var seen: [Set<String>] = Array(repeating: [], count: 16)
        for row in company[.demographics] {
            for (column, value) in row.enumerated() { seen[column].insert(value) }
            #expect(row[2].isEmpty || (18...90).contains(Int(row[2]) ?? 0))
            #expect(["F", "M", "X", ""].contains(row[3]))
            #expect(terms[row[5]] == (row[5].hasSuffix("-yearly") ? 12 : 1))
            #expect(row[5].hasPrefix(row[9] + "-"))
            #expect(regions.contains(row[8]))
            let host = row[14].split(separator: "@").last ?? ""
            #expect(host.hasSuffix(".example.com") || host.hasSuffix(".example.net") || host.hasSuffix(".example.org"))
            #expect(row[14].utf8.allSatisfy { $0 > 32 && $0 < 127 })
            #expect(!row[1].isEmpty && !row[15].isEmpty)
        }
        #expect(seen[7] == ["smb", "mid-market", "enterprise"])
        #expect(seen[9] == ["basic", "pro", "enterprise"])
        #expect(seen[10].count == 3 && seen[11].count == 12 && seen[12].count == 12)
        #expect(seen[1].count > 410)
        #expect(seen[1].contains { $0.contains(",") } && seen[1].contains { $0.contains("\"") })
        #expect(seen[1].contains { $0.utf8.contains { $0 > 127 } })
        // Each country has one region.
        let pairs = Set(company[.demographics].map { $0[4] + "/" + $0[8] })
        #expect(pairs.count == seen[4].count)
    }

    @Test("Amounts, currencies and scores are in their ranges")
    func values() {
        let currencies = Set(company[.transactions].map { $0[3] })
        #expect(currencies == ["USD", "EUR", "GBP", "JPY"])
        for row in company[.transactions] {
            let amount = Double(row[2]) ?? 0
            #expect(amount != 0)
            #expect(row[3] == "JPY" ? !row[2].contains(".") : row[2].split(separator: ".").last?.count == 2)
        }
        for row in company[.support] where !row[5].isEmpty {
            #expect((1...5).contains(Int(row[5]) ?? 0) && !row[4].isEmpty)
        }
        for row in company[.surveys] { #expect((0...10).contains(Int(row[3]) ?? -1)) }
        #expect(company[.surveys].contains { !$0[4].isEmpty })
        #expect(!company[.surveys].contains { $0[4].contains("%") })
    }

    @Test("Sessions begin with a login, and features come with the work")
    func sessions() {
        let rows = company[.engagement]
        #expect(rows.filter { $0[2] == "login" }.allSatisfy { $0[5].isEmpty })
        #expect(Set(rows.map { $0[2] }).count == 11)
        #expect(Set(rows.map { $0[4] }) == ["desktop", "mobile", "tablet", "api"])
        var clientsOfDay: Set<String> = []
        var startsWithLogin = 0
        var days = 0
        for row in rows where clientsOfDay.insert(row[1] + row[3].prefix(10)).inserted {
            days += 1
            if row[2] == "login" { startsWithLogin += 1 }
        }
        #expect(startsWithLogin == days)
    }
}
