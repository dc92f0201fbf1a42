import Answers
import Contract
import Records
import Snapshots

/// Clients, one by one.
enum ClientHandlers {
    static let all: [any MethodHandler.Type] = [ClientsList.self, ClientsGet.self]

    enum ClientsList: SnapshotHandler {
        static let endpoint = Endpoint.clientsList
        static let usualBytes = 16_384

        static func question(_ parameters: Parameters) throws(Problem) -> ClientsAnswer.Question {
            try ClientsAnswer.Question(parameters)
        }

        static func filter(of question: ClientsAnswer.Question) -> ClientFilter? { question.filter }

        static func page(of question: ClientsAnswer.Question) -> String? { question.snapshotID }

        static func isQuick(
            _ question: ClientsAnswer.Question, _ services: DaemonServices, _ snapshot: Snapshot
        ) -> Bool { question.snapshotID == nil && ClientsAnswer.isQuick(question, snapshot) }

        static func write(
            _ question: ClientsAnswer.Question, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter
        ) throws(Problem) {
            try ClientsAnswer.write(question, snapshot, bytesMax: call.services.pageBytesMax, to: &writer)
        }
    }

    enum ClientsGet: SnapshotHandler {
        static let endpoint = Endpoint.clientsGet
        static let usualBytes = 8192
        /// A longer past of a client is put together by a worker.
        private static let quickTimelineMax = 100

        static func question(_ parameters: Parameters) -> ClientAnswer.Question { ClientAnswer.Question(parameters) }

        static func isQuick(
            _ question: ClientAnswer.Question, _ services: DaemonServices, _ snapshot: Snapshot
        ) -> Bool { services.explainsQuickly && question.timelineLimit <= quickTimelineMax }

        static func write(
            _ question: ClientAnswer.Question, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter
        ) throws(Problem) {
            try ClientAnswer.write(
                question, snapshot, showsContact: call.hidden == nil,
                contactColumns: call.hidden ?? call.services.contactColumns, to: &writer)
        }
    }
}
