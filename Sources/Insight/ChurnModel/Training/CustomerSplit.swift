/// Divisions of rows that keep all rows of a customer on one side.
///
/// Customers are ordered by their hash mixed with the seed, positives and negatives apart, so that every part has about
/// the same share of positives and neither the order of rows nor a generator's state plays a role.
public enum CustomerSplit {
    /// Deals the rows into folds.
    /// - Parameters:
    ///   - labels: one per row.
    ///   - groups: the customer of each row as a hash.
    /// - Returns: the fold of every row, 0..<foldCount.
    public static func folds(labels: [Bool], groups: [UInt64], foldCount: Int, seed: UInt64) -> [Int] {
        assign(labels: labels, groups: groups, seed: seed) { seen, _ in seen % max(1, foldCount) }
    }

    /// Marks about the given share of the customers.
    static func heldBack(labels: [Bool], groups: [UInt64], share: Double, seed: UInt64) -> [Bool] {
        assign(labels: labels, groups: groups, seed: seed) { seen, total in
            Double(seen) < (share * Double(total)).rounded()
        }
    }

    private static func assign<Part>(
        labels: [Bool],
        groups: [UInt64],
        seed: UInt64,
        part: (_ seen: Int, _ total: Int) -> Part
    ) -> [Part] {
        // A customer counts as positive when any of the rows is.
        var isPositive: [UInt64: Bool] = [:]
        for (label, group) in zip(labels, groups) { isPositive[group] = label || isPositive[group] == true }
        var partOf: [UInt64: Part] = [:]
        for wanted in [false, true] {
            let members = isPositive.filter { $0.value == wanted }.keys
                .map { (order: SplitMix64.mix($0 ^ SplitMix64.mix(seed &+ 0x632B_E59B_D9B4_E019)), group: $0) }
                .sorted { ($0.order, $0.group) < ($1.order, $1.group) }
            for (seen, member) in members.enumerated() {
                partOf[member.group] = part(seen, members.count)
            }
        }
        return groups.compactMap { partOf[$0] }
    }
}
