import Contract
import Glibc
import Records
import Snapshots
import SocketServer
import Testing

@testable import Daemon

/// Which thread answers what.
@Suite(.serialized) struct LaneTests {
    private static let peer = Peer(uid: geteuid(), gid: getegid(), pid: getpid(), groups: [])

    private static func request(_ method: String, _ params: JSONObject = JSONObject()) -> Request {
        Request(id: .integer(1), method: method, params: params)
    }

    @Test("What may be answered on the I/O thread, and what never is")
    func lanes() async throws {
        let daemon = try RunningDaemon()
        try daemon.drop(
            "customer_id,name,account_creation_date\nC1,Ltd,2024-01-02\n", as: "d.csv", category: "demographics")
        try await daemon.settle(drops: 1)
        let handler = DaemonHandler(daemon.daemon.services)
        let today = try #require(daemon.daemon.services.box.current).asOf.description
        func lane(_ method: String, _ params: JSONObject = JSONObject(), isSmall: Bool = true) -> Lane {
            handler.lane(for: LaneTests.request(method, params), from: LaneTests.peer, isSmall: isSmall)
        }
        #expect(lane("system.status") == .immediate)
        #expect(lane("clients.list") == .immediate)
        // The same days of the month before are looked up in the records.
        #expect(lane("kpis.get") == .worker)
        #expect(lane("kpis.get", ["from": .string(today.prefix(8) + "01")]) == .immediate)
        #expect(lane("cohorts.get") == .worker)
        #expect(lane("clients.get", ["customer_id": "C1"]) == .immediate)
        #expect(lane("clients.get", ["customer_id": "C1", "timeline": 1_000]) == .worker)
        // A large question is not looked at: neither parsed nor made a key of.
        let many = JSONValue.array((0..<10_000).map { .string("mrr>=\($0)") })
        #expect(lane("clients.list", ["where": many], isSmall: false) == .worker)
        #expect(lane("kpis.get", ["where": many], isSmall: false) == .worker)
        #expect(lane("clients.get", ["customer_id": "C1"], isSmall: false) == .worker)
        // Other days have a thread of their own, whatever the size, and this day has not.
        for method in ["kpis.get", "clients.list", "clients.get", "forecast.get", "export.table", "mrr.movements"] {
            for isSmall in [true, false] {
                #expect(lane(method, ["as_of": "2024-01-01"], isSmall: isSmall) == .single(sharing: "2024-01-01"))
                #expect(lane(method, ["as_of": .string(today)], isSmall: isSmall) == .worker)
                #expect(lane(method, ["as_of": "yesterday"], isSmall: isSmall) == .worker)
            }
        }
        #expect(lane("kpis.get", ["compare": "year"]) == .single(sharing: "compare year"))
        #expect(lane("kpis.get", ["to": "2023-12-31"]) == .single(sharing: "to 2023-12-31"))
        #expect(lane("kpis.get", ["to": .string(today)]) != .single(sharing: "to \(today)"))
        #expect(lane("data.drops", ["as_of": "2024-01-01"]) == .worker)
        #expect(
            lane("export.table", ["table": "customer_health_history"]) == .worker
                || lane("export.table", ["table": "customer_health_history"]) == .single(sharing: "history"))
        await daemon.stop()
    }

    @Test("An answer that is at hand is given at once, whatever it took to make it")
    func known() async throws {
        let daemon = try RunningDaemon()
        try daemon.drop(
            "customer_id,name,account_creation_date\nC1,Ltd,2024-01-02\n", as: "d.csv", category: "demographics")
        try await daemon.settle(drops: 1)
        let box = daemon.daemon.services.box
        let generation = try #require(box.current).generation
        let handler = DaemonHandler(daemon.daemon.services)
        let request = LaneTests.request("kpis.get", ["compare": "year", "where": "plan==gold"])
        #expect(handler.lane(for: request, from: LaneTests.peer, isSmall: true) == .single(sharing: "compare year"))
        handler.cache.keep([1], for: handler.key(.kpisGet, request, hiding: nil), generation: generation)
        // Those who are shown no contact data are answered otherwise.
        #expect(handler.lane(for: request, from: LaneTests.peer, isSmall: true) == .single(sharing: "compare year"))
        let hidden = daemon.daemon.services.contactColumns
        handler.cache.keep([1], for: handler.key(.kpisGet, request, hiding: hidden), generation: generation)
        #expect(handler.lane(for: request, from: LaneTests.peer, isSmall: true) == .immediate)
        let large = [UInt8](repeating: 1, count: 100_000)
        let other = LaneTests.request("cohorts.get")
        handler.cache.keep(large, for: handler.key(.cohortsGet, other, hiding: nil), generation: generation)
        #expect(handler.lane(for: other, from: LaneTests.peer, isSmall: true) == .worker)
        await daemon.stop()
    }

    @Test("Answers are kept with their questions, and neither without bound")
    func cacheBytes() {
        let cache = AnswerCache()
        func key(_ bytes: Int, _ number: UInt8) -> AnswerCache.Key {
            AnswerCache.Key(method: "kpis.get", parameters: [UInt8](repeating: number, count: bytes))
        }
        cache.keep([1, 2, 3], for: key(100, 0), generation: 1)
        #expect(cache.byteCount == 103)
        cache.keep([1, 2, 3], for: key(16 << 20, 0), generation: 1)
        #expect(cache.byteCount == 103)
        for number in UInt8.min...UInt8.max {
            cache.keep([UInt8](repeating: 0, count: 1 << 20), for: key(AnswerCache.keyBytesMax, number), generation: 1)
            #expect(cache.byteCount <= 32 << 20)
        }
    }
}
