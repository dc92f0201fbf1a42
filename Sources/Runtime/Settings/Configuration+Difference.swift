import Records

/// A setting that differs between two configurations.
public struct ConfigurationChange: Sendable, Equatable, CustomStringConvertible {
    /// When a change comes into force.
    public enum Effect: String, Sendable, CaseIterable {
        /// With SIGHUP.
        case reload
        /// With the next start of the daemon only.
        case restart
        /// Never: the key is accepted for a later version.
        case unused

        /// In words, behind a key or a change of it.
        public var text: String {
            switch self {
            case .reload: "takes effect on reload"
            case .restart: "needs a restart"
            case .unused: "accepted and has no effect in this version"
            }
        }
    }

    /// `limits.connections`; `rules.many_tickets` for one rule; `fx.EUR` for the rates of one currency.
    public var key: String
    /// As YAML text; nil where there was or is none.
    public var old: String?
    public var new: String?
    public var effect: Effect

    public init(key: String, old: String?, new: String?, effect: Effect) {
        self.key = key
        self.old = old
        self.new = new
        self.effect = effect
    }

    /// `limits.connections: 256 -> 512 (takes effect on reload)`.
    public var description: String {
        func short(_ text: String?) -> String {
            guard let text else { return "none" }
            return text.count <= 120 ? text : text.prefix(119) + "…"
        }
        return "\(key): \(short(old)) -> \(short(new)) (\(effect.text))"
    }
}

extension Configuration {
    /// What changes when this configuration replaces `old`, in the order of the files; empty when they are equal.
    public func difference(from old: Configuration) -> [ConfigurationChange] {
        Self.changes(from: old.entries, to: entries) + Self.changes(from: old.risk.entries, to: risk.entries)
            + orderChange(from: old) + rateChanges(from: old) + holidayChange(from: old)
    }

    private static func changes(
        from old: [ConfigurationEntry], to new: [ConfigurationEntry]
    ) -> [ConfigurationChange] {
        let oldValues = Dictionary(old.map { ($0.keyPath, $0) }, uniquingKeysWith: { first, _ in first })
        let newKeys = Set(new.map(\.keyPath))
        let changed = new.compactMap { entry -> ConfigurationChange? in
            let before = oldValues[entry.keyPath]?.value
            if before == entry.value { return nil }
            return ConfigurationChange(key: entry.keyPath, old: before, new: entry.value, effect: entry.effect)
        }
        let removed = old.filter { !newKeys.contains($0.keyPath) }.map {
            ConfigurationChange(key: $0.keyPath, old: $0.value, new: nil, effect: $0.effect)
        }
        return changed + removed
    }

    /// Rules are shown in the order of the file, so that the order alone is a change too.
    private func orderChange(from old: Configuration) -> [ConfigurationChange] {
        let before = old.risk.rules.map(\.name)
        let after = risk.rules.map(\.name)
        if before == after || before.sorted() != after.sorted() { return [] }
        return [
            ConfigurationChange(
                key: "rules (order)", old: YAMLText.list(before), new: YAMLText.list(after), effect: .reload)
        ]
    }

    private func rateChanges(from old: Configuration) -> [ConfigurationChange] {
        let currencies = Set(old.rates.currencies).union(rates.currencies)
            .subtracting([old.baseCurrency, baseCurrency]).sorted()
        return currencies.compactMap { currency in
            let before = old.rates.steps(of: currency)
            let after = rates.steps(of: currency)
            if before == after { return nil }
            return ConfigurationChange(
                key: "fx.\(currency)", old: Self.summary(before), new: Self.summary(after), effect: .reload)
        }
    }

    private func holidayChange(from old: Configuration) -> [ConfigurationChange] {
        if holidays == old.holidays { return [] }
        func summary(_ holidays: [CountryHoliday]) -> String? {
            holidays.isEmpty ? nil : "\(holidays.count) of \(Set(holidays.map(\.country)).count) countries"
        }
        return [
            ConfigurationChange(
                key: "holidays (days)", old: summary(old.holidays), new: summary(holidays), effect: .reload)
        ]
    }

    private static func summary(_ steps: [ExchangeRates.Step]) -> String? {
        guard let last = steps.last else { return nil }
        return "\(steps.count) \(steps.count == 1 ? "rate" : "rates"), \(last.rate.text) from \(last.day)"
    }
}

extension ExchangeRate {
    /// The decimal number.
    fileprivate var text: String {
        let digits = String(mantissa)
        if scale == 0 { return digits }
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.utf8.count)) + digits
        return "\(padded.dropLast(scale)).\(padded.suffix(scale))"
    }
}
