/// What the page says can be asked: every method, and every parameter at least once.
enum ProtocolQuestions {
    struct Question {
        let method: String
        let params: String
    }

    struct Mistake {
        let method: String
        let params: String
        let code: Int64
    }

    static func all(customer: String) -> [Question] {
        let filters = #"""
            "segment": "smb", "region": ["EMEA", "NA"], "tier": [], "risk": ["low", "medium", "high", "critical"], \#
            "search": "c", "where": ["engagement_score>=0", "favourite_colour==blue"]
            """#
        return [
            ("system.status", "{}"), ("system.whoami", "{}"),
            ("system.whoami", #"{"context": {"user_role": "analyst"}}"#), ("system.refresh", "{}"),
            ("system.verify", "{}"), ("system.metrics", "{}"),
            ("data.drops", "{}"), ("data.drops", #"{"drop_id": 1}"#),
            ("data.drops", #"{"state": "loaded", "limit": 2}"#),
            ("data.rejected_file", #"{"drop_id": 6}"#), ("data.remarks", #"{"drop_id": 7}"#),
            ("data.remarks", #"{"drop_id": 1, "limit": 1, "cursor": "drop~1~1"}"#),
            ("data.rejects", "{}"), ("data.rejects", #"{"drop_id": 1, "limit": 5, "cursor": "drop~1~1"}"#),
            ("kpis.get", #"{"group_by": "region", "compare": "previous"}"#),
            ("kpis.get", #"{"by": "week", "compare": "year", \#(filters)}"#),
            ("kpis.get", #"{"by": "day", "from": "2024-09-01", "to": "2024-09-10", "as_of": "2024-09-30"}"#),
            ("clients.list", #"{"sort": "mrr:asc", "limit": 5}"#),
            ("clients.list", #"{"sort": "name", "as_of": "2024-09-30", \#(filters)}"#),
            ("clients.list", #"{"product": "Nothing of the kind"}"#), ("clients.list", #"{"owner": ["Nobody", "N."]}"#),
            ("clients.list", #"{"context": {"user_role": "viewer", "page": "people"}}"#),
            ("clients.get", #"{"customer_id": "\#(customer)"}"#),
            ("clients.get", #"{"customer_id": "\#(customer)", "timeline": 1000, "context": {"user_role": "analyst"}}"#),
            ("cohorts.get", "{}"), ("cohorts.get", #"{"by": "first_activity", "measure": "revenue"}"#),
            ("cohorts.get", #"{\#(filters)}"#), ("engagement.heatmap", "{}"),
            ("engagement.heatmap", #"{"segment": "smb", "as_of": "2024-09-30"}"#), ("mrr.movements", "{}"),
            ("mrr.movements", #"{"from": "2024-08-01", "to": "2024-09-30", "tier": "pro"}"#), ("risk.rules", "{}"),
            ("forecast.get", #"{"metric": "engagement"}"#),
            ("forecast.get", #"{"metric": "tickets", "horizon": 90, "history": 0, "components": true}"#),
            ("forecast.get", #"{"metric": "active_customers", "as_of": "2024-09-30", \#(filters)}"#),
            ("forecast.get", #"{"metric": "revenue", "customer_id": "\#(customer)"}"#),
            (
                "forecast.get",
                #"{"metric": "tickets", "customer_id": "\#(customer)", "capacity": 50, "leave_out": "outliers"}"#
            ),
            ("risk.rules", #"{"customer_id": "\#(customer)"}"#),
            ("export.table", #"{"table": "customer_metrics"}"#),
            ("export.table", #"{"table": "customer_health_scores", "format": "ndjson"}"#),
            ("export.table", #"{"table": "customer_metrics", "guard_formulas": true}"#),
            ("export.table", #"{"table": "dashboard_kpis", "as_of": "2024-09-30"}"#),
            ("export.table", #"{"table": "ai_model_features"}"#), ("churn.model", "{}"),
            ("churn.train", #"{"wait": true}"#), ("churn.model", #"{"as_of": "2024-09-30"}"#),
            ("risk.rules", "{}"), ("churn.train", #"{"cancel": true}"#), ("churn.use", #"{"rules": true}"#),
            ("churn.use", #"{"automatic": true}"#),
            ("export.table", #"{"table": "cohort_retention"}"#), ("export.table", #"{"table": "mrr_movements"}"#),
            ("export.table", #"{"table": "forecasts"}"#), ("export.table", #"{"table": "customer_health_history"}"#),
            ("clients.get", #"{"customer_id": "\#(customer)", "as_of": "2024-09-30"}"#),
        ].map(Question.init)
    }

    static let mistakes: [Mistake] = [
        ("nothing.get", "{}", -32601), ("kpis.get", #"{"segmnt": "smb"}"#, -32602),
        ("kpis.get", #"{"by": "year"}"#, -32602), ("kpis.get", #"{"as_of": "2024-02-30"}"#, -32602),
        ("clients.list", #"{"limit": 0}"#, -32602), ("clients.list", #"{"limit": 10001}"#, -32602),
        ("clients.list", #"{"where": "engagement_score"}"#, -32602), ("clients.list", #"{"risk": "huge"}"#, -32602),
        ("clients.list", #"{"sort": "beauty"}"#, -32602), ("clients.list", #"{"cursor": "2000-01-01-0~1"}"#, 5),
        ("clients.list", #"{"context": {"user_role": "king"}}"#, -32602), ("clients.get", "{}", -32602),
        ("clients.list", #"{"owner": "me"}"#, -32602),
        ("clients.list", #"{"owner": 5}"#, -32602), ("clients.list", #"{"behalf": {"person": "anna"}}"#, 3),
        ("system.whoami", #"{"behalf": null}"#, 3),
        ("clients.get", #"{"customer_id": "nobody"}"#, 1), ("risk.rules", #"{"customer_id": "nobody"}"#, 1),
        ("data.drops", #"{"drop_id": 4711}"#, 1), ("data.rejects", #"{"drop_id": 4711}"#, 1),
        ("data.remarks", #"{"drop_id": 4711}"#, 1), ("data.rejected_file", #"{"drop_id": 4711}"#, 1),
        ("data.cancel", "{}", -32602), ("data.cancel", #"{"drop_id": 4711}"#, 1),
        ("data.cancel", #"{"drop_id": 1}"#, 5),
        ("data.ingest", #"{"category": "weather", "content": "x"}"#, -32602),
        ("data.ingest", #"{"category": "support", "content_base64": "?"}"#, -32602),
        ("data.ingest", #"{"category": "support", "upload": "none", "offset": 1}"#, 1),
        ("system.refresh", #"{"context": {"user_role": "viewer"}}"#, 3),
        ("export.table", #"{"table": "everything"}"#, -32602),
        ("forecast.get", "{}", -32602), ("forecast.get", #"{"metric": "weather"}"#, -32602),
        ("forecast.get", #"{"metric": "revenue", "horizon": 31}"#, -32602),
        ("forecast.get", #"{"metric": "revenue", "history": -1}"#, -32602),
        ("forecast.get", #"{"metric": "revenue", "customer_id": "C1", "segment": "smb"}"#, -32602),
        ("forecast.get", #"{"metric": "revenue", "customer_id": "nobody"}"#, 1),
        ("forecast.get", #"{"metric": "engagement", "capacity": 0}"#, -32602),
        ("forecast.get", #"{"metric": "engagement", "capacity": 0.5}"#, -32602),
        ("forecast.get", #"{"metric": "engagement", "leave_out": "mondays"}"#, -32602),
        ("forecast.get", #"{"metric": "revenue", "segment": "none of ours"}"#, 1),
        ("churn.use", #"{"version": "nothing"}"#, 1),
        ("churn.use", "{}", -32602), ("churn.export", #"{"version": "nothing"}"#, 1),
        ("churn.import", #"{"content_base64": "QUJD"}"#, -32602),
        ("churn.train", #"{"wait": true, "cancel": true}"#, -32602), ("churn.importance", "{}", 2),
    ].map(Mistake.init)
}
