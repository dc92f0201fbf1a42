import RiverTesting
import Assessment
import Contract
import Records

@testable import Daemon

/// How an invented past bears out the rules.
enum SampleRecord {
    private static let record = RiskRecord(
        horizonDays: 90, settings: "", records: 7,
        windows: [
            RiskRecord.Window(
                day: Day(2025, 8, 2), clients: 1_204, left: 61,
                rankings: [
                    .rules: RiskRecord.Ranking(areaUnderROC: 0.6714, topTenthYield: 0.1333, expected: 58.2),
                    .health: RiskRecord.Ranking(areaUnderROC: 0.702, topTenthYield: 0.15, expected: 55),
                    .lastSeen: RiskRecord.Ranking(areaUnderROC: 0.588, topTenthYield: 0.0917),
                ]),
            RiskRecord.Window(
                day: Day(2025, 9, 1), clients: 1_240, left: 0,
                rankings: [
                    .rules: RiskRecord.Ranking(areaUnderROC: nil, topTenthYield: nil, expected: 60.1),
                    .health: RiskRecord.Ranking(), .lastSeen: RiskRecord.Ranking(),
                ]),
        ],
        ruleLevels: [
            .init(clients: 2_000, left: 30), .init(clients: 400, left: 20), .init(clients: 44, left: 11), .init(),
        ],
        healthLevels: [
            .init(clients: 900, left: 9), .init(clients: 900, left: 20), .init(clients: 500, left: 20),
            .init(clients: 140, left: 12),
        ])

    static func write(to writer: inout JSONWriter) { RiskRecordText.write(record, to: &writer) }
}
