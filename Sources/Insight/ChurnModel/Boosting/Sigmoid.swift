import Glibc

/// The logistic function and its companions, safe for any finite argument.
enum Sigmoid {
    /// 1 / (1 + e^-margin).
    @inline(__always)
    static func probability(_ margin: Double) -> Double {
        1 / (1 + exp(-margin))
    }

    /// ln(p / (1 - p)) with p kept inside [1e-15, 1 - 1e-15].
    @inline(__always)
    static func logit(_ probability: Double) -> Double {
        let bounded = min(max(probability, 1e-15), 1 - 1e-15)
        return log(bounded / (1 - bounded))
    }

    /// -ln of the probability that the margin gives to the label.
    @inline(__always)
    static func logLoss(margin: Double, label: Bool) -> Double {
        let signed = label ? -margin : margin
        return signed > 0 ? signed + log1p(exp(-signed)) : log1p(exp(signed))
    }
}
