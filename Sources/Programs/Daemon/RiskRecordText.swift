import Assessment
import Contract
import Records

/// How the company's past bears out what is said of risk, as JSON.
enum RiskRecordText {
    static func write(_ record: RiskRecord?, to writer: inout JSONWriter) {
        writer.key("record")
        guard let record else {
            writer.null()
            return
        }
        writer.beginObject()
        writer.member("horizon_days", integer: record.horizonDays)
        writer.key("measures")
        writer.beginArray()
        for measure in RiskRecord.Measure.allCases {
            let windows = record.windows.filter { $0.rankings[measure] != nil }
            guard !windows.isEmpty else { continue }
            writer.beginObject()
            writer.member("measure", text: measure.rawValue)
            writer.member("windows", integer: windows.count)
            writer.member("auc", double: record.areaUnderROC(measure))
            writer.endObject()
        }
        writer.endArray()
        write("rule_levels", RiskScores.Level.allCases.map(\.name), record.ruleLevels, to: &writer)
        write("health_levels", HealthScores.Level.allCases.map(\.name), record.healthLevels, to: &writer)
        writer.key("windows")
        writer.beginArray()
        for window in record.windows { write(window, to: &writer) }
        writer.endArray()
        writer.endObject()
    }

    private static func write(
        _ key: StaticString, _ names: [String], _ counts: [RiskRecord.LevelCount], to writer: inout JSONWriter
    ) {
        writer.key(key)
        writer.beginArray()
        for (name, count) in zip(names, counts) {
            writer.beginObject()
            writer.member("level", text: name)
            writer.member("clients", integer: count.clients)
            writer.member("left", integer: count.left)
            writer.member("share", double: count.rate)
            writer.endObject()
        }
        writer.endArray()
    }

    private static func write(_ window: RiskRecord.Window, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("day", text: window.day.description)
        writer.member("clients", integer: window.clients)
        writer.member("left", integer: window.left)
        writer.key("rankings")
        writer.beginArray()
        for measure in RiskRecord.Measure.allCases {
            guard let ranking = window.rankings[measure] else { continue }
            writer.beginObject()
            writer.member("measure", text: measure.rawValue)
            writer.member("auc", double: ranking.areaUnderROC)
            writer.member("top_tenth_yield", double: ranking.topTenthYield)
            writer.member("expected", double: ranking.expected)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
