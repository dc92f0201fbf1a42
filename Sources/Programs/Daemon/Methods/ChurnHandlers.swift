import Answers
import Assessment
import Contract
import Pipeline
import Records
import Snapshots
import Store

/// The churn model: its report, and orders to train, to choose and to hand over.
enum ChurnHandlers {
    static let all: [any MethodHandler.Type] = [
        ChurnModel.self, ChurnImportance.self, ChurnTrain.self, ChurnUse.self, ChurnExport.self, ChurnImport.self,
    ]

    enum ChurnModel: MethodHandler {
        static let endpoint = Endpoint.churnModel

        static func answer(_: NoQuestion, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let call = call
            let status = call.services.pipeline.churnStatus
            JSONWriter.append(to: &result, reservedBytes: 16_384) { writer in
                writer.beginObject()
                ChurnModelText.writeModel(status, to: &writer)
                call.endEnvelope(&writer)
            }
        }
    }

    enum ChurnImportance: MethodHandler {
        static let endpoint = Endpoint.churnImportance

        static func answer(_: NoQuestion, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let call = call
            let status = call.services.pipeline.churnStatus
            guard let scorer = status.scorer else {
                throw Problem(
                    .notReady, "no churn model is in force: the rules rank the clients",
                    hint: status.last?.statement ?? "aurac churn train trains one")
            }
            JSONWriter.append(to: &result, reservedBytes: 16_384) { writer in
                writer.beginObject()
                ChurnModelText.writeImportance(scorer, to: &writer)
                call.endEnvelope(&writer)
            }
        }
    }

    enum ChurnTrain: MethodHandler {
        static let endpoint = Endpoint.churnTrain

        enum Question: Sendable {
            case request
            case wait
            case cancel
        }

        static func question(_ parameters: Parameters) throws(Problem) -> Question {
            switch (parameters.flag("wait"), parameters.flag("cancel")) {
            case (false, false): return .request
            case (true, false): return .wait
            case (false, true): return .cancel
            case (true, true):
                throw Problem(
                    .invalidParams, "both \"wait\" and \"cancel\" are given", hint: "give one of them")
            }
        }

        static func answer(_ question: Question, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            try call.services.train(question, call, into: &result)
        }
    }

    enum ChurnUse: MethodHandler {
        static let endpoint = Endpoint.churnUse

        static func question(_ parameters: Parameters) throws(Problem) -> ChurnChoice {
            switch (parameters.text("version"), parameters.flag("rules"), parameters.flag("automatic")) {
            case (let version?, false, false): return .version(version)
            case (nil, true, false): return .rules
            case (nil, false, true): return .automatic
            default:
                throw Problem(
                    .invalidParams, "give one of \"version\", \"rules\": true and \"automatic\": true",
                    hint: "aurac churn model list shows the versions")
            }
        }

        static func answer(_ choice: ChurnChoice, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let pipeline = call.services.pipeline
            try DaemonServices.versioned { () throws in try pipeline.useChurnModel(choice) }
            pipeline.waitUntilServed()
            let status = pipeline.churnStatus
            let call = call
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                ChurnModelText.writeState(status, to: &writer)
                call.endEnvelope(&writer)
            }
        }
    }

    enum ChurnExport: MethodHandler {
        static let endpoint = Endpoint.churnExport

        /// The version; nil for the one in force.
        static func question(_ parameters: Parameters) -> String? { parameters.text("version") }

        static func answer(_ version: String?, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let call = call
            let model = try DaemonServices.versioned { () throws in
                try call.services.pipeline.exportChurnModel(version)
            }
            JSONWriter.append(to: &result, reservedBytes: model.bytes.count * 2) { writer in
                writer.beginObject()
                writer.member("version", text: model.version)
                writer.member("bytes", integer: model.bytes.count)
                writer.member("content_base64", text: Base64Text.encoded(model.bytes))
                call.endEnvelope(&writer)
            }
        }
    }

    enum ChurnImport: MethodHandler {
        static let endpoint = Endpoint.churnImport
        /// A model file of some hundred kilobytes in Base64 is far below it.
        private static let modelTextMax = 64 << 20

        static func question(_ parameters: Parameters) throws(Problem) -> [UInt8] {
            let text = parameters.requiredText("content_base64")
            guard text.utf8.count <= modelTextMax, let bytes = Base64Text.decode(text) else {
                throw Problem(.invalidParams, "parameter \"content_base64\" is no Base64")
            }
            return bytes
        }

        static func answer(_ bytes: [UInt8], _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let call = call
            let version = try DaemonServices.versioned { () throws in
                try call.services.pipeline.importChurnModel(bytes)
            }
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("version", text: version)
                writer.member("bytes", integer: bytes.count)
                call.endEnvelope(&writer)
            }
        }
    }
}

extension DaemonServices {
    private static let waitSeconds = 3_500

    /// Whether explaining a client's score is no work for a worker.
    var explainsQuickly: Bool { box.current?.explainsQuickly ?? true }

    fileprivate func train(
        _ question: ChurnHandlers.ChurnTrain.Question, _ call: Call, into result: inout [UInt8]
    ) throws(Problem) {
        let waits = question == .wait
        guard box.current != nil else {
            throw Problem(.notReady, "there is no data yet to learn from", hint: "aurac ingest hands data over")
        }
        let start = ContinuousClock.now
        var state = "requested"
        if question == .cancel {
            state = pipeline.cancelTraining() ? "cancelled" : "idle"
        } else if waits {
            guard pipeline.trainAndWait(seconds: DaemonServices.waitSeconds) else {
                throw Problem(
                    .timeout, "the training is still running", hint: "aurac churn model shows when it has ended")
            }
            state = "done"
        } else {
            pipeline.requestTraining()
        }
        let status = pipeline.churnStatus
        let elapsed = ContinuousClock.now - start
        JSONWriter.append(to: &result) { writer in
            writer.beginObject()
            writer.member("state", text: state)
            writer.member("duration_ms", integer: Int(elapsed / .milliseconds(1)))
            // What an earlier training came to is no answer to this one.
            writer.member("outcome", text: waits ? status.last?.outcome : nil)
            writer.member("version", text: waits ? status.last.flatMap { $0.version.isEmpty ? nil : $0.version } : nil)
            writer.member("statement", text: waits ? status.last?.statement : nil)
            writer.member("in_force", text: status.scorer?.version)
            call.endEnvelope(&writer)
        }
    }

    fileprivate static func versioned<R>(_ body: () throws -> R) throws(Problem) -> R {
        do {
            return try body()
        } catch let problem as ChurnVersionProblem {
            switch problem.kind {
            case .unknown:
                throw Problem(.notFound, problem.description, hint: "aurac churn model list shows the versions")
            case .unusable:
                throw Problem(
                    .invalidParams, problem.description, hint: "export it again from the daemon that trained it")
            case .unavailable:
                throw Problem(
                    .unavailable, problem.description, hint: "see the folder models/churn of the state directory")
            }
        } catch {
            throw Problem(.internalError, "the model could not be handled", hint: "see the daemon's log")
        }
    }
}
