internal import ArgumentParser
internal import Contract
internal import Words

/// Which clients a question is about. Values of one option widen the choice, different options narrow it.
struct FilterOptions: ParsableArguments {
    @Option(
        name: .customLong("segment"),
        help: .filter("segment", valueName: "name"))
    var segments: [String] = []

    @Option(
        name: .customLong("region"),
        help: .filter("region", valueName: "name"))
    var regions: [String] = []

    @Option(
        name: .customLong("tier"),
        help: .filter("tier", valueName: "name"))
    var tiers: [String] = []

    @Option(
        name: .customLong("owner"),
        help: .filter("owner", valueName: "name"))
    var owners: [String] = []

    @Option(
        name: .customLong("product"),
        help: .filter("product", valueName: "name"))
    var products: [String] = []

    @Option(
        name: .customLong("risk"),
        help: .filter("risk", valueName: "level"))
    var risks: [RiskLevel] = []

    @Option(
        name: .customLong("status"),
        help: .filter("status", valueName: "status"))
    var statuses: [ClientStatus] = []

    @Option(
        name: .customLong("search"),
        help: .filter("search", valueName: "text"))
    var searches: [String] = []

    @Option(
        name: .customLong("where"),
        help: .filter("where", valueName: "condition"))
    var conditions: [String] = []

    func add(to parameters: inout JSONObject) {
        func add(_ name: String, _ values: [String]) {
            if !values.isEmpty { parameters[name] = .array(values.map { .string($0) }) }
        }
        add("segment", segments)
        add("region", regions)
        add("tier", tiers)
        add("owner", owners)
        add("product", products)
        add("risk", risks.map(\.rawValue))
        add("status", statuses.map(\.rawValue))
        add("search", searches)
        add("where", conditions)
    }
}
