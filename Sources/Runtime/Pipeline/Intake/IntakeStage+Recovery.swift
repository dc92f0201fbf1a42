import Inbox
import Records
import Silver
import Store

extension IntakeStage {
    /// Whatever refuses a start and is soon found out, before anybody can connect.
    /// - Returns: whether silver is to be derived anew.
    func prepare(rebuild: Bool) throws -> Bool {
        if let rebuilds { return rebuilds }
        do {
            // What an interrupted rebuild has left is of no use: nothing was changed.
            try places.store.removeSuccessor()
            let rebuilds = try rebuild || isRebuildCutShort()
            try alignJournalOrWait(rebuilds: rebuilds)
            // A rebuild goes by the rates of its own.
            if !rebuilds, try !places.store.storedCurrencies().allSatisfy(hasRate) {
                let state = try places.store.readState { [interrupt] in interrupt.isStopping }
                if let problem = PipelineCore.rateProblem(settings, state.tables) { throw problem }
            }
            self.rebuilds = rebuilds
            return rebuilds
        } catch {
            throw interrupt.isStopping ? PipelineStopped() : error
        }
    }

    private func hasRate(_ currency: String) -> Bool { !settings.silver.rates.steps(of: currency).isEmpty }

    /// What a start begins with: silver is read, or derived anew, and what a crash left among the claimed files taken up.
    func takeUp(rebuild: Bool) throws {
        let interrupt = interrupt
        do {
            if try prepare(rebuild: rebuild) {
                try self.rebuild()
            } else {
                core.state = try places.store.readState { interrupt.isStopping }
                if let problem = PipelineCore.rateProblem(settings, core.state.tables) { throw problem }
                try tellOtherSettings(consuming: true)
            }
        } catch {
            throw interrupt.isStopping ? PipelineStopped() : error
        }
        try places.folders.removeUploads()
        // Where older versions wrote what came over the socket.
        try places.folders.removeFromInboxes(prefix: UploadName.prefix)
        do {
            try recover()
        } catch {
            guard let text = fullDisk(error) else { throw error }
            diskIsFull(text)
        }
    }

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
            try core.checkStop()
            if let entry = try places.store.drop(drop.sequence) {
                switch entry.state {
                case .loaded, .duplicate:
                    // Stored, but not moved any more: the rest of the way.
                    if let hash = entry.sha256.flatMap({ ContentHash($0) }) {
                        let admission = try places.archive.admit(
                            drop, sha256: hash, ending: entry.fileExtension ?? FileEnding.of(entry.file))
                        if admission != .kept, let original = entry.duplicateOf {
                            try places.store.noteRestored(entry.id, of: original)
                        }
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
        try mendJournal()
        isRecoveryDue = false
    }
}
