import Contract
import Records
import Snapshots

/// The part of `clients.get` that the churn model fills.
enum ChurnText {
    static func write(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let churn = snapshot.assessments.churn
        guard let model = churn.model else {
            // No model is in force: the rules are the ranking, and no number is made up.
            writer.null()
            return
        }
        let explanation = snapshot.explanation(position)
        writer.beginObject()
        writer.member("probability", double: churn.probability[position])
        writer.member("horizon_days", integer: model.horizonDays)
        writer.member("percentile", double: churn.percentile(position))
        writer.member("base_rate", double: model.baseRate)
        writer.member("label", text: model.labelKind)
        writer.member("model", text: model.version)
        writer.member(
            "statement",
            text: explanation == nil
                ? "not scored: the model knows \(model.population)"
                : "features are associated with the risk; what changes them need not change it")
        writer.member("base", double: explanation?.base ?? .nan)
        writer.key("contributions")
        writer.beginArray()
        for contribution in explanation?.contributions ?? [] { write(contribution, to: &writer) }
        writer.endArray()
        writer.member("other_contributions", double: explanation?.otherContributions ?? .nan)
        writer.key("what_if")
        writer.beginArray()
        for change in explanation?.changes ?? [] { write(change, to: &writer) }
        writer.endArray()
        writer.member("median_days", integer: explanation?.time?.medianDays)
        writer.member("median_months", integer: explanation?.time?.medianMonths)
        writer.member("mean_days", integer: explanation?.time?.meanDays)
        writer.member("months_looked_ahead", integer: explanation?.time?.monthsAhead)
        writer.endObject()
    }

    private static func write(_ contribution: ChurnExplanation.Contribution, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("feature", text: contribution.feature)
        write("value", contribution.value, to: &writer)
        writer.member("unit", text: contribution.unit)
        writer.member("contribution", double: contribution.contribution)
        writer.member("text", text: contribution.text)
        writer.endObject()
    }

    private static func write(_ change: ChurnExplanation.Change, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("feature", text: change.feature)
        write("from", change.from, to: &writer)
        write("to", change.to, to: &writer)
        writer.member("probability", double: change.probability)
        writer.member("text", text: change.text)
        writer.endObject()
    }

    private static func write(_ name: StaticString, _ value: ChurnExplanation.Value, to writer: inout JSONWriter) {
        switch value {
        case .number(let number): writer.member(name, double: number)
        case .level(let level): writer.member(name, text: level)
        case .unknown:
            writer.key(name)
            writer.null()
        }
    }
}
