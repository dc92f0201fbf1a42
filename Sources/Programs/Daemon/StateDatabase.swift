import Pipeline
import Store

/// Opens `aura.db`, and says which file is meant when it is not what it should be.
enum StateDatabase {
    /// - Parameter rebuilds: a damaged file is set aside, because another one is about to be made in its place.
    static func open(_ path: String, logBytesMax: Int, rebuilds: Bool) throws -> SilverStore {
        do {
            return try SilverStore(path: path, logBytesMax: logBytesMax)
        } catch {
            guard rebuilds, StoreError.isDamage(error) else { throw named(error, path) }
            try SilverStore.setAside(path)
            return try SilverStore(path: path, logBytesMax: logBytesMax)
        }
    }

    /// Does something with the database; what is said of damage names it.
    static func naming<Result>(_ store: SilverStore, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw named(error, store.path)
        }
    }

    private static func named(_ error: any Error, _ path: String) -> any Error {
        if let error = error as? StoreError, error.isNewer { return StateProblem.databaseNewer(path: path) }
        if StoreError.isDamage(error) { return StateProblem.databaseDamaged(path: path, detail: "\(error)") }
        return error
    }
}

/// A start that came to nothing because of what lies in the state directory.
public enum StartRefusal {
    /// Whether an operator has to decide what is to be done: starting again changes nothing.
    public static func isOne(_ error: any Error) -> Bool { error is StateProblem }
}
