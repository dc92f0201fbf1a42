public import Contract
import Records
public import Snapshots

/// `clients.get`: everything there is to say of one client.
public enum ClientAnswer {
    public struct Question: Sendable, Hashable {
        public var customerID: String
        /// How many entries of the timeline are wanted.
        public var timelineLimit: Int

        public init(_ parameters: inout Parameters) throws(Problem) {
            customerID = try parameters.requiredText("customer_id")
            timelineLimit = try parameters.integer("timeline", in: 0...1000) ?? 20
        }
    }

    public static func write(
        _ question: Question, _ snapshot: Snapshot, showsContact: Bool, to writer: inout JSONWriter
    ) throws(Problem) {
        guard let position = snapshot.position(ofCustomer: question.customerID) else {
            throw Problem(
                .notFound, "no client \"\(question.customerID)\" as of \(snapshot.asOf)",
                hint: "aurac clients --search TEXT finds clients by name or id")
        }
        let client = Int(snapshot.gold.clients[position])
        writer.beginObject()
        ClientFields.writeIdentity(snapshot, position, client, to: &writer)
        writeAttributes(snapshot, client, showsContact: showsContact, to: &writer)
        writeMetrics(snapshot.gold.metrics, position, to: &writer)
        writeHealth(snapshot.assessments.health, position, snapshot.asOf, to: &writer)
        writeRisk(snapshot, position, to: &writer)
        writer.key("churn")
        ChurnText.write(snapshot, position, to: &writer)
        writer.key("forecast")
        writer.null()
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
        _ snapshot: Snapshot, _ client: Int, showsContact: Bool, to writer: inout JSONWriter
    ) {
        let clients = snapshot.silver.clients
        writer.member("subscription_type", text: clients.subscriptionType[client])
        writer.member("industry", text: clients.industry[client])
        writer.member("owner", text: clients.owner[client])
        writer.member("location", text: clients.location[client])
        writer.member("gender", text: clients.gender[client])
        writer.member("age", integer: clients.age[client] < 0 ? nil : Int(clients.age[client]))
        ClientFields.day("account_creation_date", clients.creationDay[client], &writer)
        ClientFields.day("contract_end_date", clients.contractEndDay[client], &writer)
        let churn = clients.churnDay[client]
        ClientFields.day("churn_date", churn <= snapshot.asOf.rawValue ? churn : ClientTable.unknownDay, &writer)
        writer.key("contact")
        writer.beginObject()
        writer.member("masked", bool: !showsContact)
        writer.member("name", text: showsContact ? clients.contactName[client] : nil)
        writer.member("email", text: showsContact ? clients.email[client] : nil)
        writer.member("phone", text: showsContact ? clients.phone[client] : nil)
        writer.endObject()
        writer.key("attributes")
        writer.beginObject()
        let order = clients.attributeNames.indices.sorted { clients.attributeNames[$0] < clients.attributeNames[$1] }
        for index in order {
            if let value = clients.attributes[index][client] {
                writer.key(text: clients.attributeNames[index])
                writer.string(value)
            }
        }
        writer.endObject()
    }

