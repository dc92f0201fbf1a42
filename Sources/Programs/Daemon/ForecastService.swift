import Answers
import Contract
import Pipeline
import Records
import Snapshots
import SocketServer

extension DaemonServices {
    /// What `forecast.get` answers from: kept forecasts, or some that are fitted now.
    func forecast(
        _ question: ForecastAnswer.Question, _ subject: ForecastSubject, _ snapshot: Snapshot, _ deadline: Deadline
    ) throws(Problem) -> ForecastAnswer.Content {
        do throws(ForecastDesk.Failure) {
            let answer = try pipeline.forecast(
                question.metric, of: subject, in: snapshot, assuming: question.assumptions,
                withComponents: question.withComponents, isWanted: { deadline.isWanted })
            return ForecastAnswer.Content(
                forecast: answer.forecast, series: answer.series, clientCount: answer.clientCount,
                components: answer.components)
        } catch {
            switch error {
            case .noData(let metric):
                throw Problem(
                    .notReady, "there is nothing to forecast \(metric.rawValue) from",
                    hint: metric.advice)
            case .unknownMRR(let reason):
                throw Problem(
                    .notReady, "there is no mrr to forecast: \(reason)",
                    hint: "forecast revenue instead; revenue.recurring and revenue.method in the configuration say how "
                        + "payments are taken")
            case .abandoned: throw Deadline.problem
            case .noClients:
                throw Problem(.notFound, "no client passes the filters", hint: "widen the filters")
            case .capacityBelowData(let capacity, let highest, let day):
                throw ForecastAnswer.capacityBelowData(capacity, highest: highest, day: day)
            case .capacityBeyondData(let capacity, let highest):
                throw ForecastAnswer.capacityBeyondData(capacity, highest: highest)
            case .unusable(let text):
                throw Problem(
                    .notReady, "no forecast of \(question.metric.rawValue) can be made: \(text)",
                    hint: "aurac status shows what data there is")
            }
        }
    }

    /// The part of `system.status` that is about models.
    static func writeModels(_ status: PipelineStatus, churn: ChurnStatus, to writer: inout JSONWriter) {
        writer.beginObject()
        ChurnModelText.writeSummary(churn, to: &writer)
        if let forecasts = status.forecasts {
            writer.key("forecast")
            writer.beginObject()
            writer.member("as_of", text: forecasts.asOf.description)
            writer.member("snapshot", text: forecasts.snapshotID)
            writer.member("made_at", text: forecasts.madeAt.description)
            writer.member("series", integer: forecasts.seriesCount)
            writer.member("customers", integer: forecasts.customerCount)
            writer.member("refitted", integer: forecasts.refittedCount)
            writer.member("duration_ms", integer: Int((forecasts.seconds * 1000).rounded()))
            writer.endObject()
        }
        writer.endObject()
    }
}

extension ForecastMetric {
    /// What to do where there is no data of it.
    fileprivate var advice: String {
        switch self {
        case .engagement: "hand in engagement events: aurac ingest FILE --category engagement"
        case .revenue, .mrr: "hand in transactions: aurac ingest FILE --category transactions"
        case .activeCustomers: "hand in engagement events or transactions"
        case .tickets: "hand in tickets: aurac ingest FILE --category support"
        }
    }
}
