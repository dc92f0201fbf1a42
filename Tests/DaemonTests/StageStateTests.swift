import Contract
import Records
import Settings
import Testing

/// What the status says of stages: `off` is only what the configuration does without.
@Suite(.serialized)
struct StageStateTests {
    private func states(_ daemon: RunningDaemon) throws -> [String: String] {
        let stages = try daemon.call("system.status")["stages"]?.arrayValue ?? []
        return Dictionary(
            stages.map { ($0["name"]?.stringValue ?? "", $0["state"]?.stringValue ?? "") },
            uniquingKeysWith: { first, _ in first })
    }

    @Test("A stage that has had nothing to do yet is idle, not off")
    func idle() async throws {
        let daemon = try RunningDaemon(yaml: "as_of: data\n")
        let states = try states(daemon)
        #expect(!states.values.contains("off"), "\(states)")
        #expect(states["publish"] == "idle")
        await daemon.stop()
    }

    @Test("What the configuration does without is off")
    func off() async throws {
        let daemon = try RunningDaemon {
            $0.forecasts.keep = false
            $0.store.publishGold = false
            $0.schedule.compressMinutes = 0
            $0.schedule.verifyHours = 0
            $0.schedule.trainHours = 0
            $0.history.weeks = 0
        }
        let off = try states(daemon).filter { $0.value == "off" }.keys.sorted()
        #expect(off == ["archive", "forecast", "history", "publish", "train", "verify"])
        await daemon.stop()
    }
}
