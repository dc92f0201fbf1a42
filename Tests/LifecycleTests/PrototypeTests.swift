import Foundation
import Freshness
import Lifecycle
import Records
import RiverTesting
import Testing
import Words

private let why = Comment(rawValue: "the independent prototype (bench/truth.py) or python3 was not found")

/// Statuses of made-up companies against an independent prototype of the same rules, where it is at hand.
@Suite(.enabled(if: Prototype.isAvailable, why)) struct PrototypeTests {
    static let kinds = InventedCompany.Kind.allCases

    @Test(arguments: kinds, 1...2) func statuses(kind: InventedCompany.Kind, seed: UInt64) throws {
        let company = InventedCompany(kind, seed: seed)
        let folder = try company.written()
        defer { try? FileManager.default.removeItem(at: folder) }
        for asOf in [company.lastDay, company.lastDay - 95] {
            let answer = try Prototype.ask(folder, asOf: asOf, hasSubscriptions: kind == .subscriptions)
            try compare(answer, "\(kind) \(seed) \(asOf)")
        }
    }

    /// Other companies, by hand: the folders that the environment names.
    @Test(.enabled(if: ProcessInfo.processInfo.environment["AURA_TRUTH_FOLDERS"] != nil, "no folders are named"))
    func foldersByHand() throws {
        let environment = ProcessInfo.processInfo.environment
        for path in (environment["AURA_TRUTH_FOLDERS"] ?? "").split(separator: ":") {
            for asOf in (environment["AURA_TRUTH_DAYS"] ?? "").split(separator: ",") {
                let day = try #require(Day(asOf)).rawValue
                let answer = try Prototype.ask(
                    URL(fileURLWithPath: String(path)), asOf: Int(day),
                    hasSubscriptions: environment["AURA_TRUTH_SUBSCRIPTIONS"] != nil)
                print(try compare(answer, "\(path) \(asOf)"))
            }
        }
    }

    @discardableResult
    private func compare(_ answer: Prototype.Answer, _ name: String) throws -> String {
        let asOf = Int32(answer.asOf)
        var feeds: [Category: FeedFreshness] = [:]
        for (category, days) in [(Category.transactions, answer.transactions), (.engagement, answer.engagement)] {
            var counts = DayCounts()
            for (day, count) in days.days { counts.add(Int32(Int(day) ?? 0), count: count) }
            feeds[category] = FeedFreshness(counts, asOf: Day(rawValue: asOf))
            #expect((feeds[category]?.isMissing ?? false) == days.missing, "\(name) \(category)")
            #expect(feeds[category]?.usualGap == days.usual, "\(name) \(category)")
        }
        let clocks = FeedClocks(feeds, activity: .any, asOf: Day(rawValue: asOf))
        #expect(Int(clocks.silence.rawValue) == answer.clock, "\(name)")

        var survey = LifecycleSurvey(asOf: asOf)
        var activity = ActivityPass(through: asOf, settings: LifecycleSettings())
        func shape(_ client: Prototype.Client) -> ActivityShape {
            activity.begin(reportedOn: client.reported.map { Int32($0) } ?? ActivityShape.noDay)
            for day in client.active { activity.see(activeOn: Int32(day)) }
            for day in client.paid { activity.see(paidOn: Int32(day), isActivity: true) }
            return activity.finish()
        }
        for client in answer.clients {
            survey.add(
                created: Int32(client.created), reportedOn: client.reported.map { Int32($0) } ?? ActivityShape.noDay,
                shape(client))
        }
        #expect(Int(survey.usualSilenceDays) == answer.silenceDays, "\(name)")
        let pass = LifecyclePass(
            LifecycleTerms(
                asOf: asOf, survey: survey, silenceClock: clocks.silence.rawValue, startClock: clocks.start.rawValue))
        var holding = SubscriptionAbsences()
        var table = LifecycleTable(asOf: asOf)
        var tally: [String: Int] = [:]
        for (index, row) in answer.clients.enumerated() {
            var client = LifecycleClient(
                created: Int32(row.created), reportedOn: row.reported.map { Int32($0) } ?? ActivityShape.noDay,
                shape: shape(row))
            holding.begin()
            for term in row.subscriptions { holding.add(from: Int32(term[0]), until: Int32(clamping: term[1])) }
            holding.finish(asOf: asOf)
            client.firstSubscriptionDay = holding.firstDay
            var held = holding.absences
            if holding.firstDay != ActivityShape.noDay {
                client.held = .subscription
            } else if row.isCovered {
                client.held = .payment
                held = row.uncovered.map {
                    Absence(leftOn: Int32($0[0]), returnedOn: Int32(clamping: $0[1]), basis: .payment)
                }
            }
            table.append(client, gaps: activity.gaps.span, held: held.span, by: pass)
            let standing = table.standings[index]
            let found = [
                standing.status.name, standing.leftOn.map { String($0) } ?? "",
                standing.status == .left ? standing.basis?.name ?? "" : "",
            ]
            tally[found[0] + " " + found[2], default: 0] += 1
            var expected = [row.status, row.left.map { String($0) } ?? "", row.basis ?? ""]
            // The tenure of who has not begun stands with the clock; the prototype looks at the calendar.
            let isWaiting = Int(clocks.start.rawValue) - row.created <= 90 && row.active.isEmpty && row.paid.isEmpty
            if row.status == "current", row.subscriptions.isEmpty, isWaiting { expected[0] = "not_started" }
            #expect(found == expected, "\(name): client \(row.id)")
        }
        return "\(name): \(answer.clients.count) clients, \(tally.sorted { $0.key < $1.key })"
    }
}

