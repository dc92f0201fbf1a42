internal import Logging
internal import Wire

/// What every connection of a server shares.
final class ServerCore: Sendable {
    /// As the server was started.
    let settings: ServerSettings
    /// What of them may have changed since.
    let limits: RunningLimits
    let handler: any RequestHandler
    let methodIndex: [String: Int]
    let requestDecoder: RequestDecoder
    let registry: ConnectionRegistry
    let workers: WorkerPool
    /// One thread for what is not done side by side.
    let single: WorkerPool
    let budget: MemoryBudget
    let gate = LoopGate()
    let logger: Logger

    init(settings: ServerSettings, handler: any RequestHandler, methods: [String], logger: Logger) {
        self.settings = settings
        limits = RunningLimits(settings)
        self.handler = handler
        self.logger = logger
        var index: [String: Int] = [:]
        for (position, method) in methods.enumerated() { index[method] = position }
        methodIndex = index
        requestDecoder = RequestDecoder(valuesMax: settings.requestValuesMax)
        registry = ConnectionRegistry(limits)
        workers = WorkerPool(
            WorkerPool.Limits(
                threads: settings.workerThreads, spareThreads: 1, queueMax: settings.workerQueueMax,
                queuePerAskerMax: settings.workerQueuePerAskerMax))
        single = WorkerPool(
            WorkerPool.Limits(
                threads: 1, spareThreads: 0, queueMax: settings.workerQueueMax,
                queuePerAskerMax: settings.workerQueuePerAskerMax))
        budget = MemoryBudget(bytesMax: settings.heldBytesMax)
    }
}
