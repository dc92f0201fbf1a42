/// What is known of a metric before it is first used.
public struct MetricDescription: Sendable, Hashable {
    /// The name in the text.
    public let name: String
    /// The `# HELP` line.
    public let help: String
    /// Upper bounds of the buckets of a histogram, ascending, in the metric's unit; `nil` for the registry's own.
    public let bounds: [Double]?

    /// Bounds that are not finite are left out, the others sorted.
    public init(name: String, help: String, bounds: [Double]? = nil) {
        self.name = name
        self.help = help
        self.bounds = bounds.map { Set($0.filter(\.isFinite)).sorted() }
    }
}
