import Words

/// The methods as a page of Markdown, made of the table: what the protocol's page ends with.
public enum MethodReference {
    /// The whole of it, from the heading on.
    public static var text: String {
        var page = "## Methods\n\n" + list + "\n" + permissions + "\n" + shared + "\n"
        for endpoint in Endpoint.all { page += "\n" + section(endpoint) }
        return page
    }

    private static var list: String {
        table(
            ["method", "asks for", "permission"],
            Endpoint.all.map {
                let anchor = $0.name.filter { $0 != "." }
                return ["[`\($0.name)`](#\(anchor))", $0.asksFor, $0.permission.rawValue]
            })
    }

    private static var permissions: String {
        func roles(_ permission: Permission) -> String {
            Role.allCases.filter { $0.permissions.contains(permission) }.map { "`\($0.rawValue)`" }
                .joined(separator: ", ")
        }
        return """
            **Permissions.** *Read*: \(roles(.read)). *Export*: \(roles(.export)), and the users and groups under \
            `roles: export:`, whatever their role. *Ingest*: \(roles(.ingest)), and those under `roles: ingest:`. \
            *Administer*: \(roles(.administer)). Contact data is shown to \(roles(.contact)). A peer with several roles may \
            what any of them may. A peer without any role gets `forbidden` for everything but what it is named for. What is \
            denied, and what is asked for with any permission but *read*, stands in the audit trail; an export stands there \
            once, whatever its pages. The user the daemon runs as is always `admin`.

            """
    }

    private static var shared: String {
        """
        **Errors.** Every method can answer -32602, -32603, `forbidden`, `timeout` and `overloaded`; below stand the others. \
        Until the first data has been loaded, methods that answer from data answer `not_ready`.

        **Types.** *string*, *integer*, *number*, *boolean* as in JSON; *day* is a string `YYYY-MM-DD`, *month* a string \
        `YYYY-MM`, *instant* a string `YYYY-MM-DDTHH:MM:SSZ` or `YYYY-MM-DDTHH:MM:SS.sssZ`; *money* is a number in the base currency; *fraction* is a \
        number, 0…1 where nothing else is said. "or null" says that the value can be unknown. A parameter that is `null` \
        counts as left out. `a.b` is the member `b` of the object `a`, `a[].b` that of each element of the array `a`.

        **In every result**, though not repeated below: `as_of` (day) and `snapshot` (string), except in \
        \(names { $0.envelope == .none }). Both are null before the first data in methods that answer then too. \
        Where figures rest on data there is `stale` beside them: feeds that have stopped coming, none as a rule, each with \
        `category`, `last_day`, `usual_gap_days` and in `text` what is as of that day.

        **In `params` of every method**: `behalf`, an object, from the gateway alone (see [Who asks](#who-asks)); and \
        `context`, an object; of it `user_role` (\(Role.names.map { "`\($0)`" }
            .joined(separator: ", "))) narrows what the request may do, the rest is ignored.

        ### Parameters that methods share

        **`as_of`**: *day*, default \(Parameter.asOf.fallback ?? ""). The answer is what the data says on the end of that day: \
        nothing later is used. Taken by \(names { $0.day == .applied }). (\(names { $0.day == .accepted }) accept it and \
        answer for now.) The first question about another day takes longer than the next ones.

        **Filters** choose clients. Each is a string or an array of strings; values of one filter widen the choice (any of \
        them), different filters narrow it (all of them), except where noted.

        \(table(["parameter", "at most", "clients"], Parameter.filters.map {
            ["`\($0.name)`", "\($0.valuesMax)", $0.meaning + words($0)]
        }))
        A condition is `METRIC OPERATOR NUMBER` with `<`, `<=`, `>`, `>=`, `==` or `!=`, such as `"engagement_score<0.5"`, or \
        `ATTRIBUTE==VALUE` with \(ClientAttribute.filterable.map { "`\($0.name)`" }.joined(separator: ", ")) or any further column of the \
        demographics files; several values of one attribute widen; an attribute that no client has is refused, and one that \
        holds contact data is `forbidden` to roles that are not shown any. The first operator parts name and value. Spaces \
        around the three parts do not count. A metric that is unknown for a client fulfils no condition, not even `!=`.

        **Metrics** of a client, as conditions, sort keys and result fields:

        \(table(["name", "type", "meaning"], MetricRegistry.clientMetrics.map { metric in
            let field = Field.metric(metric)
            return ["`\(field.name)`", type(field), field.meaning]
        }))
        """
    }

