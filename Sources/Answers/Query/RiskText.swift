import Contract
import Records
import Snapshots
import Words

/// The one risk of a client, and why, in the words of answers.
enum RiskText {
    /// So many of the model's reasons are told in a list.
    private static let reasonsMax = 3

    static func write(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let risk = snapshot.assessments.risk
        writer.member("risk_score", double: risk.score[position])
        writer.member("risk_level", text: risk.level[position]?.name)
        writer.member("risk_basis", text: risk.basis(position)?.rawValue)
        writer.member("rule_score", double: snapshot.assessments.rules.score[position])
        writer.member("rule_level", text: snapshot.assessments.rules.level[position]?.name)
        writer.member("value_at_risk", microUnits: risk.valueAtRisk(position))
    }

    /// The reasons of whoever says the risk, and `signals`, what the rules say beside the model.
    static func writeReasons(
        _ key: StaticString, _ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter
    ) {
        let isByModel = snapshot.assessments.risk.basis(position) == .model
        writer.key(key)
        writer.beginArray()
        if isByModel {
            writeReasonsOfModel(snapshot, position, to: &writer)
        } else {
            writeRules(snapshot, position, to: &writer)
        }
        writer.endArray()
        writer.key("signals")
        writer.beginArray()
        if isByModel { writeRules(snapshot, position, to: &writer) }
        writer.endArray()
    }

    private static func writeRules(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        var fired = snapshot.assessments.rules.fired[position]
        while fired != 0 {
            RuleText.writeReason(fired.trailingZeroBitCount, snapshot, position, to: &writer)
            fired &= fired - 1
        }
    }

    /// What raises the probability. Of a client whose risk is not low something always does; where nothing stands out, it
    /// is all of it together.
    private static func writeReasonsOfModel(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let raising = (snapshot.explanation(position)?.contributions ?? []).lazy.filter { $0.contribution > 0 }
            .prefix(reasonsMax)
        for contribution in raising { writer.string(contribution.words) }
        if raising.isEmpty, snapshot.assessments.risk.level[position] ?? .low > .low {
            writer.string("many small signs together, none of them large")
        }
    }
}
