import Pipeline
import Store

/// Opens `aura.db`, and says which file is meant when it is not what it should be.
enum StateDatabase {
    /// - Parameter rebuilds: a file that is damaged so that its ledger cannot be gone by is set aside, because another
    ///   one is about to be made in its place.
    /// - Returns: the database, and under which path a damaged one is kept.
    static func open(_ path: String, logBytesMax: Int, rebuilds: Bool) throws -> (store: SilverStore, kept: String?) {
        do {
            let store = try SilverStore(path: path, logBytesMax: logBytesMax)
            let findings = store.ledgerProblems()
            if !findings.isEmpty { throw Damage(store: store, findings: findings) }
            if !rebuilds { try naming(store) { try store.checkLength() } }
            return (store, nil)
        } catch {
            let error = named(error, path)
            guard rebuilds, case StateProblem.databaseDamaged = error else { throw error }
        }
        let kept = try SilverStore.setAside(path)
        return (try SilverStore(path: path, logBytesMax: logBytesMax), kept)
    }

    /// The ledger cannot be read, or holds what cannot stand in it.
    private struct Damage: Error {
        var findings: [String]

        init(store: SilverStore, findings: [String]) {
            store.close()
            self.findings = findings
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
        if let error = error as? Damage {
            return StateProblem.databaseDamaged(path: path, detail: Findings.short(error.findings))
        }
        if StoreError.isDamage(error, of: path) {
            return StateProblem.databaseDamaged(path: path, detail: Findings.short([StoreError.text(of: error)]))
        }
        return error
    }
}

/// A start that came to nothing because of what lies in the state directory.
public enum StartRefusal {
    /// Whether an operator has to decide what is to be done: starting again changes nothing.
    public static func isOne(_ error: any Error) -> Bool { error is StateProblem }

    /// Any error of a start in words for people.
    public static func text(of error: any Error) -> String { StoreError.text(of: error) }

    /// Under which names the originals were delivered that the refusal is about, one a line; nil when it is about none.
    /// Not for a log: a name may be a client's.
    public static func namesForPeople(_ error: any Error) -> String? {
        guard case .originalsDamaged(_, let files)? = error as? StateProblem, !files.isEmpty else { return nil }
        return files.map { "  \($0)" }.joined(separator: "\n")
    }
}
