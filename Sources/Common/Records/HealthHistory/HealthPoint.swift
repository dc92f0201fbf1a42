/// The health of one client on one day in four bytes: the score in millionths, the level, and whether he was a client.
///
/// A millionth is far below what anybody looks at and far above what one rounding loses: ``score`` differs from the
/// score it was made from by at most half a millionth.
public struct HealthPoint: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
    /// Bits 0–27: one more than the score in millionths, 0 where the score is unknown; bits 28–30: the level, 7 where
    /// there is none. All bits stand for a day on which there was no such client.
    public var rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// He was not a client on that day.
    public static let absent = HealthPoint(rawValue: .max)

    private static let scoreMask: UInt32 = 1 << 28 - 1
    private static let noLevel: UInt32 = 7

    /// - Parameters:
    ///   - score: 0…100; NaN where it is unknown. What rounding has carried beyond either end counts as the end.
    ///   - level: nil where too little is known.
    public init(score: Double, level: HealthScores.Level?) {
        let millionths = score.isNaN ? 0 : UInt32(HealthPoint.millionths(score)) + 1
        rawValue = (level.map { UInt32($0.rawValue) } ?? HealthPoint.noLevel) << 28 | millionths
    }

    public var isAbsent: Bool { self == .absent }

    /// Millionths of a point, 0…100,000,000; nil where the score is unknown or there was no client.
    public var millionths: Int? {
        let stored = rawValue & HealthPoint.scoreMask
        return isAbsent || stored == 0 ? nil : Int(stored) - 1
    }

    /// 0…100, a whole number of millionths; NaN where it is unknown or there was no client.
    public var score: Double { millionths.map { Double($0) / 1_000_000 } ?? .nan }

    /// Nil where too little was known, or there was no client.
    public var level: HealthScores.Level? { isAbsent ? nil : HealthScores.Level(rawValue: UInt8(rawValue >> 28)) }

    /// A score as it is kept and shown in a history.
    public static func rounded(_ score: Double) -> Double {
        score.isNaN ? .nan : Double(millionths(score)) / 1_000_000
    }

    private static func millionths(_ score: Double) -> Int {
        Int((min(100, max(0, score)) * 1_000_000).rounded())
    }
}
