extension ProphetSettings {
    /// Names the output columns use themselves.
    static let reservedNames: Set<String> = {
        let components = [
            "trend", "additive_terms", "daily", "weekly", "yearly", "holidays", "zeros",
            "extra_regressors_additive", "extra_regressors_multiplicative", "multiplicative_terms", "yhat",
        ]
        let bounds = components.flatMap { [$0 + "_lower", $0 + "_upper"] }
        return Set(components + bounds + ["ds", "y", "cap", "floor", "y_scaled", "cap_scaled"])
    }()

    /// Standard seasonalities: name, period in days and Fourier order.
    static let standardSeasonalities: [(name: String, periodDays: Double, fourierOrder: Int)] = [
        ("yearly", 365.25, 10), ("weekly", 7, 3), ("daily", 1, 4),
    ]

    /// Checks every setting that can be checked without data.
    public func validate() throws(ForecastError) {
        try validateScales()
        var names: Set<String> = []
        for seasonality in seasonalities {
            let standard = Self.standardSeasonalities.contains { $0.name == seasonality.name }
            try Self.validateName(seasonality.name, allowingStandard: standard)
            guard names.insert(seasonality.name).inserted else {
                throw .invalidName(name: seasonality.name, reason: "used twice; give each component its own name")
            }
            try validate(seasonality)
        }
        let ownNames = names
        for name in Set(holidays.map(\.name)).sorted() {
            try Self.validateName(name, allowingStandard: false)
            guard !ownNames.contains(name) else {
                throw .invalidName(name: name, reason: "already a seasonality; give each component its own name")
            }
            names.insert(name)
        }
        try validateHolidays()
        for regressor in regressors {
            try Self.validateName(regressor.name, allowingStandard: false)
            guard names.insert(regressor.name).inserted else {
                throw .invalidName(name: regressor.name, reason: "used twice; give each component its own name")
            }
            try Self.validateScale(regressor.priorScale, name: "prior scale of regressor \(regressor.name)")
        }
    }

    private func validateScales() throws(ForecastError) {
        try Self.validateScale(changepointPriorScale, name: "changepointPriorScale")
        try Self.validateScale(seasonalityPriorScale, name: "seasonalityPriorScale")
        try Self.validateScale(holidaysPriorScale, name: "holidaysPriorScale")
        guard intervalWidth >= 0, intervalWidth < 1 else {
            throw .invalidSetting(name: "intervalWidth", reason: "found \(intervalWidth), give a share in 0..<1")
        }
        if case .automatic(let count, let range) = changepoints {
            guard count >= 0, count <= 10_000 else {
                throw .invalidSetting(name: "changepoints", reason: "found a count of \(count), give 0...10000")
            }
            guard range >= 0, range <= 1 else {
                throw .invalidSetting(name: "changepoints", reason: "found a range of \(range), give 0...1")
            }
        }
        switch uncertainty {
        case .simulated(let paths), .simulatedChangepoints(let paths):
            guard paths >= 0, paths <= 1_000_000 else {
                throw .invalidSetting(name: "uncertainty", reason: "found \(paths) paths, give 0...1000000")
            }
        case .exact, .none: break
        }
        let orders = [yearlySeasonality, weeklySeasonality, dailySeasonality]
        for (choice, standard) in zip(orders, Self.standardSeasonalities) {
            if case .order(let order) = choice, order < 0 || order > 1000 {
                throw .invalidSetting(
                    name: "\(standard.name)Seasonality", reason: "found order \(order), give 0...1000")
            }
        }
    }

    private func validate(_ seasonality: Seasonality) throws(ForecastError) {
        guard seasonality.periodDays > 0, seasonality.periodDays.isFinite else {
            throw .invalidSetting(
                name: "seasonality \(seasonality.name)",
                reason: "found a period of \(seasonality.periodDays), give days")
        }
        guard seasonality.fourierOrder >= 1, seasonality.fourierOrder <= 1000 else {
            throw .invalidSetting(
                name: "seasonality \(seasonality.name)",
                reason: "found \(seasonality.fourierOrder) Fourier terms, give 1...1000"
            )
        }
        try Self.validateScale(seasonality.priorScale, name: "prior scale of seasonality \(seasonality.name)")
        if let condition = seasonality.conditionName {
            try Self.validateName(condition, allowingStandard: false)
        }
    }

    private func validateHolidays() throws(ForecastError) {
        var scales: [String: Double] = [:]
        for holiday in holidays {
            guard holiday.lowerWindowDays <= 0, holiday.upperWindowDays >= 0 else {
                throw .invalidHoliday(
                    name: holiday.name,
                    reason: "window \(holiday.lowerWindowDays)...\(holiday.upperWindowDays) must run from a day "
                        + "not after to a day not before the holiday"
                )
            }
            guard holiday.lowerWindowDays >= -366, holiday.upperWindowDays <= 366 else {
                throw .invalidHoliday(
                    name: holiday.name,
                    reason: "window \(holiday.lowerWindowDays)...\(holiday.upperWindowDays) is wider than a year"
                )
            }
            guard abs(holiday.dayNumber) <= 40_000_000 else {
                throw .invalidHoliday(name: holiday.name, reason: "day \(holiday.dayNumber) is not a day number")
            }
            let scale = holiday.priorScale ?? holidaysPriorScale
            guard scale > 0, scale.isFinite else {
                throw .invalidHoliday(name: holiday.name, reason: "prior scale \(scale) must be above 0")
            }
            if let other = scales.updateValue(scale, forKey: holiday.name), other != scale {
                throw .invalidHoliday(
                    name: holiday.name, reason: "prior scales \(other) and \(scale) differ; give one per holiday name")
            }
        }
    }

    private static func validateScale(_ scale: Double?, name: String) throws(ForecastError) {
        guard let scale else { return }
        guard scale > 0, scale.isFinite else {
            throw .invalidSetting(name: name, reason: "found \(scale), give a number above 0")
        }
    }

    private static func validateName(_ name: String, allowingStandard: Bool) throws(ForecastError) {
        guard !name.isEmpty else { throw .invalidName(name: name, reason: "it is empty") }
        guard !name.contains("_delim_") else {
            throw .invalidName(name: name, reason: "it contains _delim_, which separates column names")
        }
        guard allowingStandard || !reservedNames.contains(name) else {
            throw .invalidName(name: name, reason: "it is reserved; choose another")
        }
    }
}
