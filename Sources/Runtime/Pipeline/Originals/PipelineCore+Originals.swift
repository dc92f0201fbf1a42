import Inbox
import Records
import Schedule
import Store

/// The rhythm in which originals are read again, and what follows from what is found.
extension PipelineCore {
    /// The note that holds when a verification last ended, in milliseconds.
    static let verifiedNote = "verified"
    /// A daemon that is restarted every day verifies all the same: the rhythm goes on where it was.
    func planVerification() throws {
        guard let interval = settings.verifyInterval,
            let last = try places.store.note(PipelineCore.verifiedNote).flatMap({ Int64($0) })
        else { return }
        let since = max(0, Double(now().rawValue - last) / 1000)
        // Not in the first minute, which has enough to do.
        let next = MonotonicClock.seconds() + max(60, interval - since)
        board.update { $0.clock.request(.verify, notBefore: next) }
    }

    /// What is to be read of the originals.
    /// - Parameter whole: all of it; false for the folder alone; nil for the share that is due.
    func originalsRequest(whole: Bool?) throws -> OriginalsStage.Request {
        let originals = try places.store.keptOriginals()
        guard let whole else { return OriginalsStage.Request(originals: originals, share: dueShare(of: originals)) }
        return OriginalsStage.Request(originals: originals, share: whole ? .whole : .listing)
    }

    private func dueShare(of originals: [KeptOriginal]) -> OriginalsCheck.Share {
        .due(
            bytes: originals.reduce(0) { $0 + $1.bytes }, days: (settings.verifyInterval ?? 86_400) / 86_400,
            now: now().rawValue)
    }

    /// The verification that the clock asks for: the originals are read beside everything else, the rest follows.
    func verifyByItself() {
        do {
            let request = try originalsRequest(whole: nil)
            board.update { $0.clock.begin(.verify, at: MonotonicClock.seconds()) }
            originals.request(request)
        } catch {
            run(.verify) { throw error }
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

    private func tellLostOriginals() {
        guard !lostOriginals.isEmpty else {
            board.clear("originals_damaged")
            return
        }
        var report = OriginalsReport()
        report.damaged = lostOriginals.values.filter { !$0.isMissing }.sorted { $0.drop < $1.drop }
        report.missing = lostOriginals.values.filter(\.isMissing).sorted { $0.drop < $1.drop }
        board.raise(
            "originals_damaged",
            "\(report.problem ?? ""); put them back from a backup into bronze, or deliver the same files again",
            at: now())
    }
}
