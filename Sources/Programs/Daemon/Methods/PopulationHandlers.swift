import Pipeline
import Answers
import Contract
import Records
import Snapshots

/// How a population moves.
enum PopulationHandlers {
    static let all: [any MethodHandler.Type] = [
        CohortsGet.self, EngagementHeatmap.self, MRRMovements.self, RiskRules.self,
    ]

    enum CohortsGet: SnapshotHandler {
        static let endpoint = Endpoint.cohortsGet

        static func question(_ parameters: Parameters) -> CohortsAnswer.Question { CohortsAnswer.Question(parameters) }

        static func filter(of question: CohortsAnswer.Question) -> ClientFilter? { question.filter }

        static func write(
            _ question: CohortsAnswer.Question, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter
        ) { CohortsAnswer.write(question, snapshot, to: &writer) }
    }

    enum EngagementHeatmap: SnapshotHandler {
        static let endpoint = Endpoint.engagementHeatmap

        static func question(_ parameters: Parameters) -> HeatmapAnswer.Question { HeatmapAnswer.Question(parameters) }

        static func filter(of question: HeatmapAnswer.Question) -> ClientFilter? { question.filter }

        static func write(
            _ question: HeatmapAnswer.Question, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter
        ) { HeatmapAnswer.write(question, snapshot, to: &writer) }
    }

    enum MRRMovements: SnapshotHandler {
        static let endpoint = Endpoint.mrrMovements

        static func question(_ parameters: Parameters) -> MovementsAnswer.Question {
            MovementsAnswer.Question(parameters)
        }

        static func filter(of question: MovementsAnswer.Question) -> ClientFilter? { question.filter }

        static func write(
            _ question: MovementsAnswer.Question, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter
        ) { MovementsAnswer.write(question, snapshot, to: &writer) }
    }

    enum RiskRules: SnapshotHandler {
        static let endpoint = Endpoint.riskRules

        static func question(_ parameters: Parameters) -> RulesAnswer.Question { RulesAnswer.Question(parameters) }

        static func write(
            _ question: RulesAnswer.Question, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter
        ) throws(Problem) {
            let record = call.services.pipeline.churnStatus.record
            try RulesAnswer.write(question, snapshot, to: &writer) { RiskRecordText.write(record, to: &$0) }
        }
    }
}
