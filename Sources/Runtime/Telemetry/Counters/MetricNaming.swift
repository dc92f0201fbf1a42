/// From the labels of the metrics interface to the names the Prometheus text allows.
enum MetricNaming {
    /// `[a-zA-Z_:][a-zA-Z0-9_:]*`: every other character becomes an underscore.
    static func metric(_ label: String, suffix: String = "") -> String {
        let name = allowed(label) { isLetterOrDigit($0) || $0 == "_" || $0 == ":" }
        return suffix.isEmpty || name.hasSuffix(suffix) ? name : name + suffix
    }

    /// Valid names, sorted by name, of which none occurs twice (the last value counts). `le` belongs to histograms and
    /// names that start with two underscores to Prometheus: both get another name.
    static func labels(_ dimensions: [(String, String)]) -> [MetricLabel] {
        var values: [String: String] = [:]
        for (key, value) in dimensions {
            var name = allowed(key) { isLetterOrDigit($0) || $0 == "_" }
            if name == "le" { name = "exported_le" }
            if name.hasPrefix("__") { name = "exported" + name }
            values[name] = value
        }
        return values.map { MetricLabel(name: $0.key, value: $0.value) }.sorted()
    }

    private static func allowed(_ text: String, _ isAllowed: (Unicode.Scalar) -> Bool) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            result.append(isAllowed(scalar) ? scalar : "_")
        }
        guard let first = result.first else { return "_" }
        return "0"..."9" ~= first ? "_" + String(result) : String(result)
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        "a"..."z" ~= scalar || "A"..."Z" ~= scalar || "0"..."9" ~= scalar
    }
}
