import Contract

/// Which of the members that the table describes have stood in an answer.
struct SeenMembers {
    private var seen: Set<String> = []
    /// Objects, and lists with an element.
    private var opened: Set<String> = []

    /// What needs more than these answers have: a model, a load under way, a damaged file. Other tests of daemons have
    /// them, and compare every answer with the table, too.
    static let notHere: Set<String> = needsMore.union(Endpoint.all.map { "\($0.name).stale" })

    private static let needsMore: Set<String> = [
        "system.status.progress", "system.status.models.forecast", "system.verify.originals.damaged",
        "system.verify.originals.missing", "clients.get.churn", "clients.get.forecast", "churn.model.training",
        "churn.model.model", "churn.model.challenge", "churn.model.drift",
        "data.drops.drops.restored_original", "forecast.get.totals.60.accuracy", "forecast.get.totals.90.accuracy",
    ]

    mutating func add(_ value: JSONValue, _ shape: Shape, _ path: String) {
        switch shape.known {
        case .object(let fields):
            if value.objectValue != nil { opened.insert(path) }
            for field in fields {
                guard let member = value[field.name] else { continue }
                seen.insert("\(path).\(field.name)")
                add(member, field.shape, "\(path).\(field.name)")
            }
        case .array(let element): for value in value.arrayValue ?? [] { add(value, element, path) }
        default: break
        }
    }

    /// What was not seen, unless that is expected or what it stands in was not seen either.
    func missing(of methods: Set<String>, expected: Set<String>) -> [String] {
        Endpoint.all.filter { methods.contains($0.name) }.flatMap { missing($0.resultShape, $0.name) }
            .filter { !expected.contains($0) }
    }

    private func missing(_ shape: Shape, _ path: String) -> [String] {
        switch shape.known {
        case .object(let fields):
            fields.flatMap { field -> [String] in
                let path = "\(path).\(field.name)"
                guard seen.contains(path), !field.shape.hasMembers || opened.contains(path) else { return [path] }
                return missing(field.shape, path)
            }
        case .array(let element): missing(element, path)
        default: []
        }
    }
}

extension Shape {
    /// Whether it is an object with described members, or a list of them.
    var hasMembers: Bool {
        switch known {
        case .object: true
        case .array(let element): element.hasMembers
        default: false
        }
    }

    /// Names that an object has twice.
    var repeatedNames: [String] {
        switch known {
        case .object(let fields):
            Dictionary(grouping: fields, by: \.name).filter { $0.value.count > 1 }.map(\.key)
                + fields.flatMap(\.shape.repeatedNames)
        case .array(let element): element.repeatedNames
        default: []
        }
    }
}
