import Answers
import Contract
import Pipeline
import Records
import Snapshots
import SocketServer

/// Answers from a generation.
extension DaemonHandler {
    func answerFromSnapshot(
        _ method: Method, _ request: Request, _ parameters: Parameters, _ deadline: Deadline,
        into result: inout [UInt8]
    ) throws(Problem) {
        guard request.params["as_of"] == nil, DaemonHandler.cached.contains(method),
            let current = services.box.current
        else { return try write(method, parameters, deadline, into: &result) }
        let key = key(method, request, hiding: parameters.hidden)
        if let known = cache.answer(key, generation: current.generation) {
            result.append(contentsOf: known)
            return
        }
        var answer: [UInt8] = []
        try write(method, parameters, deadline, into: &answer)
        cache.keep(answer, for: key, generation: current.generation)
        result.append(contentsOf: answer)
    }

    private func write(
        _ method: Method, _ parameters: Parameters, _ deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) {
        var parameters = parameters
        let asOf = try parameters.day("as_of")
        switch method {
        case .clientsGet:
            let question = try ClientAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, deadline)
            let (hidden, contactColumns) = (parameters.hidden, services.contactColumns)
            try JSONWriter.append(to: &result, reservedBytes: 8192) { (writer) throws(Problem) in
                try ClientAnswer.write(
                    question, snapshot, showsContact: hidden == nil, contactColumns: hidden ?? contactColumns,
                    to: &writer)
            }
        case .clientsList:
            let question = try ClientsAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, deadline, page: question.snapshotID)
            try question.filter.validate(snapshot)
            try JSONWriter.append(to: &result, reservedBytes: 16_384) { (writer) throws(Problem) in
                try ClientsAnswer.write(question, snapshot, bytesMax: services.pageBytesMax, to: &writer)
            }
        case .kpisGet:
            let question = try KPIsAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, deadline)
            try question.filter.validate(snapshot)
            try JSONWriter.append(to: &result, reservedBytes: 16_384) { (writer) throws(Problem) in
                try KPIsAnswer.write(
                    question, snapshot, asOf: { (day) throws(Problem) in try generation(of: day, deadline) },
                    check: { () throws(Problem) in try deadline.check() }, to: &writer)
            }
        case .cohortsGet:
            let question = try CohortsAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, deadline)
            try question.filter.validate(snapshot)
            JSONWriter.append(to: &result) { CohortsAnswer.write(question, snapshot, to: &$0) }
        case .engagementHeatmap:
            let question = try HeatmapAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, deadline)
            try question.filter.validate(snapshot)
            JSONWriter.append(to: &result) { HeatmapAnswer.write(question, snapshot, to: &$0) }
        case .mrrMovements:
            let question = try MovementsAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, deadline)
            try question.filter.validate(snapshot)
            JSONWriter.append(to: &result) { MovementsAnswer.write(question, snapshot, to: &$0) }
        case .riskRules:
            let question = try RulesAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, deadline)
            try JSONWriter.append(to: &result) { (writer) throws(Problem) in
                try RulesAnswer.write(question, snapshot, to: &writer)
            }
        case .forecastGet:
            let question = try ForecastAnswer.Question(&parameters)
            try parameters.finish()
            let snapshot = try snapshot(asOf, deadline)
            let subject = try ForecastAnswer.subject(question, snapshot)
            let content = try services.forecast(question, subject, snapshot, deadline)
            JSONWriter.append(to: &result, reservedBytes: 16_384) {
                ForecastAnswer.write(question, content, snapshot, to: &$0)
            }
        default:
            throw Problem(.methodNotFound, "no method \"\(method.rawValue)\"")
        }
    }

    /// Of which table a page was written.
    struct TablePage {
        var table: String
        var format: String
        var snapshotID: String
        var isFirst: Bool
    }

    func writeTable(
        _ parameters: Parameters, _ deadline: Deadline, into result: inout [UInt8]
    ) throws(Problem) -> TablePage {
        var parameters = parameters
        let asOf = try parameters.day("as_of")
        let question = try ExportAnswer.Question(&parameters)
        try parameters.finish()
        let snapshot = try snapshot(asOf, deadline, page: question.snapshotID)
        func write() throws(Problem) {
            try JSONWriter.append(to: &result, reservedBytes: 1 << 20) { (writer) throws(Problem) in
                try ExportAnswer.write(question, snapshot, bytesMax: services.pageBytesMax, to: &writer)
            }
        }
        if question.table == .customerHealthHistory {
            try services.withHealthHistory(
                of: snapshot, isFirstPage: question.snapshotID == nil, by: deadline, write: write)
        } else {
            try write()
        }
        return TablePage(
            table: question.table.rawValue, format: question.format.rawValue, snapshotID: snapshot.id,
            isFirst: question.offset == 0)
    }

    /// The generation a question is about: that of a page's cursor, of a day, or the one in force.
    private func snapshot(_ asOf: Day?, _ deadline: Deadline, page id: String? = nil) throws(Problem) -> Snapshot {
        if let id {
            guard let kept = services.box.snapshot(id: id) else {
                throw Problem(
                    .conflict, "the data has changed since the first page", hint: "start again without a cursor")
            }
            return kept
        }
        guard let current = services.box.current else {
            throw Problem(
                .notReady, "there is no data yet",
                hint: "drop a demographics file into the inbox, or use aurac ingest FILE --category demographics")
        }
        guard let asOf, asOf != current.asOf else { return current }
        let latest = max(services.today, current.asOf)
        guard asOf <= latest else {
            throw Problem(
                .invalidParams, "parameter \"as_of\" is \(asOf), a day that has not come yet",
                hint: "expected a day up to \(latest)")
        }
        guard let other = try generation(of: asOf, deadline) else {
            throw Problem(.notReady, "there is no data yet")
        }
        return other
    }

    /// The generation of a day; nil while there is none in force. Worked on for as long as somebody waits for it, and
    /// looked at once more when it was waited for.
    private func generation(of day: Day, _ deadline: Deadline) throws(Problem) -> Snapshot? {
        let generation = services.pipeline.snapshot(asOf: day) { deadline.isWanted }
        try deadline.check()
        return generation
    }
}
