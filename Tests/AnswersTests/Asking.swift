import Answers
import Contract
import Records
import Snapshots
import Testing

/// Asks a question as a client does: parameters as JSON text, the answer as JSON.
func ask(
    _ method: String, _ parameters: String = "{}", _ snapshot: Snapshot, showsContact: Bool = false,
    bytesMax: Int = .max,
    asOf: (Day) -> Snapshot? = { _ in nil }
) throws -> JSONObject {
    let value = try JSONReader().read(parameters)
    let endpoint = try #require(Endpoint.named(method))
    let reader = try Parameters(try #require(value.objectValue), of: endpoint, hiding: nil)
    var writer = JSONWriter()
    switch method {
    case "kpis.get": try KPIsAnswer.write(KPIsAnswer.Question(reader), snapshot, asOf: asOf, to: &writer)
    case "clients.list":
        try ClientsAnswer.write(ClientsAnswer.Question(reader), snapshot, bytesMax: bytesMax, to: &writer)
    case "clients.get":
        try ClientAnswer.write(ClientAnswer.Question(reader), snapshot, showsContact: showsContact, to: &writer)
    case "cohorts.get": CohortsAnswer.write(try CohortsAnswer.Question(reader), snapshot, to: &writer)
    case "engagement.heatmap": HeatmapAnswer.write(try HeatmapAnswer.Question(reader), snapshot, to: &writer)
    case "mrr.movements": MovementsAnswer.write(try MovementsAnswer.Question(reader), snapshot, to: &writer)
    case "risk.rules":
        try RulesAnswer.write(RulesAnswer.Question(reader), snapshot, to: &writer) {
            $0.key("record")
            $0.null()
        }
    default: try ExportAnswer.write(ExportAnswer.Question(reader), snapshot, bytesMax: bytesMax, to: &writer)
    }
    var bytes: [UInt8] = []
    writer.withBytes { bytes.append(contentsOf: $0) }
    let answer = try JSONReader().read(bytes)
    return try #require(answer.objectValue)
}

/// What a question is refused with; nil when it is answered.
func problem(_ method: String, _ parameters: String, _ snapshot: Snapshot) -> Problem? {
    do {
        _ = try ask(method, parameters, snapshot)
        return nil
    } catch {
        return error as? Problem
    }
}

extension JSONObject {
    func object(_ key: String) -> JSONObject { self[key]?.objectValue ?? JSONObject() }
    func objects(_ key: String) -> [JSONObject] { (self[key]?.arrayValue ?? []).map { $0.objectValue ?? JSONObject() } }
    func number(_ key: String) -> Double? { self[key]?.doubleValue }
    func text(_ key: String) -> String? { self[key]?.stringValue }
    func numbers(_ key: String) -> [Double?] { (self[key]?.arrayValue ?? []).map(\.doubleValue) }
    func texts(_ key: String) -> [String] { (self[key]?.arrayValue ?? []).compactMap(\.stringValue) }
}