    private static func names(_ isMeant: (Endpoint) -> Bool) -> String {
        let names = Endpoint.all.filter(isMeant).map { "`\($0.name)`" }
        guard let last = names.last, names.count > 1 else { return names.first ?? "none" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    // MARK: A method

    static func section(_ endpoint: Endpoint) -> String {
        var text = "### `\(endpoint.name)`\n\n"
        var about = endpoint.about.isEmpty ? capitalised(endpoint.asksFor) + "." : endpoint.about
        if let seconds = endpoint.timeLimitSeconds { about += " Time limit: \(seconds / 60) minutes." }
        text += about + "\n\n"
        var rows: [[String]] = []
        if endpoint.takesFilters { rows.append(["filters", "", "all clients", "which clients it is about"]) }
        if endpoint.day == .applied { rows.append(["`as_of`", "day", Parameter.asOf.fallback ?? "", ""]) }
        for parameter in endpoint.parameters {
            rows.append([
                "`\(parameter.name)`", parameter.kind.text + (parameter.unit.map { " (\($0))" } ?? ""),
                parameter.isRequired ? "required" : parameter.fallback ?? parameter.kind.defaultText ?? "",
                parameter.meaning + words(parameter),
            ])
        }
        text += rows.isEmpty ? "Parameters: none.\n\n" : table(["parameter", "type", "default", ""], rows) + "\n"
        text += table(["field", "type", "meaning"], fields(endpoint.result, prefix: ""))
        if let pushed = endpoint.notification {
            text += "\nFrom then on notifications come, `method` `\(pushed.name)`, whose `params` are:\n\n"
            text += table(["field", "type", "meaning"], fields(pushed.params, prefix: ""))
        }
        var errors = endpoint.errors
        if endpoint.parameters.contains(where: { if case .cursor = $0.kind { true } else { false } }),
            !errors.contains(where: { $0.code == .conflict })
        {
            errors.append((.invalidParams, "`cursor` is none of this method's"))
        }
        if !errors.isEmpty {
            let list = errors.map {
                "\($0.code.rawValue < 0 ? "\($0.code.rawValue)" : "`\($0.code.kind)`") when \($0.when)"
            }
            text += "\nErrors: \(list.joined(separator: "; ")).\n"
        }
        if !endpoint.remarks.isEmpty { text += "\n\(endpoint.remarks)\n" }
        return text
    }

    private static func fields(_ fields: [Field], prefix: String) -> [[String]] {
        fields.flatMap { field -> [[String]] in
            let name = prefix + field.name
            let presence = field.presence.map { "only when \($0)" }
            let meaning = [presence, field.meaning.isEmpty ? nil : field.meaning].compactMap { $0 }
                .joined(separator: ": ")
            let row = ["`\(name)`", type(field), meaning + words(field.shape)]
            switch field.shape.known {
            case .object(let inner): return [row] + self.fields(inner, prefix: name + ".")
            case .array(.object(let inner)): return [row] + self.fields(inner, prefix: name + "[].")
            default: return [row]
            }
        }
    }

    private static func type(_ field: Field) -> String {
        field.unit.map { "\(field.shape.text) (\($0))" } ?? field.shape.text
    }

    private static func words(_ parameter: Parameter) -> String { words(parameter.kind.words, parameter.meaning) }

    private static func words(_ shape: Shape) -> String {
        if case .choice(let words) = shape.known { words.isEmpty ? "" : self.words(words, "") } else { "" }
    }

    /// The words that may stand there, but for those that the sentence has named.
    private static func words(_ words: [String]?, _ meaning: String) -> String {
        guard let words, !words.allSatisfy({ meaning.contains("`\($0)`") }) else { return "" }
        return (meaning.isEmpty ? "" : ": ") + words.map { "`\($0)`" }.joined(separator: ", ")
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        ([head, head.map { _ in "---" }] + rows).map { "| \($0.joined(separator: " | ")) |\n" }.joined()
    }

    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }
}

extension Parameter {
    /// The most values of it.
    var valuesMax: Int {
        switch kind {
        case .texts(let maximum), .conditions(let maximum): maximum
        case .choices: Parameter.valuesMax
        default: 1
        }
    }
}
