internal import Contract
internal import NIOCore
internal import Wire

/// Requests that leave the I/O thread and come back as answers.
extension ConnectionHandler {
    /// Gives a request to a worker, or to the single thread where it shares work. The connection waits for it; the others
    /// do not.
    func answerElsewhere(
        _ request: Request, method: Int, sharing: String?, deadline: Deadline, startedAt: NIODeadline
    ) {
        guard let context else { return }
        guard abandoned == nil else {
            // One job of a connection at a time, however many of its requests have timed out: this one waits for the
            // late one to end, until its own deadline.
            let token = takeToken()
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            let timeout = context.eventLoop.scheduleTask(deadline: deadline.instant) {
                bound.value.workTimedOut(token: token)
            }
            running = Running(
                token: token, id: request.id, method: method, startedAt: startedAt, timeout: timeout, heldBytes: 0)
            deferred = Deferred(
                request: request, method: method, sharing: sharing, deadline: deadline, startedAt: startedAt)
            return
        }
        let token = takeToken()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let pool = sharing == nil ? core.workers : core.single
        var patience = deadline
        if let sharing { patience = deadline.shared { [core] in core.single.hasWaiting(sharing: sharing) } }
        let refusal = pool.submit(
            WorkerPool.Job(asker: asker, sharing: sharing, deadline: deadline) {
                [builder = loop.builder, connection, gate = core.gate, patience] in
                // Whoever waited in the queue for too long has been told so already.
                guard !deadline.hasPassed else {
                    gate.execute(on: eventLoop) {
                        bound.value.workFinished(token: token, frame: ByteBuffer(), problem: .timeout)
                    }
                    return
                }
                var bytes: [UInt8] = []
                let code = builder.answer(request, from: connection, deadline: patience, into: &bytes)
                // Copied here, where it delays nobody else.
                let frame = ByteBuffer(bytes: bytes)
                gate.execute(on: eventLoop) { bound.value.workFinished(token: token, frame: frame, problem: code) }
            })
        if let refusal {
            return refuseWork(Self.problem(refusal), request: request, method: method, startedAt: startedAt)
        }
        let timeout = eventLoop.scheduleTask(deadline: deadline.instant) { bound.value.workTimedOut(token: token) }
        running = Running(
            token: token, id: request.id, method: method, startedAt: startedAt, timeout: timeout, heldBytes: 0)
    }

    private static func problem(_ refusal: WorkerPool.Refusal) -> Problem {
        Problem(
            .overloaded,
            refusal == .full ? "too many requests are waiting" : "too many requests of yours are waiting",
            hint: "try again in a moment")
    }

    private func refuseWork(_ problem: Problem, request: Request, method: Int, startedAt: NIODeadline) {
        var bytes: [UInt8] = []
        if let id = request.id {
            ResponseEncoder.append(problem, id: id, to: &bytes, bodyBytesMax: core.limits.frameBytesMax)
        }
        write(
            ByteBuffer(bytes: bytes), id: request.id, method: method, problem: problem.code, startedAt: startedAt)
    }

    private func workFinished(token: UInt64, frame: ByteBuffer, problem: Problem.Code?) {
        if abandoned?.token == token {
            abandoned = nil
            if context != nil, let next = deferred {
                deferred = nil
                running?.timeout?.cancel()
                running = nil
                answerElsewhere(
                    next.request, method: next.method, sharing: next.sharing, deadline: next.deadline,
                    startedAt: next.startedAt)
                pump()
            }
            return
        }
        guard let done = running, done.token == token else { return }
        done.timeout?.cancel()
        running = nil
        if frame.readableBytes == 0, done.id != nil {
            // The worker came to it after its deadline and before the timer fired.
            sendTimeout(of: done)
        } else {
            write(frame, id: done.id, method: done.method, problem: problem, startedAt: done.startedAt)
        }
        pump()
    }

    private func workTimedOut(token: UInt64) {
        guard let late = running, late.token == token else { return }
        running = nil
        // A request that was still waiting has no job.
        if deferred == nil { abandoned = late }
        deferred = nil
        sendTimeout(of: late)
        pump()
    }

    private func sendTimeout(of late: Running) {
        var bytes: [UInt8] = []
        if let id = late.id {
            ResponseEncoder.append(Deadline.problem, id: id, to: &bytes, bodyBytesMax: core.limits.frameBytesMax)
        }
        write(
            ByteBuffer(bytes: bytes), id: late.id, method: late.method, problem: .timeout, startedAt: late.startedAt)
    }

    // MARK: Large frames

    /// Has a worker parse a frame so large that parsing it here would delay the other connections.
    func decodeOnWorker(_ body: [UInt8]) {
        guard let context else { return }
        let startedAt = NIODeadline.now()
        // What the decoder held has just been given back; the frame itself is held until it is parsed.
        guard core.budget.reserve(body.count) else {
            let problem = Problem(.overloaded, "too many large requests at once", hint: "try again in a moment")
            return refuse(problem, closing: true)
        }
        let token = takeToken()
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        let held = body.count
        let isSmall = body.count <= core.settings.smallFrameBytesMax
        let refusal = core.workers.submit(
            WorkerPool.Job(asker: connection.asker) { [core] in
                let result: Result<Request, RequestDecoder.Refusal>
                do throws(RequestDecoder.Refusal) {
                    result = .success(try core.requestDecoder.decode(body))
                } catch {
                    result = .failure(error)
                }
                core.gate.execute(on: eventLoop) {
                    bound.value.decoded(token: token, heldBytes: held, isSmall: isSmall, result: result)
                }
            })
        if let refusal {
            core.budget.release(held)
            // The request's id is not known, so its answer could not be told from another's: the connection ends.
            return refuse(Self.problem(refusal), closing: true)
        }
        running = Running(
            token: token, id: nil, method: nil, startedAt: startedAt, timeout: nil, heldBytes: held)
    }

    private func decoded(
        token: UInt64, heldBytes: Int, isSmall: Bool, result: Result<Request, RequestDecoder.Refusal>
    ) {
        core.budget.release(heldBytes)
        guard context != nil, let done = running, done.token == token else { return }
        running = nil
        switch result {
        case .success(let request): perform(request, isSmall: isSmall, startedAt: done.startedAt)
        case .failure(let refusal): refuse(refusal.problem, id: refusal.id, closing: refusal.closesConnection)
        }
        pump()
    }
}
