public import Records
public import Words

/// Where every client stands, on the as-of day and on every day before it as known then.
public struct LifecycleTable: Sendable {
    public let asOf: Int32
    /// In the order in which clients were appended.
    public private(set) var standings: [ClientStanding] = []
    private var allAbsences = ClientLists<Absence>()
    private var scratch: [Absence] = []

    public init(asOf: Int32) { self.asOf = asOf }

    public var count: Int { standings.count }

    public mutating func reserveCapacity(_ count: Int) {
        standings.reserveCapacity(count)
        allAbsences.reserveCapacity(count)
    }

    /// Appends a client. The parameters are those of ``LifecyclePass/standing(of:gaps:held:absences:)``.
    /// - Returns: the reported absence, where he has one: what he is worth ends with it.
    @discardableResult
    public mutating func append(
        _ client: LifecycleClient, gaps: Span<ActivityShape.Gap>, held: Span<Absence>, by pass: LifecyclePass
    ) -> Absence? {
        scratch.removeAll(keepingCapacity: true)
        standings.append(pass.standing(of: client, gaps: gaps, held: held, absences: &scratch))
        allAbsences.append(scratch)
        return scratch.last { $0.basis == .reported }
    }

    /// Appends the clients of another part, which was made by the same terms.
    public mutating func append(contentsOf part: LifecycleTable) {
        standings.append(contentsOf: part.standings)
        allAbsences.append(contentsOf: part.allAbsences)
    }

    /// Puts some clients anew, by the same terms.
    /// - Parameter clients: one for each client of `part`; new ones follow on those that there are.
    public mutating func replace(_ clients: [UInt32], with part: LifecycleTable) {
        for (client, standing) in zip(clients, part.standings) {
            if Int(client) < standings.count {
                standings[Int(client)] = standing
            } else {
                standings.append(standing)
            }
        }
        allAbsences.replace(clients, with: part.allAbsences)
    }

    /// Whether so much was put anew that all of it is worth making again.
    public var isScattered: Bool { allAbsences.isScattered }

    /// The times in which a client was gone, ascending.
    public func absences(of client: Int) -> ArraySlice<Absence> {
        allAbsences[client]
    }

    /// The status of a client on a day, the as-of day or one before it, as known on the as-of day; nil where he was not
    /// there yet.
    public func status(of client: Int, on day: Int32) -> ClientStatus? {
        let standing = standings[client]
        guard !standing.isAhead, day >= standing.created else { return nil }
        if day >= asOf { return standing.status }
        var hadLeft = false
        for absence in absences(of: client) {
            if absence.leftOn > day { break }
            if day < absence.returnedOn { return .left }
            if absence.basis != .neverStarted { hadLeft = true }
        }
        if hadLeft { return .returned }
        return day < standing.customerFrom ? .notStarted : .current
    }

    /// What there is to say of a client who has left; nil of who is there.
    public func leaving(of client: Int) -> Leaving? {
        let standing = standings[client]
        guard let leftOn = standing.leftOn, let basis = standing.basis else { return nil }
        let before = absences(of: client).dropLast().count { $0.basis != .neverStarted }
        return Leaving(
            leftOn: Day(rawValue: leftOn), basis: basis, tenureDays: max(0, Int(leftOn) - Int(standing.created)),
            daysAgo: Int(asOf) - Int(leftOn),
            lastActiveOn: standing.lastActiveOn == ActivityShape.noDay ? nil : Day(rawValue: standing.lastActiveOn),
            timesBefore: before)
    }

    /// Clients by status on the as-of day.
    public func counts() -> [ClientStatus: Int] {
        standings.reduce(into: [:]) { if !$1.isAhead { $0[$1.status, default: 0] += 1 } }
    }

    /// How often leaving by a sign was not for good: of all absences that began `days` or more before the as-of day, those
    /// that were over within so many days.
    public func returns(from basis: LeavingBasis, within days: Int) -> (returned: Int, all: Int) {
        var result = (returned: 0, all: 0)
        for client in standings.indices {
            for absence in allAbsences[client]
            where absence.basis == basis && Int(asOf) - Int(absence.leftOn) >= days {
                result.all += 1
                if !absence.isOpen, Int(absence.returnedOn) - Int(absence.leftOn) <= days { result.returned += 1 }
            }
        }
        return result
    }
}
