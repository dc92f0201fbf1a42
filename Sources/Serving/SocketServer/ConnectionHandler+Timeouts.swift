internal import Contract
internal import NIOCore

/// Connections that do not get on.
extension ConnectionHandler {
    func checkTimeouts(now: NIODeadline) {
        guard let context, ending != .closed else { return }
        let settings = core.settings
        let waiting = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if waiting > 0 {
            if let stalled, stalled.bytes == waiting {
                guard now - stalled.since < TimeAmount(settings.writeTimeout) else {
                    loop.recorder.timedOut()
                    context.close(promise: nil)
                    return
                }
            } else {
                stalled = (waiting, now)
            }
            return
        }
        stalled = nil
        guard ending == .none, running == nil else { return }
        if let started = frameStartedAt, now - started >= TimeAmount(settings.frameTimeout) {
            loop.recorder.timedOut()
            let problem = Problem(
                .timeout, "a frame was begun and not completed in time", hint: "send each frame without pausing")
            refuse(problem, closing: true)
        } else if now - lastActivity >= TimeAmount(core.limits.idleTimeout), !connection.isHeldOpen {
            loop.recorder.timedOut()
            closeWhenSent()
        }
    }
}
