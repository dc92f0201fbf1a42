import Answers
import Contract
import Records
import Snapshots

/// What is to come.
enum ForecastHandlers {
    static let all: [any MethodHandler.Type] = [ForecastGet.self]

    enum ForecastGet: SnapshotHandler {
        static let endpoint = Endpoint.forecastGet
        static let usualBytes = 16_384

        static func question(_ parameters: Parameters) throws(Problem) -> ForecastAnswer.Question {
            try ForecastAnswer.Question(parameters)
        }

        static func filter(of question: ForecastAnswer.Question) -> ClientFilter? { question.filter }

        static func write(
            _ question: ForecastAnswer.Question, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter
        ) throws(Problem) {
            let subject = try ForecastAnswer.subject(question, snapshot)
            let content = try call.services.forecast(question, subject, snapshot, call.deadline)
            ForecastAnswer.write(question, content, snapshot, to: &writer)
        }
    }
}
