public import Contract
internal import Wire

/// A blocking client of the daemon's socket. Belongs to one thread at a time.
///
///     let client = try RequestClient(path: "/run/aura/aurad.sock")
///     let result = try client.call("system.status")
///
/// Requests may be sent ahead and their answers fetched later, in order:
///
///     let first = try client.send("kpis.get"), second = try client.send("clients.list", params: ["limit": 50])
///     let answers = [try client.receiveResponse(), try client.receiveResponse()]
public final class RequestClient {
    /// A notification the daemon pushed: its method and the JSON text of its parameters.
    public struct Notification: Sendable, Equatable {
        public let method: String
        public let params: [UInt8]
    }

    /// Notifications kept while nobody fetches them; beyond, the oldest is dropped and counted.
    public static let waitingNotificationsMax = 4_096

    private static let receiveBytes = 64 << 10

    /// Notifications lost because nobody fetched them.
    public private(set) var droppedNotifications = 0

    private let socket: ClientSocket
    private let frameBytesMax: Int
    private let buffer: UnsafeMutableRawBufferPointer
    private var decoder: FrameDecoder
    private var outgoing: [UInt8] = []
    private var nextID: Int64 = 1
    /// Requests sent by `send` whose answers are to be handed out, in order.
    private var awaited: [RequestID] = []
    /// Requests whose caller has given up; their answers are dropped when they come.
    private var forgotten: Set<RequestID> = []
    private var responses: [Response] = []
    private var notifications: [Notification] = []
    private var failure: ClientError?

    /// Connects to the daemon's socket. `frameBytesMax` has to match the daemon's when that differs from the default.
    public init(
        path: String, timeout: Duration = .seconds(5), frameBytesMax: Int = 16 << 20
    ) throws(ClientError) {
        socket = try ClientSocket(path: path, deadline: .after(timeout))
        self.frameBytesMax = frameBytesMax
        decoder = FrameDecoder(bodyBytesMax: frameBytesMax)
        buffer = .allocate(byteCount: Self.receiveBytes, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// Closes the connection. Later calls throw `closed`.
    public func close() {
        socket.close()
        failure = failure ?? .closed
    }

    // MARK: Calls

    /// Calls a method and waits for its answer: the JSON text of `result`, or `ClientError.problem`.
    ///
    /// After a `timeout` the connection can go on being used; the late answer is dropped.
    public func call(
        _ method: String, params: JSONObject = [:], timeout: Duration = .seconds(30)
    ) throws(ClientError) -> [UInt8] {
        let deadline = MonotonicTime.after(timeout)
        let id = try transmit(method, params: params, deadline: deadline)
        do throws(ClientError) {
            while true {
                if let position = responses.firstIndex(where: { $0.id == id }) {
                    switch responses.remove(at: position).outcome {
                    case .result(let result): return result
                    case .problem(let problem): throw .problem(problem)
                    }
                }
                try receive(deadline: deadline, waitingFor: "the answer of \(method)")
            }
        } catch {
            if case .timeout = error { forgotten.insert(id) }
            throw error
        }
    }

    /// Sends a request and does not wait; `receiveResponse` hands out the answers in the order of the requests.
    @discardableResult
    public func send(
        _ method: String, params: JSONObject = [:], timeout: Duration = .seconds(30)
    ) throws(ClientError) -> RequestID {
        let id = try transmit(method, params: params, deadline: .after(timeout))
        awaited.append(id)
        return id
    }

    /// Waits for the answer of the oldest request sent by `send`. On a `timeout` it stays the oldest.
    public func receiveResponse(timeout: Duration = .seconds(30)) throws(ClientError) -> Response {
        guard let id = awaited.first else {
            throw .protocolViolation("an answer was asked for and no request has been sent")
        }
        let deadline = MonotonicTime.after(timeout)
        while true {
            if let position = responses.firstIndex(where: { $0.id == id }) {
                awaited.removeFirst()
                return responses.remove(at: position)
            }
            try receive(deadline: deadline, waitingFor: "an answer")
        }
    }

    /// Waits for a notification; nil when none came in time.
    public func nextNotification(timeout: Duration) throws(ClientError) -> Notification? {
        let deadline = MonotonicTime.after(timeout)
        while notifications.isEmpty {
            do throws(ClientError) {
                try receive(deadline: deadline, waitingFor: "a notification")
            } catch {
                if case .timeout = error { return nil }
                throw error
            }
        }
        return notifications.removeFirst()
    }

    // MARK: Sending

    private func transmit(
        _ method: String, params: JSONObject, deadline: MonotonicTime
    ) throws(ClientError) -> RequestID {
        if let failure { throw failure }
        let id = RequestID.integer(nextID)
        outgoing.removeAll(keepingCapacity: outgoing.capacity <= 1 << 20)
        do throws(FrameError) {
            let request = Request(id: id, method: method, params: params)
            try RequestEncoder.append(request, to: &outgoing, bodyBytesMax: frameBytesMax)
        } catch {
            guard case .tooLarge(let bytes, let maximum) = error else { throw .protocolViolation("an empty request") }
            throw .requestTooLarge(bytes: bytes, bytesMax: maximum)
        }
        nextID += 1
        var offset = 0
        while offset < outgoing.count {
            switch try sendOnce(from: offset) {
            case .bytes(let count):
                offset += count
            case .later:
                // The daemon may be waiting for its answers to be taken before it reads on.
                guard let ready = try socket.wait(sending: true, deadline: deadline) else {
                    let error = ClientError.timeout(waitingFor: "the daemon to take the request")
                    // Half a frame is out: nothing can follow it.
                    if offset > 0 { fail(error) }
                    throw error
                }
                if ready.canReceive { try takeIn() }
            case .closed:
                throw closedByDaemon()
            }
        }
        return id
    }

    private func sendOnce(from offset: Int) throws(ClientError) -> ClientSocket.Transfer {
        try outgoing.withUnsafeBufferPointer { bytes throws(ClientError) in
            try socket.send(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[offset...])))
        }
    }

