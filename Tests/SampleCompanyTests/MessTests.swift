import SampleCompany
import Testing

@Suite("Spoiled rows")
struct MessTests {
    private static let mess = Result {
        try WrittenCompany(
            SampleSettings(clients: 500, days: 150, seed: 21, lastDay: WrittenCompany.lastDay, messShare: 0.06))
    }

    private let company: WrittenCompany

    init() throws {
        company = try MessTests.mess.get()
    }

    /// Accept, reject and deduplicate by the rules of the data contract.
    private struct Verdict {
        var rejected = 0
        var duplicates = 0
        var collisions = 0
        var orphans = 0
        var invalidOptional = 0
        var accepted: [String: [String]] = [:]
    }

    private func isDay(_ text: String) -> Bool {
        text.count == 10 && dayNumber(text).map { $0 >= 10_957 && $0 <= company.settings.lastDay + 1 } == true
    }

    private func isInstant(_ text: String) -> Bool {
        instant(text).map { $0 / 86_400 <= company.settings.lastDay + 1 } == true
    }

    private func isAmount(_ text: String) -> Bool {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) }) else {
            return false
        }
        return (parts.count == 1 || parts[1].count <= 6) && Double(text) != 0
    }

    private func isInteger(_ text: String, in range: ClosedRange<Int>) -> Bool {
        Int(text).map(range.contains) == true
    }

    private func isValid(_ row: [String], in file: SampleFile) -> Bool {
        guard !row[0].isEmpty, !row[1].isEmpty || file == .demographics else { return false }
        switch file {
        case .demographics: return isDay(row[6])
        case .transactions:
            return isAmount(row[2]) && ["USD", "EUR", "GBP", "JPY"].contains(row[3]) && isDay(row[5])
        case .engagement: return !row[2].isEmpty && isInstant(row[3])
        case .support:
            guard isInstant(row[3]), row[5].isEmpty || isInteger(row[5], in: 1...5) else { return false }
            guard !row[4].isEmpty else { return true }
            return isInstant(row[4]) && (instant(row[4]) ?? 0) >= (instant(row[3]) ?? 0)
        case .surveys: return isDay(row[2]) && isInteger(row[3], in: 0...10)
        case .truth, .events: return true
        }
    }

    private func verdict(on file: SampleFile, known: Set<String>) -> Verdict {
        var verdict = Verdict()
        for row in company[file] {
            guard isValid(row, in: file) else {
                verdict.rejected += 1
                continue
            }
            if let first = verdict.accepted[row[0]] {
                verdict.duplicates += 1
                if first != row { verdict.collisions += 1 }
                continue
            }
            verdict.accepted[row[0]] = row
            if file == .demographics {
                if !row[2].isEmpty, !isInteger(row[2], in: 0...130) { verdict.invalidOptional += 1 }
            } else if !known.contains(row[1]) {
                verdict.orphans += 1
            }
        }
        return verdict
    }

    @Test("A reader that follows the contract finds exactly the counted faults")
    func exactCounts() {
        let clients = verdict(on: .demographics, known: [])
        let known = Set(clients.accepted.keys)
        #expect(clients.invalidOptional == company.summary[.demographics].injected[.invalidOptional])
        for file in SampleFile.allCases where file.isClientData {
            let found = file == .demographics ? clients : verdict(on: file, known: known)
            let counted = company.summary[file]
            #expect(company[file].count == counted.rows, "\(file)")
            #expect(found.rejected == counted.rejected, "\(file)")
            #expect(found.duplicates == counted.duplicates, "\(file)")
            #expect(found.collisions == counted.collisions, "\(file)")
            #expect(found.orphans == counted.orphans, "\(file)")
            #expect(found.accepted.count == counted.accepted, "\(file)")
        }
    }

    @Test("The counts by kind agree with one another and with the asked share")
    func kinds() {
        for file in SampleFile.allCases where file.isClientData {
            let counted = company.summary[file]
            let kinds = counted.injected
            #expect(Set(kinds.keys).isSubset(of: Set(MessKind.kinds(of: file))))
            #expect(kinds.filter { $0.key.isRejected }.values.reduce(0, +) == counted.rejected)
            #expect((kinds[.duplicate] ?? 0) + (kinds[.collision] ?? 0) == counted.duplicates)
            #expect((kinds[.collision] ?? 0) == counted.collisions)
            #expect(counted.orphans >= kinds[.orphan] ?? 0)
            let original = Double(counted.rows - counted.duplicates)
            let spoiled = Double(kinds.values.reduce(0, +))
            // Four standard errors of a share of 6 %.
            #expect(abs(spoiled / original - 0.06) < 4 * (0.06 * 0.94 / original).squareRoot(), "\(file)")
        }
        #expect(Set(company.summary[.engagement].injected.keys) == Set(MessKind.kinds(of: .engagement)))
        #expect(company.summary[.transactions].orphans > company.summary[.transactions].injected[.orphan] ?? 0)
    }

    @Test("The extra files stay clean, and so does a company without mess")
    func cleanFiles() throws {
        #expect(company.summary[.truth].injected.isEmpty && company.summary[.events].injected.isEmpty)
        let clean = try WrittenCompany.usual.get()
        for file in SampleFile.allCases {
            let counts = clean.summary[file]
            #expect(counts.injected.isEmpty && counts.rejected == 0 && counts.duplicates == 0 && counts.orphans == 0)
            #expect(counts.accepted == counts.rows)
        }
    }

    @Test("Unspoiled rows read as without mess")
    func sameRows() throws {
        var settings = company.settings
        settings.messShare = 0
        let clean = try WrittenCompany(settings)
        for file in SampleFile.allCases where file.isClientData {
            let original = clean[file].count
            #expect(original == company[file].count - company.summary[file].duplicates)
            let rows = Set(company[file])
            let kept = clean[file].filter { rows.contains($0) }.count
            let changed = company.summary[file].injected
                .filter { $0.key != .duplicate && $0.key != .collision }.values.reduce(0, +)
            #expect(kept == original - changed, "\(file)")
        }
    }
}
