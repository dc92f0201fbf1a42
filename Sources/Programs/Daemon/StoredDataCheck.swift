import Pipeline
import Records
public import Settings
import Store

/// What `--check-config` can tell of the data that is stored: whether a start or a reload would refuse the configuration
/// because of it.
public enum StoredDataCheck: Sendable, Equatable {
    /// Nothing speaks against the configuration; in a line for the report, empty where nothing is stored.
    case good([String])
    /// A start and a reload would refuse it.
    case refused(String)

    public static func look(_ configuration: Configuration) -> StoredDataCheck {
        let path = "\(configuration.stateDirectory)/aura.db"
        do {
            guard let payments = try SilverStore.storedPayments(at: path) else { return .good([]) }
            let unrated = payments.unrated(configuration.rates)
            guard unrated.isEmpty else {
                let problem = StateProblem.ratesMissing(unrated, base: configuration.rates.baseCurrency)
                return .refused("\(path) is refused with this configuration, at a start and at a reload: \(problem)")
            }
            return .good(["stored data    \(path): there is a rate for every currency in it"])
        } catch {
            return .good([
                "! not looked at: whether there is a rate for every currency of the payments in \(path), which could not be "
                    + "read (\(error)); run this as the daemon's user"
            ])
        }
    }
}