    // MARK: Receiving

    /// Waits for bytes and takes them in.
    private func receive(deadline: MonotonicTime, waitingFor what: String) throws(ClientError) {
        if let failure { throw failure }
        guard try socket.wait(sending: false, deadline: deadline) != nil else { throw .timeout(waitingFor: what) }
        try takeIn()
    }

    /// Receives once and sorts what is complete; false when nothing was there.
    @discardableResult
    private func takeIn() throws(ClientError) -> Bool {
        switch try socket.receive(into: buffer) {
        case .later: return false
        case .closed: throw fail(.closed)
        case .bytes(let count):
            let piece = UnsafeRawBufferPointer(rebasing: buffer[..<count])
            do {
                try sort(piece)
                return true
            } catch let error as ClientError {
                throw fail(error)
            } catch {
                throw fail(.protocolViolation("the daemon sent \(error)"))
            }
        }
    }

    private func sort(_ piece: UnsafeRawBufferPointer) throws {
        var offset = 0
        while let body = try decoder.next(in: piece, from: &offset) {
            let message: ServerMessage
            switch body {
            case .within(let range):
                message = try ResponseDecoder.decode(
                    UnsafeBufferPointer(rebasing: piece.bindMemory(to: UInt8.self)[range]))
            case .gathered(let bytes):
                message = try ResponseDecoder.decode(bytes)
            }
            try sort(message)
        }
    }

    private func sort(_ message: ServerMessage) throws(ClientError) {
        switch message {
        case .notification(let method, let params):
            if notifications.count == Self.waitingNotificationsMax {
                notifications.removeFirst()
                droppedNotifications += 1
            }
            notifications.append(Notification(method: method, params: params))
        case .response(let response):
            // Without an id it is about the connection, which the daemon closes.
            if response.id == .null, case .problem(let problem) = response.outcome { throw .problem(problem) }
            if forgotten.remove(response.id) == nil { responses.append(response) }
        }
    }

    /// The daemon has closed while something was being sent: it may have said why first.
    private func closedByDaemon() -> ClientError {
        do throws(ClientError) {
            while try takeIn() {}
            return fail(.closed)
        } catch {
            return error
        }
    }

    @discardableResult
    private func fail(_ error: ClientError) -> ClientError {
        failure = failure ?? error
        socket.close()
        return error
    }
}
