import Foundation
import Lifecycle
import Records
import RiverTesting
import SampleCompany
import Silver
import Standings
import Testing
import Words

private let why = Comment(rawValue: "the independent prototype (bench/truth.py) or python3 was not found")

/// Whole companies, from their files to statuses and movements, against an independent prototype of the same rules.
@Suite(.enabled(if: Prototype.isAvailable, why)) struct PrototypeTests {
    @Test(arguments: [11, 12, 13] as [UInt64]) func sampleCompanies(seed: UInt64) throws {
        let settings = SampleSettings(
            clients: 120, days: 500, seed: seed, lastDay: Int(Day(2026, 5, 20).rawValue))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("standings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var files: [SampleFile: [UInt8]] = [:]
        try SampleGenerator(settings).write { file, bytes in
            bytes.withUnsafeBytes { files[file, default: []].append(contentsOf: $0) }
        }
        let river = River()
        for (category, file) in [
            (Category.demographics, SampleFile.demographics), (.transactions, .transactions),
            (.engagement, .engagement),
        ] {
            let bytes = files[file] ?? []
            try river.load(category, bytes)
            try Data(bytes).write(to: folder.appendingPathComponent("\(category.rawValue).csv"))
        }
        try Data(Prototype.ratesFile.utf8).write(to: folder.appendingPathComponent("fx.csv"))
        let last = try #require(river.tables.lastDay)
        for asOf in [last, last.advanced(by: -17), last.advanced(by: -133)] {
            try compare(river.tables, try Prototype.ask(folder, asOf: asOf), asOf, "seed \(seed) as of \(asOf)")
        }
    }

    private func compare(_ tables: SilverTables, _ answer: Prototype.Answer, _ asOf: Day, _ name: String) throws {
        let settings = GoldSettings(rates: .example)
        let standings = StandingsRefinery.standings(tables, asOf: asOf, settings: settings)
        #expect(standings.paymentsRecur == answer.recurs, "\(name)")
        var months = RevenueMonths(standings)
        var sums: [String: RevenueMovements] = [:]
        var different: [String] = []
        for client in 0..<standings.count {
            let standing = standings.lifecycle.standings[client]
            if standing.isAhead { continue }
            months.forEach(client) { sums[$0.description, default: RevenueMovements()] += $1 }
            let id = tables.clients.id[client] ?? ""
            let expected = try #require(answer.clients[id], "\(name) \(id)")
            let left = standing.leftOn.map { Day(rawValue: $0).description } ?? ""
            let found = [standing.status.name, left, standing.status == .left ? standing.basis?.name ?? "" : ""]
            if found != [expected.status, expected.left ?? "", expected.basis ?? ""] {
                different.append("\(id): \(found), expected \(expected)")
            }
            if standings.mrr[client] != expected.mrr {
                different.append("\(id): worth \(standings.mrr[client]), expected \(expected.mrr)")
            }
        }
        #expect(different == [], "\(name)")
        #expect(answer.months.count > 5, "\(name)")
        // What was there before the data begins is a question of its own, to which the prototype has another answer.
        for month in answer.months.dropFirst() {
            let sum = try #require(sums[month.month], "\(name) \(month.month)")
            #expect(sum.balance == sum.ending, "\(name) \(month.month)")
            #expect(
                [
                    sum.newCustomers, sum.reactivationCustomers, sum.expansionCustomers, sum.contractionCustomers,
                    sum.churnCustomers,
                ].map { Int($0) } == month.counts, "\(name) \(month.month)")
            #expect(abs(Double(sum.ending) / 1e6 - month.end) < 0.001, "\(name) \(month.month)")
            for (found, expected) in [(sum.nrr, month.nrr), (sum.grr, month.grr)] {
                #expect(abs((found ?? -1) - (expected ?? -1)) < 1e-7, "\(name) \(month.month)")
            }
        }
    }
}

/// Asks the prototype what it makes of a folder.
private enum Prototype {
    struct Client: Decodable {
        var status: String
        var left: String?
        var basis: String?
        var mrr: Int64
    }

    struct MonthRow: Decodable {
        var month: String
        var end: Double
        var counts: [Int]
        var nrr: Double?
        var grr: Double?
    }

    struct Answer: Decodable {
        var clients: [String: Client]
        var months: [MonthRow]
        var recurs: Bool
    }

    static let ratesFile =
        "date,currency,rate_to_base\n2000-01-01,EUR,1.08\n2000-01-01,GBP,1.27\n2000-01-01,JPY,0.0067\n"
    private static let bench: URL? = {
        let environment = ProcessInfo.processInfo.environment["AURA_SHARED"]
        let root =
            environment.map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("../shared")
        let bench = root.appendingPathComponent("bench")
        return FileManager.default.fileExists(atPath: bench.appendingPathComponent("truth.py").path) ? bench : nil
    }()

    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    static var isAvailable: Bool { bench != nil && python != nil }

    static func ask(_ folder: URL, asOf: Day) throws -> Answer {
        let output = folder.appendingPathComponent("answer.json")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = ["-B", "-c", script, try #require(bench).path, folder.path, asOf.description]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode(Answer.self, from: Data(contentsOf: output))
    }

    /// An interval of a client's own is the nearest of several here; the prototype takes the first.
    private static let script = """
        import sys, json, statistics
        sys.path.insert(0, sys.argv[1])
        import truth as T
        from fractions import Fraction as F
        def own(ps, plan):
            ds = sorted({x for x, _, _ in ps}); g = [b - a for a, b in zip(ds, ds[1:])]
            if not g or T.near(statistics.median(g), plan): return None
            L = [c for c in T.CAND if (len(g) >= 2 or c.months >= 12) and 4 * sum(T.near(x, c) for x in g) >= 3 * len(g)]
            return min(L, key=lambda c: abs(statistics.median(g) - c.days)) if L else None
        T.own_interval = own
        D = T.load(sys.argv[2], None, T.day(sys.argv[3])); A = D.A
        R = T.run(D, A, 1)
        def rounded(x):
            x *= 1000000; n = x.numerator // x.denominator; r = x - n
            return n + (1 if r > F(1, 2) or (r == F(1, 2) and n % 2) else 0)
        clients = {}
        for k, (st, left, basis, spans) in R.st.items():
            mrr = T.base_value(D, T.value(D, R.cov[k], min(A, R.At)), min(A, R.At))
            clients[k] = dict(status=st, left=T.iso(left), basis=basis, mrr=rounded(mrr))
        first = T.month(min(D.txdays)); months = []
        for r in T.movements(D, R, first, T.month(A)):
            n = lambda k: len(r['mv'].get(k, []))
            months.append(dict(month=T.mname(r['m']), end=float(r['end']),
                counts=[n('new') + n('opening'), n('reactivation'), n('expansion'), n('contraction'), n('churn')],
                nrr=float(r['Send'] / r['Sstart']) if r['Sstart'] else None,
                grr=float(r['Smin'] / r['Sstart']) if r['Sstart'] else None))
        json.dump(dict(clients=clients, months=months, recurs=bool(R.recurring)), sys.stdout)
        """
}
