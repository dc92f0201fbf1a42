/// A strict reader of the Prometheus text exposition format 0.0.4, written from its description: what it does not
/// accept, a scraper need not accept.
struct PrometheusParser {
    struct Series: Hashable {
        let name: String
        let labels: [String: String]
    }

    struct ParseError: Error, CustomStringConvertible {
        let line: Int
        let description: String
    }

    private(set) var types: [String: String] = [:]
    private(set) var helps: [String: String] = [:]
    private(set) var values: [Series: Double] = [:]
    /// The series in the order of the text.
    private(set) var order: [Series] = []

    init(_ text: String) throws {
        guard text.isEmpty || text.utf8.last == UInt8(ascii: "\n") else {
            throw ParseError(line: 0, description: "the last line has no line feed")
        }
        var current: String?
        var closed: Set<String> = []
        let lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: true).map { String($0) }
        for (index, line) in lines.enumerated() {
            func fail(_ reason: String) -> ParseError { ParseError(line: index + 1, description: "\(reason): \(line)") }
            if line.hasPrefix("# ") {
                let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
                guard parts.count == 4, Self.isMetricName(parts[2]) else { throw fail("not a comment of the format") }
                let name = parts[2]
                if name != current {
                    if let current { closed.insert(current) }
                    guard !closed.contains(name) else { throw fail("the family was ended before") }
                    current = name
                }
                switch parts[1] {
                case "HELP":
                    guard helps[name] == nil else { throw fail("second HELP") }
                    guard types[name] == nil else { throw fail("HELP after TYPE") }
                    helps[name] = parts[3]
                case "TYPE":
                    guard types[name] == nil else { throw fail("second TYPE") }
                    guard ["counter", "gauge", "histogram"].contains(parts[3]) else { throw fail("type") }
                    types[name] = parts[3]
                default: throw fail("keyword")
                }
                continue
            }
            let (series, value) = try Self.sample(line, fail)
            guard let current, let type = types[current] else { throw fail("no TYPE before the sample") }
            let suffixes = type == "histogram" ? ["_bucket", "_sum", "_count"] : [""]
            guard suffixes.contains(where: { series.name == current + $0 }) else { throw fail("not of the family") }
            guard (series.labels["le"] != nil) == series.name.hasSuffix("_bucket") || type != "histogram" else {
                throw fail("le")
            }
            guard values[series] == nil else { throw fail("series occurs twice") }
            guard value.isFinite else { throw fail("not finite") }
            if type == "counter", value < 0 { throw fail("negative counter") }
            values[series] = value
            order.append(series)
        }
        try checkHistograms()
    }

    subscript(name: String, labels: [String: String] = [:]) -> Double? {
        values[Series(name: name, labels: labels)]
    }

    /// Buckets grow with their bounds, the last is `+Inf` and equals the count.
    private func checkHistograms() throws {
        for (name, type) in types where type == "histogram" {
            let counts = values.filter { $0.key.name == name + "_count" }
            for (series, count) in counts {
                var buckets: [(bound: Double, count: Double)] = []
                for (bucket, value) in values where bucket.name == name + "_bucket" {
                    var labels = bucket.labels
                    guard let bound = labels.removeValue(forKey: "le"), labels == series.labels else { continue }
                    guard let number = bound == "+Inf" ? .infinity : Double(bound) else {
                        throw ParseError(line: 0, description: "bound \(bound)")
                    }
                    buckets.append((number, value))
                }
                buckets.sort { $0.bound < $1.bound }
                guard buckets.last?.bound == .infinity, buckets.last?.count == count,
                    zip(buckets, buckets.dropFirst()).allSatisfy({ $0.count <= $1.count }),
                    values[Series(name: name + "_sum", labels: series.labels)] != nil
                else { throw ParseError(line: 0, description: "histogram \(name) \(series.labels) is not consistent") }
            }
        }
    }

    private static func sample(_ line: String, _ fail: (String) -> ParseError) throws -> (Series, Double) {
        var rest = Array(line.unicodeScalars)[...]
        func take(while accepts: (Unicode.Scalar) -> Bool) -> String {
            var view = String.UnicodeScalarView()
            while let first = rest.first, accepts(first) { view.append(rest.removeFirst()) }
            return String(view)
        }
        let name = take { $0 != "{" && $0 != " " }
        guard isMetricName(name) else { throw fail("name") }
        var labels: [String: String] = [:]
        if rest.first == "{" {
            rest.removeFirst()
            while true {
                let label = take { $0 != "=" }
                guard isLabelName(label), labels[label] == nil else { throw fail("label") }
                guard rest.starts(with: ["=", "\""]) else { throw fail("label without a quoted value") }
                rest.removeFirst(2)
                var value = String.UnicodeScalarView()
                while let next = rest.popFirst(), next != "\"" {
                    guard next == "\\" else {
                        value.append(next)
                        continue
                    }
                    switch rest.popFirst() {
                    case "\\": value.append("\\")
                    case "\"": value.append("\"")
                    case "n": value.append("\n")
                    default: throw fail("escape")
                    }
                }
                labels[label] = String(value)
                let separator = rest.popFirst()
                if separator == "}" { break }
                guard separator == "," else { throw fail("end of labels") }
            }
        }
        guard rest.popFirst() == " ", let value = Double(String(String.UnicodeScalarView(rest))) else {
            throw fail("value")
        }
        return (Series(name: name, labels: labels), value)
    }

    private static func isMetricName(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-zA-Z_:][a-zA-Z0-9_:]*/) != nil
    }

    private static func isLabelName(_ text: String) -> Bool {
        text.wholeMatch(of: /[a-zA-Z_][a-zA-Z0-9_]*/) != nil && !text.hasPrefix("__")
    }
}
