/// By how much a client's MRR has gone down from its highest of late.
public enum MRRDecline {
    /// The days that are looked back on, the as-of day included.
    public static let days = 180

    /// - Parameters:
    ///   - mrr: on the as-of day, micro-units.
    ///   - highest: of the last ``days``.
    /// - Returns: 0 (nothing lost) to 1 (all lost); not a number where there was no MRR.
    @inlinable
    public static func share(mrr: Int64, highest: Int64) -> Double {
        let highest = max(mrr, highest)
        guard highest > 0 else { return .nan }
        return (Double(highest) - Double(max(0, mrr))) / Double(highest)
    }

    /// The same from the days on which his MRR changed.
    /// - Parameters:
    ///   - steps: the day from which on a value holds, ascending; before the first he has none.
    public static func share(_ steps: Span<Step>, asOf: Int32) -> Double {
        let first = Int(asOf) - days + 1
        var current: Int64 = 0
        var highest: Int64 = 0
        for index in steps.indices where steps[index].from <= asOf {
            // What ended before the first day is not looked at; what held on it is.
            if Int(steps[index].from) > first { highest = max(highest, current) }
            current = steps[index].mrr
        }
        return share(mrr: current, highest: max(highest, current))
    }

    public struct Step: Sendable, Equatable, BitwiseCopyable {
        public var from: Int32
        public var mrr: Int64

        public init(from: Int32, mrr: Int64) {
            self.from = from
            self.mrr = mrr
        }
    }

    /// Health's measure of revenue, 0…100; not a number where the decline is unknown.
    @inlinable
    public static func health(_ decline: Double) -> Double { 100 * (1 - decline) }
}
