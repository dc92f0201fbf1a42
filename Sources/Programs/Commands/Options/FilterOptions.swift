internal import ArgumentParser
internal import Contract

/// Which clients a question is about. Values of one option widen the choice, different options narrow it.
struct FilterOptions: ParsableArguments {
    enum RiskLevel: String, ExpressibleByArgument, CaseIterable {
        case low
        case medium
        case high
        case critical
    }

    @Option(
        name: .customLong("segment"),
        help: ArgumentHelp("Only clients of this segment; repeat for several.", valueName: "name"))
    var segments: [String] = []

    @Option(
        name: .customLong("region"),
        help: ArgumentHelp("Only clients of this region; repeat for several.", valueName: "name"))
    var regions: [String] = []

    @Option(
        name: .customLong("tier"),
        help: ArgumentHelp("Only clients of this tier; repeat for several.", valueName: "name"))
    var tiers: [String] = []

    @Option(
        name: .customLong("product"),
        help: ArgumentHelp("Only clients with this product; repeat for several.", valueName: "name"))
    var products: [String] = []

    @Option(
        name: .customLong("risk"),
        help: ArgumentHelp("Only clients of this risk level; repeat for several.", valueName: "level"))
    var risks: [RiskLevel] = []

    @Option(
        name: .customLong("search"),
        help: ArgumentHelp("Only clients whose id or name contains this; repeat to narrow.", valueName: "text"))
    var searches: [String] = []

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            """
            Only clients for whom this holds: METRIC<NUMBER with < <= > >= == or !=, such as 'engagement_score<0.5', \
            or ATTRIBUTE==VALUE; repeat to narrow. Unknown values fulfil nothing.
            """, valueName: "condition"))
    var conditions: [String] = []

    func add(to parameters: inout JSONObject) {
        func add(_ name: String, _ values: [String]) {
            if !values.isEmpty { parameters[name] = .array(values.map { .string($0) }) }
        }
        add("segment", segments)
        add("region", regions)
        add("tier", tiers)
        add("product", products)
        add("risk", risks.map(\.rawValue))
        add("search", searches)
        add("where", conditions)
    }
}
