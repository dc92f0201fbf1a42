/// How it is told who has left.
public struct LifecycleSettings: Sendable, Equatable {
    /// What is looked at, the strongest first; the first that a client has is his.
    public var signs: [LeavingSign]
    /// Days without activity after which a client has left; nil: from his own rhythm, or the company's.
    public var leftAfterDays: Int?
    /// Days within which a new client is expected to begin.
    public var startDays: Int

    public init(signs: [LeavingSign] = LeavingSign.allCases, leftAfterDays: Int? = nil, startDays: Int = 90) {
        self.signs = signs
        self.leftAfterDays = leftAfterDays
        self.startDays = startDays
    }

    /// Longer than any data reaches: what comes from outside is held there.
    private static let daysMax = 4_000_000

    /// The days of silence where they are set, held within what can be counted with.
    public var fixedDays: Int32? {
        leftAfterDays.map { Int32(truncatingIfNeeded: min(max(1, $0), LifecycleSettings.daysMax)) }
    }

    public var daysToStart: Int { min(max(0, startDays), LifecycleSettings.daysMax) }
}
