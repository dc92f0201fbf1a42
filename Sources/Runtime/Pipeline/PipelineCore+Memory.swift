import CAura
import Schedule

extension PipelineCore {
    /// Seconds without work after which memory is given back: the next drop of a busy hour finds it still there, for
    /// memory fresh from the system costs several times the processor of memory just used.
    private static let memoryPatience = 300.0
    /// Stages that leave much memory behind when they end. The inbox is listed and originals are compressed all the time.
    private static let memoryUsers: [Stage] = [.refresh, .publish, .forecast, .history, .train, .verify]

    /// What loads, trainings and other passes took and gave up stays with the process until it is handed back; without
    /// this a daemon at rest would hold a multiple of what it serves. Once for every time that data comes to rest.
    func giveMemoryBackWhenQuiet() {
        let clock = board.current.clock
        guard board.current.isSettled, !Stage.allCases.contains(where: clock.isRunning) else { return }
        let ends = PipelineCore.memoryUsers.compactMap { stage in
            clock.lastRun(stage).map { $0.startedAt + ($0.duration ?? 0) }
        }
        guard let lastEnd = ends.max(), lastEnd > memoryGivenBackAt else { return }
        let now = MonotonicClock.seconds()
        guard now - max(lastEnd, lastLoadAt) >= PipelineCore.memoryPatience else { return }
        memoryGivenBackAt = now
        aura_memory_give_back()
    }
}
