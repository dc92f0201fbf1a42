import Foundation
import Records
import Revenue
import RiverTesting
import Testing

/// The independent prototype of the contract, where there is one.
private enum Prototype {
    static let missing = Comment("the prototype was not found beside the repository, or there is no python3")

    static let folder: URL? = {
        let root =
            ProcessInfo.processInfo.environment["AURA_SHARED"].map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("../shared")
        let bench = root.appendingPathComponent("bench").standardizedFileURL
        let isThere = FileManager.default.fileExists(atPath: bench.appendingPathComponent("truth.py").path)
        return isThere && FileManager.default.isExecutableFile(atPath: python) ? bench : nil
    }()

    static let python = "/usr/bin/python3"

    /// Writes what it makes of every client: his months with the movement, the day he left by payment, and the sums.
    ///
    /// An interval of his own is the nearest of several here; it takes the first.
    static let script = """
        import sys, json
        sys.path.insert(0, sys.argv[1])
        import truth as T, statistics
        from fractions import Fraction as F
        def own(ps, plan):
            ds = sorted({x for x, _, _ in ps}); g = [b - a for a, b in zip(ds, ds[1:])]
            if not g or T.near(statistics.median(g), plan): return None
            L = [c for c in T.CAND if (len(g) >= 2 or c.months >= 12) and 4 * sum(T.near(x, c) for x in g) >= 3 * len(g)]
            return min(L, key=lambda c: abs(statistics.median(g) - c.days)) if L else None
        T.own_interval = own
        D = T.load(sys.argv[2], None, T.day(sys.argv[3])); A = D.A
        R = T.run(D, A, 1, fresh=False)
        def rounded(x):
            x *= 1000000; n = x.numerator // x.denominator; r = x - n
            return n + (1 if r > F(1, 2) or (r == F(1, 2) and n % 2) else 0)
        first = T.month(min(D.txdays)); out = {}
        for k in D.demo:
            rows = []; prev = {}; seen = False
            for m in range(first, T.month(A) + 1) if k in R.cov else []:
                t = min(T.mstart(m + 1) - 1, A); val = T.value(D, R.cov[k], t)
                r = T.base_value(D, val, t); p = T.base_value(D, prev, t)
                kind = ('reactivation' if seen else 'new') if p == 0 and r > 0 else 'churn' if p > 0 and r == 0 else \\
                    'expansion' if r > p else 'contraction' if r < p else 'none'
                if m == first: p, kind = r, 'none'
                if p or r: rows.append([m - first, rounded(p), rounded(r), kind])
                seen = seen or r > 0; prev = val
            st = R.st.get(k)
            out[k] = dict(months=rows, left=st[1] - 719163 if st and st[2] == 'payment' else None)
        json.dump(dict(clients=out, recurs=R.recurring), sys.stdout)
        """

    struct Answer: Decodable {
        struct Client: Decodable {
            var months: [[Field]]
            var left: Int32?
        }

        enum Field: Decodable, Equatable {
            case number(Int64)
            case text(String)

            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let number = try? container.decode(Int64.self) {
                    self = .number(number)
                } else {
                    self = .text(try container.decode(String.self))
                }
            }
        }

        var clients: [String: Client]
        var recurs: Bool
    }

    static func answer(_ folder: URL, _ company: URL, asOf: Int32) throws -> Answer {
        let output = company.appendingPathComponent("answer.json")
        FileManager.default.createFile(atPath: output.path, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", script, folder.path, company.path, Day(rawValue: asOf).description]
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode(Answer.self, from: Data(contentsOf: output))
    }
}

@Suite(.enabled(if: Prototype.folder != nil, Prototype.missing)) struct PrototypeTests {
    @Test(arguments: 1...4)
    func everyClientAndMonth(seed: Int) throws {
        let bench = try #require(Prototype.folder)
        let company = RandomCompany(seed: UInt64(seed), clients: 80, days: 420, isMessy: false)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("ledger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try write(company, to: folder)
        for asOf in [company.last, company.last - 137] {
            let answer = try Prototype.answer(bench, folder, asOf: asOf)
            let ledger = CompanyLedger(company, asOf: asOf)
            #expect(ledger.recurs == answer.recurs)
            var different: [String] = []
            var months = 0
            for (index, client) in company.clients.enumerated() where client.created <= asOf {
                let row = ledger.rows[index]
                let expected = try #require(answer.clients["c\(index)"])
                // Who was there before the data begins is a question of its own, to which it has another answer.
                let found: [[Prototype.Answer.Field]] = row.months.compactMap {
                    if $0.month == 0, $0.movement.end == 0 { return nil }
                    return [
                        .number(Int64($0.month)),
                        .number($0.month == 0 ? $0.movement.end : $0.movement.revalued), .number($0.movement.end),
                        .text($0.month == 0 ? "none" : "\($0.movement.kind)"),
                    ]
                }
                months += found.count
                if found != expected.months || row.leftOn != expected.left { different.append("c\(index)") }
            }
            #expect(different == [], "seed \(seed) as of \(Day(rawValue: asOf))")
            #expect(months > 200)
        }
    }

    private func write(_ company: RandomCompany, to folder: URL) throws {
        var demographics = "customer_id,subscription_type,account_creation_date\n"
        var transactions = "transaction_id,customer_id,amount,currency,payment_method,transaction_date\n"
        var fx = "date,currency,rate_to_base\n"
        let currencies = LedgerRates(RandomCompany.rates).currencies
        for (index, client) in company.clients.enumerated() {
            demographics += "c\(index),\(client.plan),\(Day(rawValue: client.created))\n"
            for (at, payment) in client.payments.enumerated() {
                transactions +=
                    "t\(index)-\(at),c\(index),\(Money(rawValue: payment.amount)),"
                    + "\(currencies[Int(payment.currency)]),card,\(Day(rawValue: payment.day))\n"
            }
        }
        for currency in currencies where currency != "USD" {
            for step in RandomCompany.rates.steps(of: currency) {
                let micro = step.rate.converted(1_000_000) ?? 0
                fx += "\(step.day),\(currency),\(Money(rawValue: micro))\n"
            }
        }
        for (name, text) in [("demographics", demographics), ("transactions", transactions), ("fx", fx)] {
            try Data(text.utf8).write(to: folder.appendingPathComponent("\(name).csv"))
        }
    }
}
