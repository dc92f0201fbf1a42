import Answers
import Contract
import Pipeline
import Records
import Snapshots
import SocketServer

/// Who answers a method: how its question is read, apart from the work. What is known of the method itself stands in the
/// table, and was looked at before a question gets here: who may ask it, its parameters, what it must not name.
///
/// ```swift
/// enum ClientsCount: SnapshotHandler {
///     static let endpoint = Endpoint.clientsCount
///     static func question(_ parameters: Parameters) -> ClientFilter { ClientFilter(parameters) }
///     static func write(_ filter: ClientFilter, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter)
///         throws(Problem)
///     { … }
/// }
/// ```
protocol MethodHandler: Sendable {
    associatedtype Question: Sendable

    static var endpoint: Endpoint { get }

    static func question(_ parameters: Parameters) throws(Problem) -> Question

    /// Appends the JSON text of the result.
    static func answer(_ question: Question, _ call: inout Call, into result: inout [UInt8]) throws(Problem)

    /// Of a method whose work is `quick`: whether that is so for this question. Asked on the I/O thread.
    static func isQuick(_ question: Question, _ services: DaemonServices, _ snapshot: Snapshot) -> Bool

    /// What a question needs that takes long to work out and is not done twice at a time, such as the generation of
    /// another day; nil when it needs nothing of the kind. Asked on the I/O thread: it must not grow with the question.
    static func sharedWork(_ params: JSONObject, _ snapshot: Snapshot) -> String?
}

extension MethodHandler {
    static func isQuick(_ question: Question, _ services: DaemonServices, _ snapshot: Snapshot) -> Bool { true }

    static func sharedWork(_ params: JSONObject, _ snapshot: Snapshot) -> String? {
        endpoint.day == .applied ? OtherDay.asked(params, snapshot) : nil
    }
}

/// A method that is answered from a generation.
protocol SnapshotHandler: MethodHandler {
    /// - Parameter snapshot: the generation in force, or that of the day that was asked for.
    static func write(
        _ question: Question, _ snapshot: Snapshot, _ call: inout Call, to writer: inout JSONWriter
    ) throws(Problem)

    /// The filter that is to be held against what the generation has.
    static func filter(of question: Question) -> ClientFilter?

    /// The generation that a page's cursor names.
    static func page(of question: Question) -> String?

    /// How long the text of an answer usually is.
    static var usualBytes: Int { get }
}

extension SnapshotHandler {
    static func filter(of question: Question) -> ClientFilter? { question as? ClientFilter }

    static func page(of question: Question) -> String? { nil }

    static var usualBytes: Int { 4096 }

    static func answer(_ question: Question, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
        let snapshot = try call.snapshot(page: page(of: question))
        try filter(of: question)?.validate(snapshot)
        // The call may be changed by whoever writes, and the writer must not hold it meanwhile.
        var inner = call
        defer { call = inner }
        try JSONWriter.append(to: &result, reservedBytes: usualBytes) { (writer) throws(Problem) in
            try write(question, snapshot, &inner, to: &writer)
        }
    }
}

/// A question without parameters of its own.
struct NoQuestion: Sendable {
    init() {}
}

extension MethodHandler where Question == NoQuestion {
    static func question(_ parameters: Parameters) -> NoQuestion { NoQuestion() }
}

extension MethodHandler where Question == ClientFilter {
    static func question(_ parameters: Parameters) -> ClientFilter { ClientFilter(parameters) }
}

/// One request on its way to its answer.
struct Call {
    let services: DaemonServices
    let principal: Principal
    let deadline: Deadline
    let connection: Connection
    /// As `as_of` asks; nil for the daemon's own.
    let asOf: Day?
    /// The contact data that the asker is not shown; nil where all of it is.
    let hidden: ContactColumns?
    /// Of a method that pushes: who asks as it would be answered by then, nil where it would be denied.
    var reauthorise: (@Sendable () -> Principal?)?
    /// What is worth a line in the audit trail; nil when nothing is.
    var record: AuditLog.Record? = AuditLog.Record()

    /// What the one who asks may do and see.
    var access: Access { principal.access }

    /// The generation the question is about: that of a page's cursor, of a day, or the one in force.
    func snapshot(page id: String? = nil) throws(Problem) -> Snapshot {
        if let id {
            guard let kept = services.box.snapshot(id: id, at: MonotonicClock.seconds()) else {
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
        guard let other = try generation(of: asOf) else { throw Problem(.notReady, "there is no data yet") }
        return other
    }

    /// The generation of a day; nil while there is none in force. Worked on for as long as somebody waits for it, and
    /// looked at once more when it was waited for.
    func generation(of day: Day) throws(Problem) -> Snapshot? {
        let deadline = deadline
        let generation = services.pipeline.snapshot(asOf: day) { deadline.isWanted }
        try deadline.check()
        return generation
    }

    /// What an answer of the daemon about itself ends with: the generation in force, if there is one.
    func endEnvelope(_ writer: inout JSONWriter) {
        writer.member("as_of", text: services.box.current?.asOf.description)
        writer.member("snapshot", text: services.box.current?.id)
        writer.endObject()
    }
}

/// Days that a question names, told from its parameters without reading all of it.
enum OtherDay {
    /// That of `as_of`, when it is another than the one in force.
    static func asked(_ params: JSONObject, _ snapshot: Snapshot) -> String? {
        text(params["as_of"]).flatMap { $0 == snapshot.asOf.description ? nil : $0 }
    }

    /// A day as it is written; nil for anything else, which is refused when it is answered.
    static func text(_ value: JSONValue?) -> String? {
        guard let text = value?.stringValue, text.utf8.count == 10, Day(text) != nil else { return nil }
        return text
    }
}
