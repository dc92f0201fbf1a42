import Answers
import Assessment
import Contract
import Pipeline
import Records
import Snapshots
import Store

/// What the daemon answers about the churn model: its report, and orders to train, to choose and to hand over.
extension DaemonServices {
    private static let waitSeconds = 3_500
    /// A model file of some hundred kilobytes in Base64 is far below it.
    private static let modelTextMax = 64 << 20

    /// Whether explaining a client's score is no work for a worker.
    var explainsQuickly: Bool { box.current?.explainsQuickly ?? true }

    func churn(_ method: Contract.Method, _ parameters: Parameters, into result: inout [UInt8]) throws(Problem) {
        var parameters = parameters
        // Taken and not used: the model is that of now, whatever day is looked at.
        if method.permission == .read { _ = try parameters.day("as_of") }
        switch method {
        case .churnModel:
            try parameters.finish()
            let status = pipeline.churnStatus
            JSONWriter.append(to: &result, reservedBytes: 16_384) { writer in
                writer.beginObject()
                ChurnModelText.writeModel(status, to: &writer)
                end(&writer)
            }
        case .churnImportance:
            try parameters.finish()
            let status = pipeline.churnStatus
            guard let scorer = status.scorer else {
                throw Problem(
                    .notReady, "no churn model is in force: the rules rank the clients",
                    hint: status.last?.statement ?? "aurac churn train trains one")
            }
            JSONWriter.append(to: &result, reservedBytes: 16_384) { writer in
                writer.beginObject()
                ChurnModelText.writeImportance(scorer, to: &writer)
                end(&writer)
            }
        case .churnTrain: try train(&parameters, into: &result)
        case .churnUse:
            let choice = try choice(&parameters)
            try versioned { () throws in try pipeline.useChurnModel(choice) }
            pipeline.waitUntilServed()
            let status = pipeline.churnStatus
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                ChurnModelText.writeState(status, to: &writer)
                end(&writer)
            }
        case .churnExport:
            let version = try parameters.text("version")
            try parameters.finish()
            let model = try versioned { () throws in try pipeline.exportChurnModel(version) }
            JSONWriter.append(to: &result, reservedBytes: model.bytes.count * 2) { writer in
                writer.beginObject()
                writer.member("version", text: model.version)
                writer.member("bytes", integer: model.bytes.count)
                writer.member("content_base64", text: Base64Text.encoded(model.bytes))
                end(&writer)
            }
        default:
            guard let text = try parameters.content("content_base64"), !text.isEmpty else {
                throw Problem(.invalidParams, "parameter \"content_base64\" is missing", hint: "expected a string")
            }
            try parameters.finish()
            guard text.utf8.count <= DaemonServices.modelTextMax, let bytes = Base64Text.decode(text) else {
                throw Problem(.invalidParams, "parameter \"content_base64\" is no Base64")
            }
            let version = try versioned { () throws in try pipeline.importChurnModel(bytes) }
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("version", text: version)
                writer.member("bytes", integer: bytes.count)
                end(&writer)
            }
        }
    }

    private func choice(_ parameters: inout Parameters) throws(Problem) -> ChurnChoice {
        let version = try parameters.text("version")
        let isForRules = try parameters.flag("rules")
        let isAutomatic = try parameters.flag("automatic")
        try parameters.finish()
        switch (version, isForRules, isAutomatic) {
        case (let version?, false, false): return .version(version)
        case (nil, true, false): return .rules
        case (nil, false, true): return .automatic
        default:
            throw Problem(
                .invalidParams, "give one of \"version\", \"rules\": true and \"automatic\": true",
                hint: "aurac churn model list shows the versions")
        }
    }

    private func train(_ parameters: inout Parameters, into result: inout [UInt8]) throws(Problem) {
        let waits = try parameters.flag("wait")
        let cancels = try parameters.flag("cancel")
        try parameters.finish()
        guard !(waits && cancels) else {
            throw Problem(.invalidParams, "both \"wait\" and \"cancel\" are given", hint: "give one of them")
        }
        guard box.current != nil else {
            throw Problem(.notReady, "there is no data yet to learn from", hint: "aurac ingest hands data over")
        }
        let start = ContinuousClock.now
        var state = "requested"
        if cancels {
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
            end(&writer)
        }
    }

    private func end(_ writer: inout JSONWriter) {
        writer.member("as_of", text: box.current?.asOf.description)
        writer.member("snapshot", text: box.current?.id)
        writer.endObject()
    }

    private func versioned<R>(_ body: () throws -> R) throws(Problem) -> R {
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
