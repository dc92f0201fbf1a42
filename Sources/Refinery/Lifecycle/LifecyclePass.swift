public import Records
public import Words

/// Works out where one client after the other stands.
public struct LifecyclePass: Sendable {
    private let terms: LifecycleTerms
    private let asOf: Int32
    private let fixedDays: Int32?
    private let daysToStart: Int

    public init(_ terms: LifecycleTerms) {
        self.terms = terms
        asOf = terms.asOf
        fixedDays = terms.settings.fixedDays
        daysToStart = terms.settings.daysToStart
    }

    /// - Parameters:
    ///   - gaps: of the client's active days, as ``ActivityPass/gaps``.
    ///   - held: the times in which he had left by his subscriptions or payments, ascending, whichever ``LifecycleClient/held``
    ///     names; the last is open while he has not returned.
    ///   - absences: his absences are appended, ascending.
    public func standing(
        of client: LifecycleClient, gaps: Span<ActivityShape.Gap>, held: Span<Absence>, absences: inout [Absence]
    ) -> ClientStanding {
        var standing = ClientStanding(
            created: client.created, since: client.created, customerFrom: Absence.open,
            lastActiveOn: max(client.shape.lastDay, client.shape.firstPaymentDay), conflictOn: ActivityShape.noDay,
            silenceDays: silenceDays(client.shape), status: .current, basis: nil, isAhead: client.created > asOf,
            isReportImpossible: client.reportedOn != ActivityShape.noDay && client.reportedOn < client.created)
        if standing.isAhead { return standing }
        let first = absences.count
        let start = firstStart(client)
        let sign = sign(of: client)
        if sign != .reported { addNeverStarted(client, start: start, to: &absences) }
        switch sign {
        case .reported: addReported(client, to: &absences, &standing)
        case .subscription, .payment: addHeld(held, client, after: first, to: &absences)
        case .silence: addSilences(client, gaps, standing.silenceDays, to: &absences)
        case nil: break
        }
        settle(&standing, client, start: start, sign: sign, absences[first...])
        return standing
    }

    /// The strongest sign that the client has; nil where he has none.
    private func sign(of client: LifecycleClient) -> LeavingSign? {
        for sign in terms.settings.signs {
            switch sign {
            case .reported: if terms.isReported { return sign }
            case .subscription: if client.held == .subscription { return sign }
            case .payment: if client.held == .payment { return sign }
            case .silence: if client.shape.days > 0 { return sign }
            }
        }
        return nil
    }

    private func silenceDays(_ shape: ActivityShape) -> Int32 {
        fixedDays ?? (shape.ownThreshold > 0 ? shape.ownThreshold : terms.usualSilenceDays)
    }

    /// The first day with activity, a payment or a subscription; ``Absence/open`` while there is none.
    private func firstStart(_ client: LifecycleClient) -> Int32 {
        var first = Absence.open
        func look(_ day: Int32) { if day != ActivityShape.noDay, day <= asOf { first = min(first, day) } }
        look(client.shape.firstDay)
        look(client.shape.firstPaymentDay)
        look(client.firstSubscriptionDay)
        return first
    }

    /// Who has not begun in time is gone, but not by any sign: he may begin later all the same.
    private func addNeverStarted(_ client: LifecycleClient, start: Int32, to absences: inout [Absence]) {
        let gone = timeIsUp(client)
        if start > gone { absences.append(Absence(leftOn: gone, returnedOn: start, basis: .neverStarted)) }
    }

    /// The first day on which he has had all the time that there is to begin; ``Absence/open`` while the clock has not come
    /// to it.
    private func timeIsUp(_ client: LifecycleClient) -> Int32 {
        let day = Int32(clamping: Int(client.created) + daysToStart + 1)
        return day <= terms.startClock ? day : Absence.open
    }

    private func addReported(_ client: LifecycleClient, to absences: inout [Absence], _ standing: inout ClientStanding)
    {
        let day = client.reportedOn
        guard day != ActivityShape.noDay, day >= client.created, day <= asOf else { return }
        let second = client.shape.secondAfterReport
        let isBack = second != ActivityShape.noDay
        absences.append(Absence(leftOn: day, returnedOn: isBack ? second : Absence.open, basis: .reported))
        if !isBack { standing.conflictOn = client.shape.firstAfterReport }
    }

    /// What comes from a ledger is taken as it is, as far as it makes sense.
    private func addHeld(
        _ held: Span<Absence>, _ client: LifecycleClient, after first: Int, to absences: inout [Absence]
    ) {
        let basis: LeavingBasis = client.held == .subscription ? .subscription : .payment
        for index in held.indices {
            let leftOn = held[index].leftOn
            guard leftOn <= asOf else { break }
            let returnedOn = held[index].returnedOn > asOf ? Absence.open : held[index].returnedOn
            guard returnedOn > leftOn else { continue }
            if absences.count > first, let last = absences.last, leftOn < last.returnedOn { continue }
            add(Absence(leftOn: leftOn, returnedOn: returnedOn, basis: basis), client, to: &absences)
        }
    }

    /// No silence is inferred of days that the clock has not come to: something is missing there.
    private func addSilences(
        _ client: LifecycleClient, _ gaps: Span<ActivityShape.Gap>, _ days: Int32, to absences: inout [Absence]
    ) {
        for index in gaps.indices {
            let gap = gaps[index]
            let leftOn = Int32(clamping: Int(gap.start) + Int(days))
            guard leftOn < gap.end, leftOn <= terms.silenceClock else { continue }
            add(Absence(leftOn: leftOn, returnedOn: gap.end, basis: .silence), client, to: &absences)
        }
        let leftOn = Int32(clamping: Int(client.shape.lastDay) + Int(days))
        if leftOn <= terms.silenceClock {
            add(Absence(leftOn: leftOn, basis: .silence), client, to: &absences)
        }
    }

    /// Before he was there nobody can have been gone.
    @inline(__always)
    private func add(_ absence: Absence, _ client: LifecycleClient, to absences: inout [Absence]) {
        if absence.returnedOn > client.created { absences.append(absence) }
    }

    private func settle(
        _ standing: inout ClientStanding, _ client: LifecycleClient, start: Int32, sign: LeavingSign?,
        _ absences: ArraySlice<Absence>
    ) {
        let begun = max(client.created, start)
        if sign == .reported {
            // Who is not said to have left has not, whether he ever began or not.
            standing.customerFrom = min(begun, timeIsUp(client))
        } else {
            standing.customerFrom = begun
        }
        if let last = absences.last, last.isOpen {
            (standing.status, standing.since, standing.basis) = (.left, last.leftOn, last.basis)
        } else if let last = absences.last, last.basis != .neverStarted {
            (standing.status, standing.since, standing.basis) = (.returned, last.returnedOn, last.basis)
        } else if standing.customerFrom > asOf {
            standing.status = .notStarted
        } else {
            standing.since = standing.customerFrom
        }
    }
}
