public import Records
import Words

/// Finds when a client had left by his subscriptions. One of these is a place to work in: its memory is used again for the
/// next client.
public struct SubscriptionAbsences: Sendable {
    private var terms: [(start: Int32, end: Int32)] = []
    /// Of the client who was worked out last, ascending.
    public private(set) var absences: [Absence] = []
    /// ``ActivityShape/noDay`` while none has begun.
    public private(set) var firstDay = ActivityShape.noDay

    public init() {}

    public mutating func begin() { terms.removeAll(keepingCapacity: true) }

    /// A subscription that holds on [`start`, `end`); what is free or on trial is none.
    /// - Parameter end: ``Absence/open`` while it goes on.
    public mutating func add(from start: Int32, until end: Int32) { terms.append((start, max(start, end))) }

    /// - Parameter asOf: subscriptions that begin later are not known yet.
    public mutating func finish(asOf: Int32) {
        absences.removeAll(keepingCapacity: true)
        firstDay = ActivityShape.noDay
        terms.sort { $0 < $1 }
        // The day after which none holds of those looked at.
        var end = ActivityShape.noDay
        for term in terms where term.start <= asOf {
            if firstDay == ActivityShape.noDay {
                firstDay = term.start
            } else if term.start > end {
                absences.append(Absence(leftOn: end, returnedOn: term.start, basis: .subscription))
            }
            end = max(end, term.end)
        }
        if firstDay != ActivityShape.noDay, end <= asOf { absences.append(Absence(leftOn: end, basis: .subscription)) }
    }
}
