import Inbox
import Records
import Schedule
import Store

extension Stage {
    /// Reconciling ledger, silver, gold and originals.
    static let verify = Stage("verify")
}

/// The rhythm in which all that is kept is checked and originals are read again, and what follows from what is found. The
/// checks themselves stand in `VerifyStage+Checks.swift`.
final class VerifyStage: PipelineStage {
    static let name = Stage.verify
    static let leavesMemory = true
    unowned let core: PipelineCore
    /// Reads originals.
    let originals: OriginalsWorker
    /// Originals that were last found not to be what the ledger says, by hash.
    private var lostOriginals: [String: OriginalsReport.Finding] = [:]

    /// The note that holds when a verification last ended, in milliseconds.
    static let verifiedNote = "verified"
    static let verifiedNoteDamaged = "verified_note_damaged"

    init(_ core: PipelineCore) {
        self.core = core
        originals = OriginalsWorker(archive: core.places.archive)
        originals.listen { [weak queue = core.queue] outcome in
            queue?.async { _ = $0[VerifyStage.self].verify(outcome) }
        }
    }

    static func interval(_ settings: PipelineSettings) -> Double? { settings.verifyInterval }

    static func isOff(_ settings: PipelineSettings) -> Bool { interval(settings) == nil }

    var workers: [any StageWorker] { [originals] }

    func open() throws {
        if !core[IntakeStage.self].isRecoveryDue { try lookAtBronze() }
        try takeUpRhythm()
    }

    /// A daemon that is restarted every day verifies all the same: the rhythm goes on where it was.
    private func takeUpRhythm() throws {
        guard let interval = settings.verifyInterval, let noted = try places.store.note(VerifyStage.verifiedNote)
        else { return }
        let last = Int64(noted)
        if last == nil {
            board.raise(
                VerifyStage.verifiedNoteDamaged,
                "when the last verification ended cannot be read from aura.db, where the note of it was changed: "
                    + "everything is verified again within minutes, which notes it anew", at: now())
        }
        let since = last.map { max(0, Double(now().rawValue - $0) / 1000) } ?? interval
        // Not in the first minute, which has enough to do.
        ask(notBefore: MonotonicClock.seconds() + max(60, interval - since))
    }

    /// What is to be read of the originals.
    /// - Parameter whole: all of it; false for the folder alone; nil for the share that is due.
    func originalsRequest(whole: Bool?) throws -> OriginalsWorker.Request {
        let originals: [KeptOriginal]
        do {
            originals = try places.store.keptOriginals()
        } catch {
            // The verification that this is for looks at the ledger first, and says so.
            guard StoreError.isDamage(error) else { throw error }
            originals = []
        }
        guard let whole else { return OriginalsWorker.Request(originals: originals, share: dueShare(of: originals)) }
        return OriginalsWorker.Request(originals: originals, share: whole ? .whole : .listing)
    }

    private func dueShare(of originals: [KeptOriginal]) -> OriginalsCheck.Share {
        .due(
            bytes: originals.reduce(0) { $0 + $1.bytes }, days: (settings.verifyInterval ?? 86_400) / 86_400,
            now: now().rawValue)
    }

    /// The verification that the clock asks for: the originals are read beside everything else, the rest follows.
    func run() {
        do {
            let request = try originalsRequest(whole: nil)
            begin()
            originals.request(request)
        } catch {
            step { throw error }
        }
    }

    /// Takes in what a look at the originals has found, and says so.
    func note(_ report: OriginalsReport) throws {
        try places.store.noteLooks(at: report.whole, now())
        for hash in report.whole { lostOriginals[hash] = nil }
        let lost = Dictionary(report.lost.map { ($0.sha256, $0) }, uniquingKeysWith: { first, _ in first })
        for finding in report.lost where lostOriginals[finding.sha256] != finding {
            emit(
                finding.isMissing
                    ? .originalMissing(drop: finding.drop, sha256: finding.sha256)
                    : .originalDamaged(drop: finding.drop, sha256: finding.sha256))
        }
        // What was missing and is there again is only known once it is read; a listing is enough to know that it is.
        for (hash, finding) in lostOriginals where lost[hash] == nil && finding.isMissing { lostOriginals[hash] = nil }
        lostOriginals.merge(lost) { $1 }
        tellLostOriginals()
    }

    /// Compression has read an original and found that it is not what was delivered.
    func originalIsDamaged(_ hash: ContentHash, found: ContentHash?) throws {
        let sha256 = hash.description
        let drop = try places.store.keptOriginals().first { $0.sha256 == sha256 }?.drop ?? 0
        let detail = found.map { "its bytes now have the SHA-256 \($0)" } ?? "it cannot be read back"
        emit(.originalDamaged(drop: drop, sha256: sha256))
        lostOriginals[sha256] = OriginalsReport.Finding(drop: drop, sha256: sha256, detail: detail)
        tellLostOriginals()
    }

    /// The note that holds what is in ``lostOriginals``, so that a restart does not forget it.
    private static let lostNote = "lost originals"

    /// What was known when the daemon ended, and what the folder alone tells: files that are not there, and such that
    /// nobody knows.
    private func lookAtBronze() throws {
        for finding in OriginalsReport.Finding.read(try places.store.note(VerifyStage.lostNote) ?? "") {
            lostOriginals[finding.sha256] = finding
        }
        let report = try originals.check(try originalsRequest(whole: false)).get()
        try note(report)
        guard let unknown = try report.unknownProblem(lastLoad: places.store.lastLoad()) else { return }
        board.raise("originals_unknown", unknown, at: now())
    }

    /// A file that was delivered again has taken the place of its damaged original.
    func lookAgain(at drops: [Int64]) throws {
        guard !lostOriginals.isEmpty else { return }
        var whole = OriginalsReport()
        for drop in drops {
            guard let sha256 = try places.store.drop(drop)?.sha256, lostOriginals[sha256] != nil,
                let hash = ContentHash(sha256), places.archive.condition(of: hash) == .whole
            else { continue }
            whole.whole.append(sha256)
        }
        guard !whole.whole.isEmpty else { return }
        try places.store.noteLooks(at: whole.whole, now())
        for sha256 in whole.whole { lostOriginals[sha256] = nil }
        tellLostOriginals()
    }

    private func tellLostOriginals() {
        let text = OriginalsReport.Finding.text(
            lostOriginals.values.sorted { ($0.drop, $0.sha256) < ($1.drop, $1.sha256) })
        if (try? places.store.note(VerifyStage.lostNote)) ?? "" != text {
            // On a full disk the next look writes it.
            try? places.store.setNote(VerifyStage.lostNote, text)
        }
        guard !lostOriginals.isEmpty else {
            board.clear("originals_damaged")
            return
        }
        var report = OriginalsReport()
        report.damaged = lostOriginals.values.filter { !$0.isMissing }.sorted { $0.drop < $1.drop }
        report.missing = lostOriginals.values.filter(\.isMissing).sorted { $0.drop < $1.drop }
        board.raise(
            "originals_damaged",
            "\(report.problem ?? ""); deliver the same files again (aurac drops show DROP names them), or put them back from a "
                + "backup into bronze, and aurac verify says whether all is well",
            at: now())
    }
}
