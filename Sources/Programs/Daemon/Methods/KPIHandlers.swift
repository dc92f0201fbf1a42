import Answers
import Contract
import Records
import Snapshots
import SocketServer

/// Key figures of populations.
enum KPIHandlers {
    static let all: [any MethodHandler.Type] = [KPIsGet.self]

    enum KPIsGet: SnapshotHandler {
        static let endpoint = Endpoint.kpisGet
        static let usualBytes = 16_384

        static func question(_ parameters: Parameters) throws(Problem) -> KPIsAnswer.Question {
            try KPIsAnswer.Question(parameters)
        }

        static func filter(of question: KPIsAnswer.Question) -> ClientFilter? { question.filter }

        static func isQuick(_ question: KPIsAnswer.Question, _ services: DaemonServices, _ snapshot: Snapshot) -> Bool {
            KPIsAnswer.isQuick(question, snapshot)
        }

        static func write(
            _ question: KPIsAnswer.Question, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter
        ) throws(Problem) {
            let call = call
            try KPIsAnswer.write(
                question, snapshot, asOf: { (day) throws(Problem) in try call.generation(of: day) },
                check: { () throws(Problem) in try call.deadline.check() }, to: &writer)
        }

        static func sharedWork(_ params: JSONObject, _ snapshot: Snapshot) -> String? {
            var work: [String] = []
            if let asOf = OtherDay.asked(params, snapshot) { work.append(asOf) }
            // A summary tells scores of its last day, and so does the one it is compared with.
            if let to = OtherDay.text(params["to"]), to < OtherDay.text(params["as_of"]) ?? snapshot.asOf.description {
                work.append("to " + to)
            }
            if let comparison = params["compare"]?.stringValue, comparison.utf8.count <= 16 {
                work.append("compare " + comparison)
                if let from = OtherDay.text(params["from"]) { work.append("from " + from) }
            }
            return work.isEmpty ? nil : work.joined(separator: " ")
        }
    }
}
