public import Contract
internal import NIOConcurrencyHelpers

/// What a server has counted since it started.
public struct ServerStatistics: Sendable, Equatable {
    public internal(set) var connectionsOpen = 0
    public internal(set) var connectionsAccepted: UInt64 = 0
    /// Turned away because a ceiling was reached.
    public internal(set) var connectionsRefused: UInt64 = 0
    /// Closed for idling, a frame that did not come, or answers not taken.
    public internal(set) var connectionsTimedOut: UInt64 = 0
    /// Requests and notifications taken, by method; methods the handler does not name are not among them.
    public internal(set) var requestsByMethod: [String: UInt64] = [:]
    /// Error answers by code; those of unknown methods and broken frames included.
    public internal(set) var problemsByCode: [Problem.Code: UInt64] = [:]
    public internal(set) var bytesReceived: UInt64 = 0
    public internal(set) var bytesSent: UInt64 = 0
    public internal(set) var notificationsSent: UInt64 = 0
    /// Memory of incomplete frames, large requests and large waiting answers, now.
    public internal(set) var heldBytes = 0
    /// Requests with a worker or waiting for one, now.
    public internal(set) var requestsAtWork = 0
    /// From a complete request to its answer handed to the kernel's side.
    public internal(set) var latency = LatencyHistogram()

    public var requests: UInt64 { requestsByMethod.values.reduce(0, +) }
}

/// The counters of one I/O thread. Its lock is only ever shared with a reader of statistics. Locks in here are POSIX
/// ones:
/// the thread sanitizer knows them, and does not see the waiting path of `Synchronization.Mutex`.
final class StatisticsRecorder: Sendable {
    private struct Counters {
        var requests: [UInt64]
        var problems = [UInt64](repeating: 0, count: Problem.Code.allCases.count)
        var timedOut: UInt64 = 0
        var bytesReceived: UInt64 = 0
        var bytesSent: UInt64 = 0
        var notifications: UInt64 = 0
        var latency = LatencyHistogram()
    }

    private let methods: [String]
    private let counters: NIOLockedValueBox<Counters>

    init(methods: [String]) {
        self.methods = methods
        counters = NIOLockedValueBox(Counters(requests: [UInt64](repeating: 0, count: methods.count)))
    }

    func received(bytes: Int) { counters.withLockedValue { $0.bytesReceived += UInt64(bytes) } }

    func notified(bytes: Int) {
        counters.withLockedValue {
            $0.notifications += 1
            $0.bytesSent += UInt64(bytes)
        }
    }

    func timedOut() { counters.withLockedValue { $0.timedOut += 1 } }

    func answered(method: Int?, problem: Problem.Code?, bytes: Int, nanoseconds: UInt64) {
        counters.withLockedValue {
            if let method { $0.requests[method] += 1 }
            if let problem { $0.problems[Self.index(of: problem)] += 1 }
            $0.bytesSent += UInt64(bytes)
            $0.latency.record(nanoseconds: nanoseconds)
        }
    }

    func refused(_ problem: Problem.Code, bytes: Int) {
        counters.withLockedValue {
            $0.problems[Self.index(of: problem)] += 1
            $0.bytesSent += UInt64(bytes)
        }
    }

    func add(to total: inout ServerStatistics) {
        let now = counters.withLockedValue { $0 }
        for (index, method) in methods.enumerated() {
            total.requestsByMethod[method, default: 0] += now.requests[index]
        }
        for (index, code) in Problem.Code.allCases.enumerated() where now.problems[index] > 0 {
            total.problemsByCode[code, default: 0] += now.problems[index]
        }
        total.connectionsTimedOut += now.timedOut
        total.bytesReceived += now.bytesReceived
        total.bytesSent += now.bytesSent
        total.notificationsSent += now.notifications
        total.latency.merge(now.latency)
    }

    private static let positions = Dictionary(
        uniqueKeysWithValues: Problem.Code.allCases.enumerated().map { ($1, $0) })

    private static func index(of code: Problem.Code) -> Int { positions[code] ?? 0 }
}
