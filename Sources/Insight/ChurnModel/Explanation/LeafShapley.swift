/// What one leaf contributes to the Shapley values, from the definition.
///
/// When only some features are known, a tree's expectation is the sum over its leaves of value · product over the features
/// on the path: 1 or 0 for a known one by whether the row meets its conditions, the share of the training rows that does
/// for an unknown one. A leaf's share for feature d is value · (o_d - z_d) · the sum over all sets S of the other features
/// of |S|! (m - 1 - |S|)! / m! · product of o over S · product of z over the rest.
enum LeafShapley {
    /// The shares of all features for every combination of met conditions, for a leaf of value 1.
    /// - Parameter zeroFractions: by feature of the path, in any order; fewer than 16.
    /// - Returns: a row per combination, whose bit i is set when the row of data meets the conditions of feature i.
    static func table(_ zeroFractions: [Double]) -> [Double] {
        let count = zeroFractions.count
        guard count > 0 else { return [] }
        // |S|! (m - 1 - |S|)! / m! is 1 / (m · (m - 1 over |S|)).
        var weights = [Double](repeating: 1 / Double(count), count: count)
        for size in 1..<max(1, count) { weights[size] = weights[size - 1] * Double(size) / Double(count - size) }
        // Coefficient k: the sum of the products over all sets of k known features.
        var sums = [Double](repeating: 0, count: count)
        var table = [Double](repeating: 0, count: count << count)
        for feature in 0..<count {
            for met in 0..<(1 << count) where met >> feature & 1 == 0 {
                sums[0] = 1
                var degree = 0
                for other in 0..<count where other != feature {
                    let zero = zeroFractions[other]
                    if met >> other & 1 == 1 {
                        degree += 1
                        sums[degree] = sums[degree - 1]
                        for size in stride(from: degree - 1, to: 0, by: -1) {
                            sums[size] = sums[size] * zero + sums[size - 1]
                        }
                        sums[0] *= zero
                    } else {
                        for size in 0...degree { sums[size] *= zero }
                    }
                }
                var expected = 0.0
                for size in 0...degree { expected += weights[size] * sums[size] }
                // The sum does not depend on whether the feature's own conditions are met.
                table[met * count + feature] = expected * -zeroFractions[feature]
                table[(met | 1 << feature) * count + feature] = expected * (1 - zeroFractions[feature])
            }
        }
        return table
    }
}