/// Asks the prototype what it makes of a folder.
private enum Prototype {
    struct Client: Decodable {
        var id: String
        var created: Int
        var reported: Int?
        var active: [Int]
        var paid: [Int]
        var subscriptions: [[Int]]
        var isCovered: Bool
        /// Days without cover: the first and, after it, the one on which he paid again.
        var uncovered: [[Int]]
        var status: String
        var left: Int?
        var basis: String?
    }

    struct Feed: Decodable {
        var days: [String: Int]
        var missing: Bool
        var usual: Int?
    }

    struct Answer: Decodable {
        var asOf: Int
        var clock: Int
        var silenceDays: Int
        var transactions: Feed
        var engagement: Feed
        var clients: [Client]
    }

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

    static func ask(_ folder: URL, asOf: Int, hasSubscriptions: Bool) throws -> Answer {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = [
            "-B", "-c", script, try #require(bench).path, folder.path, String(asOf), hasSubscriptions ? "1" : "",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try #require(try output.fileHandleForReading.readToEnd())
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode(Answer.self, from: data)
    }

    /// Prints what the prototype read and what it says, days counted as ours are.
    private static let script = """
        import sys, json
        sys.path.insert(0, sys.argv[1])
        import truth
        Z = 719163
        A = int(sys.argv[3]) + Z
        D = truth.load(sys.argv[2], as_of=A, subs=bool(sys.argv[4]))
        R = truth.run(D, A, 1)
        def feed(days, f):
            return dict(days={x - Z: n for x, n in days.items()}, missing=bool(f and f['missing']), usual=f and f['usual'])
        def uncovered(cov):
            H = sorted((q[0], min(q[5] + q[6] + 1, q[1] + 31) if len(q) > 5 else q[1] + q[3] + 1) for q in cov)
            out, end = [], None
            for s, e in H:
                if end is not None and s > end: out.append([end - Z, s - Z])
                end = e if end is None else max(end, e)
            if end is not None and end <= R.At: out.append([end - Z, 2**31 - 1])
            return out
        clients = []
        for k, (st, left, basis, spans) in R.st.items():
            c = D.demo[k]
            paid = sorted({x for x, a, *_ in D.tx.get(k, []) if a > 0})
            subs = [[s - Z, (e - Z) if e is not None else 2**31 - 1] for s, e, v, cur in D.subs.get(k, [])]
            cov = R.cov[k] if not subs else []
            clients.append(dict(id=k, created=c['created'] - Z, reported=None if c['churn'] is None else c['churn'] - Z,
                active=sorted(x - Z for x in D.act.get(k, ())), paid=[x - Z for x in paid], subscriptions=subs,
                isCovered=bool(cov), uncovered=uncovered(cov) if cov else [], status=st,
                left=None if left is None else left - Z, basis=basis))
        print(json.dumps(dict(asOf=A - Z, clock=R.Ae - Z, silenceDays=R.N, transactions=feed(D.txdays, R.fresh['transactions']),
            engagement=feed(D.evdays, R.fresh['engagement']), clients=clients)))
        """
}

/// A company of which the files can be written. Its clients are there before they do anything: of what was before, and of
/// who is not there yet, the prototype thinks otherwise than the rules say.
struct InventedCompany {
    enum Kind: CaseIterable, Sendable {
        case activityOnly
        case paymentsAndActivity
        case irregularPayments
        case subscriptions
        case reported
        case feedEnds
    }

