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

    /// Health's measure of revenue, 0…100; not a number where the decline is unknown.
    @inlinable
    public static func health(_ decline: Double) -> Double { 100 * (1 - decline) }
}
