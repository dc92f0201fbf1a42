/// How values are written at an axis.
public enum ValueFormat: Sendable, Hashable {
    /// Numbers, with unit prefixes when large.
    case number
    /// Fractions as percentages.
    case percent
    /// Amounts of a currency by its code; the code stands at the top of the axis only.
    case money(currency: String)

    /// Labels for equally spaced values with as many digits as the spacing needs, and one unit prefix for all.
    func labels(_ values: [Double], step: Double, _ number: HumanNumber) -> [String] {
        let factor = self == .percent ? 100.0 : 1
        let largest = values.reduce(0) { max($0, ($1 * factor).magnitude) }
        guard largest <= 1e16, step * factor >= 1e-9 else { return values.map { number.compact($0 * factor) } }
        var divisor = 1.0
        var suffix = self == .percent ? " %" : ""
        if self != .percent {
            // Numbers up to 99,999 are easier to read in full.
            var prefixes = ["k", "M", "G", "T"].makeIterator()
            if largest >= 100_000 {
                while largest / divisor >= 1000, let prefix = prefixes.next() {
                    divisor *= 1000
                    suffix = " " + prefix
                }
            }
        }
        var fractionDigits = 0
        var scaledStep = step * factor / divisor
        // A step of 2.5 needs a digit as well as one of 0.2.
        while fractionDigits < 9, (scaledStep - scaledStep.rounded()).magnitude > 1e-6 * scaledStep {
            scaledStep *= 10
            fractionDigits += 1
        }
        return values.map {
            $0 == 0 && divisor > 1
                ? "0" : number.decimal($0 * factor / divisor, fractionDigits: fractionDigits) + suffix
        }
    }
}
