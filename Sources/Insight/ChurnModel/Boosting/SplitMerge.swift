/// Chooses among the best splits of several columns.
enum SplitMerge {
    /// The split with the highest gain; the first of those that are equal within the tie width.
    static func best(_ splits: [SplitSearch.Split?]) -> SplitSearch.Split? {
        var best: SplitSearch.Split?
        for case .some(let split) in splits where split.gain > (best?.gain ?? 0) + SplitSearch.gainTie {
            best = split
        }
        return best
    }
}
