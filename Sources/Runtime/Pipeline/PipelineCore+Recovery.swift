import Inbox
import Records
import Store

extension PipelineCore {
    /// Takes up what a crash left among the claimed files. When it throws it may be called again.
    func recover() throws {
        if isJournalDue {
            try alignJournalOrWait(rebuilds: false)
            if isJournalDue { return }
        }
        try enterAhead()
        let recovery = try places.claims.recover(at: now())
        for drop in recovery.drops {
            // Beginning again finds the rest.
            try checkStop()
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
        let ahead = Set(aheadRecords.map(\.record.drop))
        for waiting in try places.store.waitingDrops() where claimed[waiting.id] == nil && !ahead.contains(waiting.id) {
            try places.store.refuse(
                waiting.id, sha256: nil, reason: "the claimed file is gone; drop it again", at: now())
        }
        try loadAhead()
        isRecoveryDue = false
    }
}
