internal import Contract
internal import Logging
internal import NIOCore
internal import Wire

/// One connection's life on its I/O thread: bytes to requests, requests to answers, in order, with back-pressure.
///
/// The requests of a connection are carried out one after the other. The next one is only taken out of the stream when
/// the one before is answered and the peer takes its answers, and while one waits nothing is read: what a peer sends
/// ahead stays in the kernel, and all a connection can pin is one read buffer, one frame and one answer.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A request that is with a worker.
    struct Running {
        let token: UInt64
        let id: RequestID?
        let method: Int?
        let startedAt: NIODeadline
        let timeout: Scheduled<Void>?
        /// Bytes of the budget it holds.
        let heldBytes: Int
    }

    /// A request for a worker that waits for the connection's late job to end.
    struct Deferred {
        let request: Request
        let method: Int
        let sharing: String?
        let deadline: Deadline
        let startedAt: NIODeadline
    }

    /// How a connection ends once what is on its way has left.
    enum Ending {
        case none
        /// Answers what it has received, then closes.
        case draining
        /// Takes nothing more; closes when the last answer has left.
        case closing
        case closed
    }

    let connection: Connection
    /// Whom the latest request is counted to, and with it the connection's turn.
    private(set) var asker: Asker
    let loop: LoopContext
    var core: ServerCore { loop.core }
    private(set) var context: ChannelHandlerContext?

    private let readSize: ReadSize
    private var decoder: FrameDecoder
    /// Bytes that were read and not looked at yet; at most one read.
    private var input = ByteBuffer()
    /// Bytes of the budget the decoder's incomplete frame holds.
    private var decoderHeldBytes = 0

    var running: Running?
    /// A worker's job whose request has timed out already.
    var abandoned: Running?
    /// The request that waits for the abandoned job; `running` stands for it meanwhile.
    var deferred: Deferred?
    private var nextToken: UInt64 = 1

    var ending = Ending.none
    private var isInputClosed = false
    private var isReadWithheld = false
    private var isPumping = false
    private var isWaitingForTurn = false
    private var needsFlush = false

    var lastActivity = NIODeadline.now()
    var frameStartedAt: NIODeadline?
    var stalled: (bytes: Int, since: NIODeadline)?

    init(connection: Connection, loop: LoopContext, readSize: ReadSize) {
        self.connection = connection
        asker = connection.asker
        self.loop = loop
        self.readSize = readSize
        decoder = FrameDecoder(bodyBytesMax: loop.core.limits.frameBytesMax)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loop.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        loop.recorder.received(bytes: bytes.readableBytes)
        lastActivity = .now()
        guard ending == .none || ending == .draining else { return }
        if input.readableBytes == 0 {
            input = bytes
        } else {
            input.writeBuffer(&bytes)
        }
        pump()
    }

    func read(context: ChannelHandlerContext) {
        if wantsInput {
            context.read()
        } else {
            isReadWithheld = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { pump() }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            pump()
        }
        context.fireUserInboundEventTriggered(event)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event {
        case let push as Connection.Push:
            send(push)
            promise?.succeed(())
        case is Connection.Drain:
            if ending == .none { ending = .draining }
            pump()
            promise?.succeed(())
        default:
            context.triggerUserOutboundEvent(event, promise: promise)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        core.logger.debug("connection failed, closing", metadata: ["connection.id": "\(connection.id)"])
        context.close(promise: nil)
    }

    /// Gives back everything; called once the channel is gone.
    private func finish() {
        guard ending != .closed else { return }
        ending = .closed
        connection.markClosed()
        running?.timeout?.cancel()
        core.budget.release(decoderHeldBytes)
        decoderHeldBytes = 0
        input = ByteBuffer()
        loop.remove(self)
        core.registry.remove(id: connection.id)
        core.handler.connectionClosed(connection)
    }

    // MARK: Requests

    private var wantsInput: Bool {
        guard ending == .none, running == nil, input.readableBytes == 0, let context else { return false }
        return context.channel.isWritable
    }

    /// Takes requests out of what was read for as long as they can be carried out and the connection's turn lasts.
    func pump() {
        guard !isPumping, !isWaitingForTurn, let context else { return }
        isPumping = true
        let end = NIODeadline.now() + LoopContext.turn
        while canTakeFrame {
            if NIODeadline.now() >= end {
                isWaitingForTurn = true
                loop.waitForTurn(self)
                break
            }
            if context.channel.isWritable {
                takeFrame()
                continue
            }
            // Perhaps the kernel takes it all at once. A change of writability in here finds `isPumping` set.
            flush()
            guard context.channel.isWritable else { break }
        }
        flush()
        isPumping = false
        settle()
    }

    /// Goes on where the end of a turn has stopped it.
    func takeTurn() {
        isWaitingForTurn = false
        pump()
    }

    private var canTakeFrame: Bool {
        running == nil && input.readableBytes > 0 && (ending == .none || ending == .draining)
    }

    /// What one look into the input found.
    private enum Found {
        case incomplete
        case request(Request, isSmall: Bool)
        case refusal(RequestDecoder.Refusal)
        case large([UInt8])
        case broken(FrameError)
    }

    private func takeFrame() {
        var consumed = 0
        decoder.bodyBytesMax = core.limits.frameBytesMax
        let found = input.withUnsafeReadableBytes { bytes -> Found in
            do throws(FrameError) {
                guard let body = try decoder.next(in: bytes, from: &consumed) else { return .incomplete }
                switch body {
                case .within(let range):
                    let body = UnsafeBufferPointer(rebasing: bytes.bindMemory(to: UInt8.self)[range])
                    return body.count > core.settings.inlineFrameBytesMax ? .large(Array(body)) : decode(body)
                case .gathered(let body):
                    if body.count > core.settings.inlineFrameBytesMax { return .large(body) }
                    return body.withUnsafeBufferPointer { decode($0) }
                }
            } catch {
                return .broken(error)
            }
        }
        input.moveReaderIndex(forwardBy: consumed)
        if input.readableBytes == 0 { input = ByteBuffer() }
        guard holdDecoderBytes() else {
            let problem = Problem(
                .overloaded, "too many unfinished frames at once", hint: "try again later, or send less at a time")
            return refuse(problem, closing: true)
        }
        switch found {
        case .incomplete:
            break
        case .request(let request, let isSmall):
            perform(request, isSmall: isSmall, startedAt: .now())
        case .refusal(let refusal):
            refuse(refusal.problem, id: refusal.id, closing: refusal.closesConnection)
        case .large(let body):
            decodeOnWorker(body)
        case .broken(let error):
            let code = if case .tooLarge = error { Problem.Code.tooLarge } else { Problem.Code.invalidRequest }
            refuse(Problem(code, error.description, hint: "see the framing rules of the protocol"), closing: true)
        }
    }

    private func decode(_ body: UnsafeBufferPointer<UInt8>) -> Found {
        do throws(RequestDecoder.Refusal) {
            return .request(
                try core.requestDecoder.decode(body), isSmall: body.count <= core.settings.smallFrameBytesMax)
        } catch {
            return .refusal(error)
        }
    }

    /// Takes what the incomplete frame holds from the budget, or gives it back; false when there is no more.
    private func holdDecoderBytes() -> Bool {
        let held = decoder.heldBytes
        readSize.note(frameBytes: held)
        defer { frameStartedAt = decoder.isInsideFrame ? frameStartedAt ?? .now() : nil }
        guard held != decoderHeldBytes else { return true }
        if held > decoderHeldBytes {
            guard core.budget.reserve(held - decoderHeldBytes) else { return false }
        } else {
            core.budget.release(decoderHeldBytes - held)
        }
        decoderHeldBytes = held
        return true
    }

    /// Answers a request or gives it to a worker.
    func perform(_ request: Request, isSmall: Bool, startedAt: NIODeadline) {
        guard let method = core.methodIndex[request.method] else {
            let problem = Problem(
                .methodNotFound, "there is no method \"\(request.method.excerpt)\"",
                hint: "see the method reference of the protocol; the daemon may be older than the client")
            if let id = request.id { refuse(problem, id: id) }
            return
        }
        let limit = core.handler.timeLimit(for: request) ?? core.limits.requestTimeout
        let deadline = Deadline(startedAt + TimeAmount(limit), connection: connection)
        asker = core.handler.asker(of: request, from: connection)
        switch core.handler.lane(for: request, from: connection.peer, isSmall: isSmall) {
        case .immediate where isSmall:
            let code = loop.builder.answer(request, from: connection, deadline: deadline, into: &loop.scratch)
            write(
                ByteBuffer(bytes: loop.scratch), id: request.id, method: method, problem: code, startedAt: startedAt)
            loop.trimScratch()
        case .immediate, .worker:
            answerElsewhere(request, method: method, sharing: nil, deadline: deadline, startedAt: startedAt)
        case .single(let sharing):
            answerElsewhere(request, method: method, sharing: sharing, deadline: deadline, startedAt: startedAt)
        }
    }

    func takeToken() -> UInt64 {
        defer { nextToken += 1 }
        return nextToken
    }

    // MARK: Answers

    /// Larger answers count towards the budget while they wait.
    private static let smallAnswerBytes = 64 << 10

    /// Writes the frame of an answer; an empty one, of a notification, is only counted.
    func write(_ frame: ByteBuffer, id: RequestID?, method: Int?, problem: Problem.Code?, startedAt: NIODeadline) {
        guard let context, ending != .closed else { return }
        let nanoseconds = UInt64(max(0, (NIODeadline.now() - startedAt).nanoseconds))
        guard frame.readableBytes > Self.smallAnswerBytes else {
            loop.recorder.answered(
                method: method, problem: problem, bytes: frame.readableBytes, nanoseconds: nanoseconds)
            if frame.readableBytes > 0 { enqueue(frame, promise: nil) }
            return
        }
        guard core.budget.reserve(frame.readableBytes) else {
            let overloaded = Problem(
                .overloaded, "too many large answers are waiting for their readers",
                hint: "try again later, or ask for less")
            loop.recorder.answered(method: method, problem: .overloaded, bytes: 0, nanoseconds: nanoseconds)
            var bytes: [UInt8] = []
            ResponseEncoder.append(
                overloaded, id: id ?? .null, to: &bytes, bodyBytesMax: core.limits.frameBytesMax)
            return enqueue(ByteBuffer(bytes: bytes), promise: nil)
        }
        loop.recorder.answered(method: method, problem: problem, bytes: frame.readableBytes, nanoseconds: nanoseconds)
        let promise = context.eventLoop.makePromise(of: Void.self)
        let count = frame.readableBytes
        promise.futureResult.whenComplete { [core] _ in core.budget.release(count) }
        enqueue(frame, promise: promise)
    }

    /// Answers with an error that no handler had part in.
    func refuse(_ problem: Problem, id: RequestID = .null, closing: Bool = false) {
        var bytes: [UInt8] = []
        ResponseEncoder.append(problem, id: id, to: &bytes, bodyBytesMax: core.limits.frameBytesMax)
        loop.recorder.refused(problem.code, bytes: bytes.count)
        enqueue(ByteBuffer(bytes: bytes), promise: nil)
        if closing { closeWhenSent() }
    }

    private func enqueue(_ buffer: ByteBuffer, promise: EventLoopPromise<Void>?) {
        guard let context, ending != .closed else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        context.write(wrapOutboundOut(buffer), promise: promise)
        needsFlush = true
    }

    func flush() {
        guard needsFlush, let context else { return }
        needsFlush = false
        lastActivity = .now()
        context.flush()
    }

    private func send(_ push: Connection.Push) {
        let count = push.frame.readableBytes
        guard let context, ending == .none || ending == .draining else {
            return connection.notificationLeft(bytes: count)
        }
        loop.recorder.notified(bytes: count)
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { [connection] _ in connection.notificationLeft(bytes: count) }
        enqueue(push.frame, promise: promise)
        flush()
    }

    // MARK: Endings

    /// Reads on, or closes, as the state after a round of requests asks for.
    private func settle() {
        guard let context else { return }
        if ending == .draining || (ending == .none && isInputClosed), running == nil, input.readableBytes == 0 {
            closeWhenSent()
        }
        if isReadWithheld, wantsInput {
            isReadWithheld = false
            // The pause was ours, not the peer's.
            if frameStartedAt != nil { frameStartedAt = .now() }
            context.read()
        }
    }

    /// Takes nothing more and closes once what was written has left.
    func closeWhenSent() {
        guard let context, ending != .closing, ending != .closed else { return }
        ending = .closing
        frameStartedAt = nil
        input = ByteBuffer()
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in bound.value.close(promise: nil) }
        needsFlush = false
    }
}