    let lastDay = 20_500
    private var files: [String: String] = [:]

    init(_ kind: Kind, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var demographics = "customer_id,account_creation_date,subscription_type,churn_date\n"
        var transactions = "transaction_id,customer_id,amount,currency,transaction_date\n"
        var engagement = "event_id,customer_id,event_type,timestamp\n"
        var subscriptions = "customer_id,started_on,ended_on,amount,currency\n"
        func text(_ day: Int) -> String { Day(rawValue: Int32(day)).description }
        for client in 0..<120 {
            let created = lastDay - Int.random(in: 100...500, using: &random)
            let gone = random.chance(0.5) ? Int.random(in: created...lastDay, using: &random) : .max
            let churn = kind == .reported && gone < .max && random.chance(0.8) ? text(gone) : ""
            demographics += "c\(client),\(text(created)),monthly,\(churn)\n"
            let end = min(lastDay, gone)
            let rhythm = Int.random(in: 1...30, using: &random)
            var day = created + Int.random(in: 0...20, using: &random)
            while day <= end, client % 17 != 0, kind != .feedEnds || day <= lastDay - 40 {
                engagement += "e\(engagement.utf8.count),c\(client),login,\(text(day))T10:00:00Z\n"
                day += random.chance(0.04) ? 40 + 2 * rhythm : Int.random(in: 1...rhythm, using: &random)
            }
            if kind == .reported, random.chance(0.2), gone < lastDay - 5 {
                for late in [gone + 2, gone + 5].prefix(random.chance(0.5) ? 1 : 2) {
                    engagement += "e\(engagement.utf8.count),c\(client),login,\(text(late))T10:00:00Z\n"
                }
            }
            if kind != .activityOnly, client % 5 > 0 {
                var day = created + 1
                while day <= end {
                    transactions += "t\(transactions.utf8.count),c\(client),10,USD,\(text(day))\n"
                    day +=
                        kind == .irregularPayments
                        ? Int.random(in: 3...90, using: &random)
                        : random.chance(0.05) ? 75 : 30 + Int.random(in: -2...2, using: &random)
                }
            }
            if kind == .subscriptions, client % 3 > 0 {
                var day = created + 2
                while day <= end {
                    let until = day + Int.random(in: 20...200, using: &random)
                    subscriptions += "c\(client),\(text(day)),\(until <= lastDay + 50 ? text(until) : ""),10,USD\n"
                    day = until + Int.random(in: 0...40, using: &random)
                }
            }
        }
        files["demographics.csv"] = demographics
        files["transactions.csv"] = transactions
        files["engagement.csv"] = engagement
        if kind == .subscriptions { files["subscriptions.csv"] = subscriptions }
    }

    func written() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "aura-prototype-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        return folder
    }
}
