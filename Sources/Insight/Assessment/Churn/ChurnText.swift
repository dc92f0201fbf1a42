import Records

/// Features in words. A feature goes with a risk, it is not said to cause it.
enum ChurnText {
    /// `logins fell from 14 to 2 in four weeks, associated with higher risk`
    static func associated(_ words: String, _ share: Double) -> String {
        "\(words), associated with \(share > 0 ? "higher" : "lower") risk"
    }

    /// Features that tell more beside the same of the time before.
    private static let pairs: [ClientFeature: (now: ClientFeature, before: ClientFeature)] = [
        .events28: (.events28, .eventsPrevious28), .eventsPrevious28: (.events28, .eventsPrevious28),
        .eventsTrend28: (.events28, .eventsPrevious28), .logins28: (.logins28, .loginsPrevious28),
        .loginsPrevious28: (.logins28, .loginsPrevious28), .activeDays28: (.activeDays28, .activeDaysPrevious28),
        .activeDaysPrevious28: (.activeDays28, .activeDaysPrevious28), .tickets28: (.tickets28, .ticketsPrevious28),
        .ticketsPrevious28: (.tickets28, .ticketsPrevious28), .payments90: (.payments90, .paymentsPrevious90),
        .paymentsPrevious90: (.payments90, .paymentsPrevious90), .revenue90: (.revenue90, .revenuePrevious90),
        .revenuePrevious90: (.revenue90, .revenuePrevious90), .revenueDecline90: (.revenue90, .revenuePrevious90),
    ]

    /// The measures of now and of the time before that are said of a feature; nil where it stands alone.
    static func pair(_ feature: ClientFeature) -> (now: ClientFeature, before: ClientFeature)? {
        pairs[feature]
    }

    static func words(_ category: FeatureDefinition, level: String?) -> String {
        "\(category.title) is \(level ?? "unknown")"
    }

    /// The value behind the title; a title that says days already is not told so again.
    private static func measured(_ value: Double, _ feature: FeatureDefinition) -> String {
        feature.unit == .days && feature.title.hasPrefix("days ") ? plain(value) : shown(value, feature.unit)
    }

    /// `with 6 instead of 2 logins in 28 days the model would say 12 % instead of 31 %`
    static func change(
        _ feature: FeatureDefinition, from: Double, to: Double, probability: Double, proposed: Double
    ) -> String {
        "with \(feature.title) at \(measured(to, feature)) instead of \(measured(from, feature)) the model would say "
            + "\(percent(proposed)) instead of \(percent(probability))"
    }

    // MARK: Numbers

    private static func shown(_ value: Double, _ unit: FeatureDefinition.Unit) -> String {
        if value.isNaN { return "unknown" }
        return switch unit {
        case .fraction: percent(value)
        case .days: "\(plain(value)) \(value == 1 ? "day" : "days")"
        case .hours: "\(plain(value)) h"
        case .months: "\(plain(value)) months"
        case .count, .money, .ratio, .rating, .score, .level: plain(value)
        }
    }

    static func percent(_ value: Double) -> String { "\(decimal(value * 100, value < 0.1 ? 1 : 0)) %" }

    /// A whole number without decimals, others with at most two; large ones without.
    static func plain(_ value: Double) -> String {
        if value.isNaN { return "unknown" }
        let isWhole = value == value.rounded()
        return decimal(value, isWhole || abs(value) >= 1000 ? 0 : abs(value) >= 10 ? 1 : 2)
    }

    /// A number with so many decimals.
    static func decimal(_ value: Double, _ digits: Int) -> String {
        let factor = [1.0, 10, 100, 1_000, 10_000, 100_000][min(max(digits, 0), 5)]
        let scaled = (abs(value) * factor).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let whole = Int(scaled) / Int(factor)
        let sign = value < 0 && scaled > 0 ? "-" : ""
        if digits == 0 { return "\(sign)\(whole)" }
        let rest = String(Int(scaled) % Int(factor))
        return "\(sign)\(whole).\(String(repeating: "0", count: max(0, digits - rest.utf8.count)))\(rest)"
    }
}