    private static func writeMetrics(_ metrics: ClientMetrics, _ position: Int, to writer: inout JSONWriter) {
        writer.member("tenure_days", integer: Int(metrics.tenureDays[position]))
        writer.member("events_total", integer: Int(metrics.eventsTotal[position]))
        writer.member("events_last_30_days", integer: Int(metrics.eventsLast30Days[position]))
        writer.member("events_previous_30_days", integer: Int(metrics.eventsPrevious30Days[position]))
        writer.member("active_days_last_30_days", integer: Int(metrics.activeDaysLast30Days[position]))
        writer.member("distinct_features_last_30_days", integer: Int(metrics.distinctFeaturesLast30Days[position]))
        writer.member("avg_events_30d", double: metrics.averageEvents30Days[position])
        writer.member("engagement_score", double: metrics.engagementScore[position])
        writer.member("transactions_total", integer: Int(metrics.transactionsTotal[position]))
        writer.member("total_amount", microUnits: metrics.totalAmount[position])
        writer.member("avg_transaction_value", double: metrics.averageTransactionValue(position))
        writer.member("revenue_90d", microUnits: metrics.revenue90Days[position])
        writer.member("revenue_prev_90d", microUnits: metrics.revenuePrevious90Days[position])
        writer.member("revenue_decline_90d", double: metrics.revenueDecline90Days(position))
        ClientFields.member("days_since_last_login", metrics.daysSinceLastLogin[position], &writer)
        ClientFields.member("days_since_last_event", metrics.daysSinceLastEvent[position], &writer)
        ClientFields.member("days_since_last_transaction", metrics.daysSinceLastTransaction[position], &writer)
        writer.member("support_tickets_total", integer: Int(metrics.ticketsTotal[position]))
        writer.member("support_tickets_30d", integer: Int(metrics.tickets30Days[position]))
        writer.member("open_tickets", integer: Int(metrics.openTickets[position]))
        writer.member("mean_resolution_hours", double: metrics.meanResolutionHours[position])
        writer.member("mean_satisfaction", double: metrics.meanSatisfaction[position])
        ClientFields.member("last_nps", metrics.lastNPS[position], &writer)
        ClientFields.member("days_to_renewal", metrics.daysToRenewal[position], &writer)
        writer.member("mrr", microUnits: metrics.mrr[position])
    }

    private static func writeHealth(_ health: HealthScores, _ position: Int, _ asOf: Day, to writer: inout JSONWriter) {
        writer.key("health")
        writer.beginObject()
        writer.member("score", double: health.score[position])
        writer.member("level", text: health.level[position]?.name)
        writer.member("coverage", double: health.coverage[position])
        writer.key("components")
        writer.beginArray()
        for (index, name) in health.componentNames.enumerated() {
            writer.beginObject()
            writer.member("name", text: name)
            writer.member("value", double: health.values[index][position])
            writer.member("weight", double: health.componentWeights[index])
            writer.member("points", double: health.points[index][position])
            writer.endObject()
        }
        writer.endArray()
        writer.key("trend")
        writer.beginArray()
        writer.beginObject()
        writer.member("day", text: asOf.description)
        writer.member("score", double: health.score[position])
        writer.endObject()
        writer.endArray()
        writer.endObject()
    }

    private static func writeRisk(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let risk = snapshot.assessments.risk
        let metrics = snapshot.gold.metrics
        writer.key("risk")
        writer.beginObject()
        writer.member("score", double: risk.score[position])
        writer.member("level", text: risk.level[position].name)
        writer.key("reasons")
        writer.beginArray()
        for (index, rule) in risk.rules.enumerated() where risk.fired[position] >> UInt64(index) & 1 != 0 {
            writer.beginObject()
            writer.member("rule", text: rule.name)
            writer.member("category", text: rule.category.rawValue)
            writer.member("weight", double: rule.weight)
            if let condition = rule.conditions.first {
                writer.member("metric", text: condition.metric)
                writer.member("observed", double: RuleText.observed(condition, metrics, position))
                writer.member("threshold", double: condition.threshold)
            }
            writer.member("text", text: RuleText.reason(rule, metrics, position))
            writer.endObject()
        }
        writer.endArray()
        writer.key("not_evaluated")
        writer.beginArray()
        for (index, rule) in risk.rules.enumerated() where risk.unknown[position] >> UInt64(index) & 1 != 0 {
            writer.string(rule.name)
        }
        writer.endArray()
        writer.endObject()
    }

    /// The playbooks of the rules that fired, the heaviest first.
    private static func writeRecommendations(_ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let risk = snapshot.assessments.risk
        let fired = risk.rules.indices.filter { risk.fired[position] >> UInt64($0) & 1 != 0 }
            .sorted { risk.rules[$0].weightMicro > risk.rules[$1].weightMicro }
        writer.beginArray()
        for index in fired {
            guard let playbook = risk.rules[index].playbook else { continue }
            writer.beginObject()
            writer.member("playbook", text: playbook)
            writer.member("why", text: RuleText.reason(risk.rules[index], snapshot.gold.metrics, position))
            writer.key("expected_effect")
            writer.null()
            writer.endObject()
        }
        writer.endArray()
    }
}
