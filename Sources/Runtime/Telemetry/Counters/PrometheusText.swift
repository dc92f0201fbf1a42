/// The Prometheus text exposition format, version 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/).
public enum PrometheusText {
    /// The text of the families, sorted by name; of two families of one name the first stays. Ends with a line feed
    /// unless it is empty.
    public static func render(_ families: [MetricFamily]) -> String {
        var seen: Set<String> = []
        let unique = families.filter { seen.insert($0.name).inserted }
        var text = ""
        for family in unique.sorted(by: { $0.name < $1.name }) {
            append(family, to: &text)
        }
        return text
    }

    private static func append(_ family: MetricFamily, to text: inout String) {
        if let help = family.help {
            text += "# HELP \(family.name) \(escapedHelp(help))\n"
        }
        text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        for sample in family.samples {
            text += family.name
            text += sample.suffix
            if !sample.labels.isEmpty {
                text += "{"
                text += sample.labels.map { "\($0.name)=\"\(escapedLabelValue($0.value))\"" }.joined(separator: ",")
                text += "}"
            }
            text += " "
            switch sample.value {
            case .integer(let value): text += String(value)
            case .real(let value): text += number(value)
            }
            text += "\n"
        }
    }

    /// The shortest text that reads back as the same number; whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value), whole.magnitude < 1 << 53 { return String(whole) }
        return value.description
    }

    // The format's escapes are per line feed and quote as single code points: a carriage return before the line feed,
    // which Swift takes as one character with it, must not hide it.
    private static func escapedHelp(_ text: String) -> String {
        escaped(text) { $0 == "\\" ? "\\\\" : $0 == "\n" ? "\\n" : nil }
    }

    private static func escapedLabelValue(_ text: String) -> String {
        escaped(text) { $0 == "\\" ? "\\\\" : $0 == "\n" ? "\\n" : $0 == "\"" ? "\\\"" : nil }
    }

    private static func escaped(_ text: String, _ escape: (Unicode.Scalar) -> String?) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if let replacement = escape(scalar) {
                result.append(contentsOf: replacement.unicodeScalars)
            } else {
                result.append(scalar)
            }
        }
        return String(result)
    }
}
