import Assessment
import ChurnModel
import Contract
import Records

/// How the model in force holds, as JSON.
enum ChurnDriftText {
    static func write(_ watch: ChurnWatch, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("advice", text: watch.advice?.rawValue)
        writer.key("windows")
        writer.beginArray()
        for window in watch.windows {
            let drift = window.drift
            writer.beginObject()
            writer.member("day", text: window.day.description)
            writer.member("rows", integer: drift.report.rows)
            writer.member("positives", integer: drift.report.positives)
            writer.member("observed_over_expected", double: drift.report.observedOverExpected)
            writer.member("lower", double: drift.ratioLower)
            writer.member("upper", double: drift.ratioUpper)
            writer.member("slope", double: drift.slope)
            ChurnModelText.write("auc", drift.report.areaUnderROC, to: &writer)
            writer.member("auc_change", double: drift.areaChange)
            writer.member("advice", text: drift.advice.rawValue)
            writer.member("statement", text: drift.statement)
            writer.endObject()
        }
        writer.endArray()
        writer.member("inputs_day", text: watch.inputsAsOf.description)
        writer.key("inputs")
        writer.beginArray()
        for input in watch.inputs {
            writer.beginObject()
            writer.member("feature", text: input.feature)
            writer.member("stability_index", double: input.populationStabilityIndex)
            writer.member("chance_level", double: input.chanceLevel)
            writer.member("level", text: input.level.rawValue)
            writer.member("missing_then", double: input.missingShareThen)
            writer.member("missing_now", double: input.missingShareNow)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
