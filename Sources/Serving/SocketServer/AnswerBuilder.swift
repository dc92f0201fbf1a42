internal import Contract
internal import Wire

/// Turns one request into the frame of its answer, on whatever thread its lane names.
struct AnswerBuilder: Sendable {
    let handler: any RequestHandler
    private let limits: RunningLimits
    private var frameBytesMax: Int { limits.frameBytesMax }

    init(core: ServerCore) {
        handler = core.handler
        limits = core.limits
    }

    /// Asks the handler and appends the answer's frame to `bytes`; nothing for a notification. Returns the code of the
    /// problem the answer reports, if it does.
    func answer(
        _ request: Request, from connection: Connection, deadline: Deadline, into bytes: inout [UInt8]
    ) -> Problem.Code? {
        guard let id = request.id else {
            var unused: [UInt8] = []
            do throws(Problem) {
                try handler.answer(request, from: connection, deadline: deadline, into: &unused)
                return nil
            } catch {
                return error.code
            }
        }
        let start = bytes.count
        let frame = ResponseEncoder.begin(id: id, in: &bytes)
        do throws(Problem) {
            try handler.answer(request, from: connection, deadline: deadline, into: &bytes)
            guard bytes.count >= frame.resultStart else {
                throw Problem(
                    .internalError, "the handler of \"\(request.method)\" removed bytes that were not its own")
            }
            do throws(FrameError) {
                try ResponseEncoder.end(frame, in: &bytes, bodyBytesMax: frameBytesMax)
            } catch {
                throw Self.tooLarge(error)
            }
            return nil
        } catch {
            bytes.removeSubrange(min(start, bytes.count)...)
            ResponseEncoder.append(error, id: id, to: &bytes, bodyBytesMax: frameBytesMax)
            return error.code
        }
    }

    private static func tooLarge(_ error: FrameError) -> Problem {
        // Pages are cut so that they fit: this is an answer that comes whole.
        let hint = "ask for less at a time, such as a shorter period or fewer clients"
        guard case .tooLarge(let bytes, let maximum) = error else {
            return Problem(.tooLarge, "the answer is too large")
        }
        return Problem(
            .tooLarge, "the answer has \(bytes) bytes; the most is \(maximum)", hint: hint,
            data: ["bytes": .integer(Int64(bytes)), "bytes_max": .integer(Int64(maximum))])
    }
}
