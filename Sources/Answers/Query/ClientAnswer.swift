public import Contract
public import Records
public import Snapshots
import Words

/// `clients.get`: everything there is to say of one client.
public enum ClientAnswer {
    public struct Question: Sendable, Hashable {
        public var customerID: String
        /// How many entries of the timeline are wanted.
        public var timelineLimit: Int

        public init(_ parameters: Parameters) {
            customerID = parameters.requiredText("customer_id")
            timelineLimit = parameters.requiredInteger("timeline")
        }
    }

    /// - Parameters:
    ///   - showsContact: whether contact data is shown.
    ///   - contactColumns: which attributes are contact data.
    public static func write(
        _ question: Question, _ snapshot: Snapshot, showsContact: Bool, contactColumns: ContactColumns = .standard,
        to writer: inout JSONWriter
    ) throws(Problem) {
        guard let position = snapshot.position(ofCustomer: question.customerID) else {
            throw Problem(
                .notFound, "no client \"\(question.customerID.excerpt)\" as of \(snapshot.asOf)",
                hint: "aurac clients --search TEXT finds clients by name or id")
        }
        let client = Int(snapshot.gold.clients[position])
        writer.beginObject()
        ClientFields.writeIdentity(snapshot, position, client, to: &writer)
        StandingText.write(snapshot, position, to: &writer)
        writeAttributes(snapshot, client, hiding: showsContact ? nil : contactColumns, to: &writer)
        writeMetrics(snapshot, position, to: &writer)
        writeHealth(snapshot, position, to: &writer)
        writeRisk(snapshot, position, to: &writer)
        writer.key("churn")
        ChurnText.write(snapshot, position, to: &writer)
        writer.key("forecast")
        ForecastAnswer.writeSummary(ofCustomer: question.customerID, snapshot, to: &writer)
        writer.key("recommendations")
        writeRecommendations(snapshot, position, to: &writer)
        writer.key("timeline")
        Timeline.write(snapshot, position, limit: question.timelineLimit, to: &writer)
        writer.key("actions")
        writer.beginArray()
        writer.endArray()
        writer.member("currency", text: snapshot.baseCurrency)
        AnswerEnvelope.end(snapshot, &writer)
        writer.endObject()
    }

    private static func writeAttributes(
        _ snapshot: Snapshot, _ client: Int, hiding hidden: ContactColumns?, to writer: inout JSONWriter
    ) {
        let showsContact = hidden == nil
        for attribute in ClientAttribute.told { ClientFields.write(attribute, of: client, snapshot, to: &writer) }
        writer.key("contact")
        writer.beginObject()
        writer.member("masked", bool: !showsContact)
        for attribute in ClientAttribute.contact {
            writer.member(
                attribute.contactKey, text: showsContact ? snapshot.silver.clients[text: attribute][client] : nil)
        }
        writer.endObject()
        writer.key("attributes")
        writer.beginObject()
        for index in snapshot.attributesByName
        where hidden?.contains(snapshot.silver.clients.attributeNames[index]) != true {
            if let value = snapshot.silver.clients.attributes[index][client] {
                writer.key(text: snapshot.silver.clients.attributeNames[index])
                writer.string(value)
            }
        }
        writer.endObject()
    }

    private static func writeMetrics(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        for metric in ClientMetric.published { ClientFields.write(metric, of: position, snapshot, to: &writer) }
    }

    private static func writeHealth(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let score = snapshot.assessments.health.score[position]
        writer.key("health")
        writer.beginObject()
        writer.member("score", double: score)
        writer.member("level", text: snapshot.assessments.health.level[position]?.name)
        writer.member("coverage", double: snapshot.assessments.health.coverage[position])
        writer.key("components")
        writer.beginArray()
        for index in snapshot.assessments.health.componentNames.indices {
            writer.beginObject()
            writer.member("name", text: snapshot.assessments.health.componentNames[index])
            writer.member("value", double: snapshot.assessments.health.values[index][position])
            writer.member("weight", double: snapshot.assessments.health.componentWeights[index])
            writer.member("points", double: snapshot.assessments.health.points[index][position])
            writer.endObject()
        }
        writer.endArray()
        HealthTrend(snapshot, position).write(to: &writer)
        writer.endObject()
    }

    private static func writeRisk(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        writer.key("risk")
        writer.beginObject()
        let risk = snapshot.assessments.risk
        writer.member("score", double: risk.score[position])
        writer.member("level", text: risk.level[position]?.name)
        writer.member("basis", text: risk.basis(position)?.rawValue)
        writer.member("value_at_risk", microUnits: risk.valueAtRisk(position))
        RiskText.writeReasons("why", snapshot, position, to: &writer)
        writer.member("rule_score", double: snapshot.assessments.rules.score[position])
        writer.member("rule_level", text: snapshot.assessments.rules.level[position]?.name)
        writer.key("reasons")
        writer.beginArray()
        for index in bits(of: snapshot.assessments.rules.fired[position]) {
            writer.beginObject()
            writer.member("rule", text: snapshot.assessments.rules.rules[index].name)
            writer.member("category", text: snapshot.assessments.rules.rules[index].category.rawValue)
            writer.member("weight", double: snapshot.assessments.rules.rules[index].weight)
            if let condition = snapshot.assessments.rules.rules[index].conditions.first {
                writer.member("metric", text: condition.metric)
                writer.member("observed", double: snapshot.ruleInputs[index].observed(position))
                writer.member("threshold", double: condition.threshold)
            }
            writer.key("text")
            RuleText.writeReason(index, snapshot, position, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        writer.key("not_evaluated")
        writer.beginArray()
        for index in bits(of: snapshot.assessments.rules.unknown[position]) {
            writer.string(snapshot.assessments.rules.rules[index].name)
        }
        writer.endArray()
        writer.endObject()
    }

    /// The numbers of the bits that are set, ascending.
    private static func bits(of word: UInt64) -> some Sequence<Int> {
        sequence(state: word) { word in
            guard word != 0 else { return nil }
            defer { word &= word - 1 }
            return word.trailingZeroBitCount
        }
    }

    /// The playbooks of the rules that fired, the heaviest first.
    private static func writeRecommendations(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let fired = bits(of: snapshot.assessments.rules.fired[position]).sorted {
            snapshot.assessments.rules.rules[$0].weightMicro > snapshot.assessments.rules.rules[$1].weightMicro
        }
        writer.beginArray()
        for index in fired {
            guard let playbook = snapshot.assessments.rules.rules[index].playbook else { continue }
            writer.beginObject()
            writer.member("playbook", text: playbook)
            writer.key("why")
            RuleText.writeReason(index, snapshot, position, to: &writer)
            writer.key("expected_effect")
            writer.null()
            writer.endObject()
        }
        writer.endArray()
    }
}
