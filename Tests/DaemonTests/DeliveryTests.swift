import Contract
import Glibc
import Records
import Testing

/// When drops are taken over, and what is said of that.
@Suite struct DeliveryTests {
    @Test("A file that comes over the socket does not wait for all that lie in the inbox")
    func betweenClaims() async throws {
        let daemon = try RunningDaemon()
        let files = 2_600
        for number in 0..<files {
            try daemon.drop("ticket_id,customer_id\n", as: "tiny-\(number).csv", category: "support")
        }
        try await RunningDaemon.waitUntil("claims have begun") {
            try daemon.call("system.status")["inbox"]?["pending"]?.integerValue ?? 0 > 0
        }
        let answer = try daemon.call(
            "data.ingest", ["category": "surveys", "content": "survey_id,customer_id,response_date,nps_score\n"])
        // The numbers are given in the order in which files are taken over.
        #expect(try #require(answer["drop_id"]?.integerValue) < files)
        await daemon.stop()
    }

    @Test("A drop is received when it is delivered, not when the daemon comes to it")
    func receivedAt() async throws {
        let daemon = try RunningDaemon()
        await daemon.stop(removing: false)
        try daemon.drop("ticket_id,customer_id\n", as: "a.csv", category: "support")
        try await Task.sleep(for: .seconds(2))
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let started = Int64(time.tv_sec) * 1000
        try daemon.startAgain()
        try await daemon.settle(drops: 1)
        let received = try daemon.call("data.drops")["drops"]?.arrayValue?.first?["received_at"]?.stringValue
        // Both as far as their seconds.
        #expect(try #require(received).prefix(19) < Instant(rawValue: started).description.prefix(19))
        await daemon.stop()
    }
}
