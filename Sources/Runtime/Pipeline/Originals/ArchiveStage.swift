import Inbox
import Schedule

extension Stage {
    /// Compressing originals.
    static let archive = Stage("archive")
}

/// Compresses originals that have lain long enough, one at a time and in pieces, so that a drop need not wait for it.
final class ArchiveStage: PipelineStage {
    static let name = Stage.archive
    unowned let core: PipelineCore

    /// Seconds from one original or piece to the next.
    private static let pause = 0.5

    init(_ core: PipelineCore) { self.core = core }

    static func interval(_ settings: PipelineSettings) -> Double? { settings.archiveInterval }

    static func isOff(_ settings: PipelineSettings) -> Bool { interval(settings) == nil }

    func settingsDidChange() { if settings.archiveInterval != nil { ask() } else { withdraw() } }

    func run() { step { try compressOne() } }

    private func compressOne() throws {
        guard board.current.isSettled else { return }
        let earliest = core.lastLoadAt + settings.compressAfter
        guard MonotonicClock.seconds() >= earliest else {
            ask(notBefore: earliest)
            return
        }
        let step: Archive.PackingStep
        do throws(ArchiveError) {
            step = try places.archive.compressNext(budgetBytes: 64 << 20) { [watcher = core.watcher, interrupt] in
                interrupt.isStopping || watcher.counts.settled > 0
            }
        } catch {
            if case .damaged(let hash, let found) = error {
                try core[VerifyStage.self].originalIsDamaged(hash, found: found)
            }
            throw error
        }
        switch step {
        case .idle: return
        case .paused: break
        case .packed(_, let before, let after): emit(.compressed(bytesBefore: before, bytesAfter: after))
        }
        ask(notBefore: MonotonicClock.seconds() + ArchiveStage.pause)
    }
}
