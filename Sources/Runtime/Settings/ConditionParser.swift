import Records
import Words

/// Reads conditions: `METRIC [else METRIC] COMPARISON NUMBER`, such as `days_since_last_login else tenure_days > 30`.
struct ConditionParser {
    /// What is wrong, and where in the text, counted in Unicode scalars from 0.
    struct Failure: Error {
        var offset: Int
        var kind: ConfigurationProblem.Kind
        var found: String
        var expected: String
        var advice: String?
    }

    static let form = "METRIC > NUMBER or METRIC else METRIC > NUMBER"
    static let comparisons = RiskRule.Comparison.allCases.map(\.rawValue)

    private let scalars: [Unicode.Scalar]
    private var index = 0

    static func parse(_ text: String) throws(Failure) -> RiskRule.Condition {
        var parser = ConditionParser(scalars: Array(text.unicodeScalars))
        return try parser.condition()
    }

    private mutating func condition() throws(Failure) -> RiskRule.Condition {
        let metric = try metricName()
        var otherwise: String?
        skipSpaces()
        if word(at: index) == "else" {
            index += 4
            otherwise = try metricName()
        }
        let comparison = try comparison()
        let threshold = try threshold()
        return RiskRule.Condition(
            metric: metric, otherwise: otherwise, comparison: comparison, threshold: threshold)
    }

    private mutating func metricName() throws(Failure) -> String {
        skipSpaces()
        let start = index
        let name = word(at: start)
        if name.isEmpty { throw unexpected(expected: "the name of a metric (\(Self.form))") }
        guard ClientMetric(name: name) != nil else {
            let names = ClientMetric.published.map(\.name)
            let advice = NearestName.advice(name, in: names)
            throw Failure(
                offset: start, kind: .notAccepted, found: "the unknown metric \(Wording.quoted(name))",
                expected: advice == nil
                    ? "the name of a metric: \"aurac help metrics\" lists them" : "the name of a metric",
                advice: advice)
        }
        index += name.unicodeScalars.count
        return name
    }

    private mutating func comparison() throws(Failure) -> RiskRule.Comparison {
        skipSpaces()
        let start = index
        var symbol = ""
        while index < scalars.count, "<>=!".unicodeScalars.contains(scalars[index]) {
            symbol.unicodeScalars.append(scalars[index])
            index += 1
        }
        if let comparison = RiskRule.Comparison(rawValue: symbol) { return comparison }
        index = start
        let expected = "a comparison: \(Wording.alternatives(Self.comparisons))"
        if symbol.isEmpty { throw unexpected(expected: expected) }
        throw Failure(
            offset: start, kind: .notAccepted, found: Wording.quoted(symbol), expected: expected,
            advice: symbol == "=" ? "did you mean \"==\"?" : nil)
    }

    /// The rest of the text must be a number.
    private mutating func threshold() throws(Failure) -> Double {
        skipSpaces()
        var rest = String.UnicodeScalarView()
        rest.append(contentsOf: scalars[index...])
        while let last = rest.last, last == " " { rest.removeLast() }
        let text = String(rest)
        if let number = NumberText.decimal(text), abs(number) <= 1e15 { return number == 0 ? 0 : number }
        let expected = "one number up to 1e15, with a point as its mark"
        if text.isEmpty { throw unexpected(expected: expected) }
        throw Failure(
            offset: index, kind: .notAccepted, found: Wording.quoted(text), expected: expected,
            advice: text.hasSuffix("%") ? "fractions are written 0…1: 20 % is 0.2" : nil)
    }

    private func unexpected(expected: String) -> Failure {
        let word = word(at: index)
        let text = word.isEmpty && index < scalars.count ? String(Character(scalars[index])) : word
        let found = text.isEmpty ? "the end of the condition" : Wording.quoted(text)
        return Failure(offset: index, kind: .syntax, found: found, expected: expected)
    }

    private mutating func skipSpaces() {
        while index < scalars.count, scalars[index] == " " { index += 1 }
    }

    private func word(at start: Int) -> String {
        var result = ""
        for scalar in scalars[start...] {
            guard scalar == "_" || scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) else { break }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}

extension RiskRule.Condition {
    /// As it is written in rules.yaml.
    var text: String {
        let other = otherwise.map { " else \($0)" } ?? ""
        return "\(metric)\(other) \(comparison.rawValue) \(NumberText.text(threshold))"
    }
}
