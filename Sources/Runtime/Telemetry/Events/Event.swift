/// A happening that operators, scripts and the counters rely on. One value says everything about it: the line in the
/// log and the counters are derived from it together, so they cannot disagree.
///
/// The set is closed by ``EventKind``; each kind has one type. Message and fields are typed so that a client's data
/// cannot get in: see ``SafeText``.
public protocol Event: Sendable {
    static var kind: EventKind { get }

    /// One sentence without a full stop, with the figures a reader wants at once.
    var message: SafeText { get }

    /// The same and more for machines.
    var fields: EventFields { get }

    /// What the counters learn, besides that the event happened.
    var measurements: [EventMeasurement] { get }
}

extension Event {
    public var measurements: [EventMeasurement] { [] }
}
