import Assessment
import ChurnModel
import Locks
import Records
import Store

/// What an operator wanted of a version and cannot have.
public struct ChurnVersionProblem: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// There is no such version.
        case unknown
        /// The bytes are no model that can be used here.
        case unusable
        /// The folder of models cannot be used.
        case unavailable
    }

    public var kind: Kind
    public var description: String
}

/// What an operator wants to rank the clients.
public enum ChurnChoice: Sendable, Equatable {
    /// Whatever trainings come to.
    case automatic
    case rules
    case version(String)
}

extension ChurnTrainer {
    func use(_ choice: ChurnChoice) throws(ChurnVersionProblem) {
        switch choice {
        case .rules:
            try change("", "chosen", "an operator handed the ranking back to the rules, until that is taken back") {
                try decide(nil, ModelShelf.InForce(version: nil, isChosen: true))
            }
        case .version(let version):
            let scorer = try scorer(version)
            try change(version, "chosen", "an operator put \(version) in force, until that is taken back") {
                try decide(scorer, ModelShelf.InForce(version: version, isChosen: true))
            }
        case .automatic:
            let version = status.scorer?.version
            try change(
                version ?? "", "released",
                "an operator took the choice back: \(version ?? "the rules") until a training comes to something better"
            ) {
                // What is in force now, whatever was chosen: a file that cannot be used is chosen no longer.
                let scorer = status.scorer
                try decide(scorer, ModelShelf.InForce(version: scorer?.version, isChosen: false))
            }
        }
    }

    func export(_ version: String?) throws(ChurnVersionProblem) -> (version: String, bytes: [UInt8]) {
        if let scorer = status.scorer, version == nil || version == scorer.version {
            return (scorer.version, scorer.bundle.encoded())
        }
        guard let version else {
            throw ChurnVersionProblem(kind: .unknown, description: "no model is in force; name a version")
        }
        return (version, try scorer(version).bundle.encoded())
    }

    func take(_ bytes: [UInt8]) throws(ChurnVersionProblem) -> String {
        let bundle: ChurnModelBundle
        let version: String
        do {
            bundle = try ChurnModelBundle(decoding: bytes)
            let day = bundle.model.record.trainedOnDay.map { Day(rawValue: Int32(truncatingIfNeeded: $0)).description }
            version = "churn-\(day ?? "imported")-\(ChurnModelBundle.digest(bytes).prefix(8))"
            _ = try ChurnScorer(version: version, bundle: bundle)
        } catch {
            throw ChurnVersionProblem(kind: .unusable, description: "\(error)")
        }
        guard let shelf else { throw ChurnVersionProblem.noFolder }
        do {
            try shelf.write(bytes, as: version)
            try shelf.note(note(version, "imported", "an operator handed in \(version)"))
        } catch {
            throw ChurnVersionProblem(kind: .unavailable, description: "\(error)")
        }
        refreshVersions()
        return version
    }

    private func scorer(_ version: String) throws(ChurnVersionProblem) -> ChurnScorer {
        guard let shelf else { throw ChurnVersionProblem.noFolder }
        guard shelf.versions().contains(version) else {
            throw ChurnVersionProblem(kind: .unknown, description: "there is no version \"\(version)\"")
        }
        do {
            return try read(version, from: shelf)
        } catch {
            throw ChurnVersionProblem(kind: .unusable, description: "\(version) cannot be used: \(error)")
        }
    }

    private func change(
        _ version: String, _ outcome: String, _ statement: String, _ body: () throws -> Void
    ) throws(ChurnVersionProblem) {
        do {
            try deciding.withLock { _ in
                try body()
                let note = note(version, outcome, statement)
                try shelf?.note(note)
                state.withLock { $0.status.last = note }
            }
        } catch {
            throw ChurnVersionProblem(kind: .unavailable, description: "\(error)")
        }
    }

    private func note(_ version: String, _ outcome: String, _ statement: String) -> ModelShelf.Note {
        ModelShelf.Note(at: now(), version: version, outcome: outcome, asOf: nil, statement: statement)
    }
}

extension ChurnVersionProblem {
    fileprivate static let noFolder = ChurnVersionProblem(
        kind: .unavailable, description: "the folder of models cannot be used; see the daemon's log")
}
