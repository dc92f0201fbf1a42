import Inbox
import Records
import Silver
import Store

extension PipelineCore {
    // MARK: After a crash

    /// Takes up what a crash left among the claimed files. When it throws it may be called again.
    func recover() throws {
        let recovery = try places.claims.recover(at: now())
        for drop in recovery.drops {
            if let entry = try places.store.drop(drop.sequence) {
                switch entry.state {
                case .loaded, .duplicate:
                    // Stored, but not moved any more: the rest of the way.
                    if let hash = entry.sha256.flatMap({ ContentHash($0) }) {
                        try places.archive.admit(
                            drop, sha256: hash, ending: entry.fileExtension ?? FileEnding.of(entry.file))
                    }
                    continue
                case .refused:
                    try places.quarantine.refuse(
                        drop, Refusal(code: "refused", text: entry.reason ?? "refused before"), dropID: entry.id,
                        sha256: entry.sha256.flatMap { ContentHash($0) }, at: now())
                    continue
                case .queued, .loading: break
                }
            } else if !unentered.contains(where: { $0.id == drop.sequence }) {
                unentered.append(entry(of: drop))
            }
            claimed[drop.sequence] = drop
        }
        for refused in recovery.refused {
            if try places.store.drop(refused.drop.sequence) == nil {
                noteRefused(refused)
            } else {
                try places.store.refuse(
                    refused.drop.sequence, sha256: nil, reason: refused.refusal.text, at: now())
            }
        }
        try enterClaimed()
        // Ledger entries whose file is gone altogether were put back by hand or lost with the disk.
        for waiting in try places.store.waitingDrops() where claimed[waiting.id] == nil {
            try places.store.refuse(
                waiting.id, sha256: nil, reason: "the claimed file is gone; drop it again", at: now())
        }
        isRecoveryDue = false
    }

    // MARK: Rebuild

    private static let rebuildNote = "rebuild"
    private static let rebuildUnderWay = "under way"

    /// Whether silver is what an interrupted rebuild has left.
    func isRebuildCutShort() throws -> Bool {
        try places.store.note(PipelineCore.rebuildNote) == PipelineCore.rebuildUnderWay
    }

    /// Loads every original again, in the order in which they were loaded. Cut short, it is begun again by the next
    /// start.
    func rebuild() throws {
        let drops = try places.store.loadedDrops()
        try checkOriginals(drops)
        try places.store.setNote(PipelineCore.rebuildNote, PipelineCore.rebuildUnderWay)
        try places.store.resetForRebuild()
        state = SilverState()
        // Nothing is carried on from tables that count their changes from elsewhere.
        history = nil
        var start = 0
        while start < drops.count {
            var end = start + 1
            while end < drops.count, drops[end].category == drops[start].category, end - start < PipelineCore.claimedMax
            {
                end += 1
            }
            let items = drops[start..<end].map { DropLoader.Item(entry: $0, claimed: nil) }
            do throws(DropLoader.Failure) {
                try loader.load(items, into: state, settings: settings, now: now)
            } catch {
                switch error {
                case .diskFull(let text), .store(let text, _): throw LoadFailure(text: text)
                }
            }
            while try places.store.compact(state, rowsMax: 4_000_000) {}
            start = end
        }
        try places.store.setNote(PipelineCore.rebuildNote, "done")
        try places.store.checkpoint()
    }

    /// Nothing is taken away from silver that cannot be derived again.
    private func checkOriginals(_ drops: [LedgerEntry]) throws {
        let missing = drops.filter { drop in
            drop.sha256.flatMap { ContentHash($0) }.map { !places.archive.contains($0) } ?? true
        }
        guard let first = missing.first else { return }
        throw LoadFailure(
            text: """
                a rebuild needs all originals, and \(missing.count) of \(drops.count) are missing from bronze, the first \
                with the SHA-256 \(first.sha256 ?? "unknown") (drop \(first.id)); put them back from a backup
                """)
    }
}
