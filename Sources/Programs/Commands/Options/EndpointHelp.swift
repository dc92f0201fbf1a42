public import ArgumentParser
internal import Contract
public import Words

// What an option says of itself is what the table of methods says of the parameter that it becomes.

extension ArgumentHelp {
    /// - Parameters:
    ///   - name: the parameter.
    ///   - more: what is to be said of the option alone, a sentence.
    static func of(
        _ endpoint: Endpoint, _ name: String, _ more: String? = nil, valueName: String? = nil
    ) -> ArgumentHelp {
        of(endpoint.parameter(name), more, valueName: valueName)
    }

    /// A filter, which many methods take.
    static func filter(_ name: String, valueName: String) -> ArgumentHelp {
        of(Parameter.filters.first { $0.name == name }, valueName: valueName)
    }

    private static func of(_ parameter: Parameter?, _ more: String? = nil, valueName: String?) -> ArgumentHelp {
        guard let parameter else { preconditionFailure("an option is for no parameter of the table") }
        var text = parameter.meaning.prefix(1).uppercased() + parameter.meaning.dropFirst()
        if case .integer(let range, _) = parameter.kind, range.upperBound < .max {
            text += ", \(range.lowerBound) to \(range.upperBound)"
        }
        if let fallback = parameter.fallback ?? integerDefault(parameter) { text += " (default: \(fallback))" }
        text += "."
        if let more { text += " " + more }
        // Marks of the page that are none at a terminal.
        text = text.filter { $0 != "`" }
        return valueName.map { ArgumentHelp(stringLiteral: text, valueName: $0) } ?? ArgumentHelp(stringLiteral: text)
    }

    /// Defaults that stand as values of an option are shown by themselves.
    private static func integerDefault(_ parameter: Parameter) -> String? {
        if case .integer(_, let value?) = parameter.kind { "\(value)" } else { nil }
    }

    private init(stringLiteral text: String, valueName: String) {
        self.init(stringLiteral: text)
        self.valueName = valueName
    }
}

// The words of the table, as values of options.
extension RiskLevel: ExpressibleByArgument {}
extension ClientStatus: ExpressibleByArgument {}
extension CohortStart: ExpressibleByArgument {}
extension CohortMeasure: ExpressibleByArgument {}
extension SeriesStep: ExpressibleByArgument {}
extension Grouping: ExpressibleByArgument {}
extension PeriodComparison: ExpressibleByArgument {}
extension ForecastMetric: ExpressibleByArgument {}
extension LeftOutDays: ExpressibleByArgument {}
extension ExportedTable: ExpressibleByArgument {}
extension DropState: ExpressibleByArgument {}
extension DropCategory: ExpressibleByArgument {}
extension SourceType: ExpressibleByArgument {}
