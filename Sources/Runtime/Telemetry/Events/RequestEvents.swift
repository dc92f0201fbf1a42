/// What became of a request.
public enum RequestOutcome: String, Sendable, CaseIterable {
    /// It was answered with a result.
    case answered
    /// It was answered with an error that is the caller's to mend.
    case refused
    /// The caller may not do this.
    case denied
    /// It was not answered in time.
    case timedOut = "timed_out"
    /// It failed by the daemon's own fault.
    case failed
}

/// A connection, or a request that needs another role, was denied to a local user.
public struct ClientDenied: Event {
    public static let kind = EventKind.clientDenied

    /// The caller's user number as told by the kernel.
    public let peerUID: UInt32
    /// The method asked for; none when the connection was denied.
    public let method: SafeText?
    /// What went wrong.
    public let errorCode: ErrorCode

    public init(peerUID: UInt32, method: SafeText? = nil, errorCode: ErrorCode) {
        self.peerUID = peerUID
        self.method = method
        self.errorCode = errorCode
    }

    public var message: SafeText {
        if let method { return "user \(peerUID) denied \(method): \(errorCode)" }
        return "user \(peerUID) denied a connection: \(errorCode)"
    }

    public var fields: EventFields {
        [
            .peerUID: .count(peerUID), .method: method.map { .text($0) }, .errorCode: .text(errorCode.text),
        ]
    }

    public var measurements: [EventMeasurement] { [.add(1, to: .denials)] }
}

/// A request failed by the daemon's own fault.
public struct RequestFailedInternally: Event {
    public static let kind = EventKind.requestFailedInternally

    /// The method of the wire protocol; `"unknown"` for any other.
    public let method: SafeText
    /// The caller's user number as told by the kernel.
    public let peerUID: UInt32
    /// What went wrong.
    public let errorCode: ErrorCode
    /// How long it took.
    public let duration: Duration

    public init(method: SafeText, peerUID: UInt32, errorCode: ErrorCode, duration: Duration) {
        self.method = method
        self.peerUID = peerUID
        self.errorCode = errorCode
        self.duration = duration
    }

    public var message: SafeText { "\(method) failed internally after \(duration): \(errorCode)" }

    public var fields: EventFields {
        [
            .method: .text(method), .peerUID: .count(peerUID), .errorCode: .text(errorCode.text),
            .duration: .duration(duration),
        ]
    }

    public var measurements: [EventMeasurement] { [.add(1, to: .internalFailures, ["method": method])] }
}

/// A request was answered: who asked which method, and the outcome. Never the parameters or the answer.
public struct RequestAudited: Event {
    public static let kind = EventKind.requestAudited

    /// The caller's user number as told by the kernel.
    public let peerUID: UInt32
    /// The method of the wire protocol; `"unknown"` for any other.
    public let method: SafeText
    /// What became of it.
    public let outcome: RequestOutcome
    /// How long it took.
    public let duration: Duration
    /// The drop it handed in.
    public let dropID: Int64?

    public init(
        peerUID: UInt32, method: SafeText, outcome: RequestOutcome, duration: Duration, dropID: Int64? = nil
    ) {
        self.peerUID = peerUID
        self.method = method
        self.outcome = outcome
        self.duration = duration
        self.dropID = dropID
    }

    public var message: SafeText { "user \(peerUID) \(method) \(SafeText(caseOf: outcome)) in \(duration)" }

    public var fields: EventFields {
        [
            .peerUID: .count(peerUID), .method: .text(method), .outcome: .text(SafeText(caseOf: outcome)),
            .dropID: dropID.map { .count($0) }, .duration: .duration(duration),
        ]
    }

    public var measurements: [EventMeasurement] {
        [
            .add(1, to: .audits, ["method": method, "outcome": SafeText(caseOf: outcome)]),
            .observe(duration, in: .auditDuration, ["method": method]),
        ]
    }
}
