internal import NIOCore

/// What the connections of one I/O thread share; touched on that thread alone.
final class LoopContext {
    let core: ServerCore
    let recorder: StatisticsRecorder
    let builder: AnswerBuilder
    /// Where immediate answers are put together, kept from one to the next.
    var scratch: [UInt8] = []

    private let eventLoop: any EventLoop
    private var handlers: [ObjectIdentifier: ConnectionHandler] = [:]
    private var sweep: RepeatedTask?
    /// Connections whose turn has ended before their requests have.
    private var waiting = FairQueue<ConnectionHandler>()
    private var isTurnScheduled = false
    private let sweepInterval: TimeAmount

    /// How long a connection is served before the others of its thread get their turn.
    static let turn: TimeAmount = .microseconds(500)
    /// Between two turns the thread looks for what has come in. It would not if the next one were due at once: a loop runs
    /// all tasks that are before it looks.
    private static let pause: TimeAmount = .microseconds(50)

    /// A larger scratch buffer is given back after use.
    private static let scratchBytesKept = 1 << 20

    init(core: ServerCore, recorder: StatisticsRecorder, eventLoop: any EventLoop) {
        self.core = core
        self.recorder = recorder
        self.eventLoop = eventLoop
        builder = AnswerBuilder(core: core)
        // Time-outs are kept to a quarter of the shortest, and to a second at most.
        let settings = core.settings
        let shortest = min(settings.idleTimeout, settings.frameTimeout, settings.writeTimeout)
        sweepInterval = min(.seconds(1), max(.milliseconds(5), TimeAmount(shortest / 4)))
    }

    /// Takes a connection under the time-outs. One task looks at all of them: a timer per connection, moved with every
    /// request, would cost more than the requests themselves.
    func add(_ handler: ConnectionHandler) {
        handlers[ObjectIdentifier(handler)] = handler
        guard sweep == nil else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        sweep = eventLoop.scheduleRepeatedTask(initialDelay: sweepInterval, delay: sweepInterval) { _ in
            bound.value.checkTimeouts()
        }
    }

    func remove(_ handler: ConnectionHandler) {
        handlers[ObjectIdentifier(handler)] = nil
        if handlers.isEmpty {
            sweep?.cancel()
            sweep = nil
        }
    }

    /// Lets a connection go on once the others have had their turn: askers in turn, and the connections of each.
    func waitForTurn(_ handler: ConnectionHandler) {
        waiting.append(handler, of: handler.asker)
        scheduleTurn()
    }

    private func scheduleTurn() {
        guard !isTurnScheduled, waiting.count > 0 else { return }
        isTurnScheduled = true
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        eventLoop.scheduleTask(in: Self.pause) {
            let loop = bound.value
            loop.isTurnScheduled = false
            loop.waiting.next { _ in true }?.element.takeTurn()
            loop.scheduleTurn()
        }
    }

    private func checkTimeouts() {
        let now = NIODeadline.now()
        // A copy: a connection that times out removes itself.
        for handler in Array(handlers.values) { handler.checkTimeouts(now: now) }
    }

    func trimScratch() {
        if scratch.capacity > Self.scratchBytesKept {
            scratch = []
        } else {
            scratch.removeAll(keepingCapacity: true)
        }
    }
}
