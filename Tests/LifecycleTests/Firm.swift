import Lifecycle
import Records
import Words

/// A company in few words. Days are plain numbers.
struct Firm {
    struct Person {
        var created: Int32 = 0
        var reported: Int32?
        var active: [Int32] = []
        var paid: [Int32] = []
        var subscriptions: [(start: Int32, end: Int32?)] = []
    }

    var people: [Person] = []
    var settings = LifecycleSettings()
    var activity = ActivityDefinition.any
    var paymentsRecur = true
    var silenceClock: Int32?
    var startClock: Int32?
    /// What a payment covers, grace included.
    var coverDays: Int32 = 37

    init(_ people: Person...) { self.people = people }
    init(people: [Person]) { self.people = people }

    private func see(_ person: Person, _ pass: inout ActivityPass) -> ActivityShape {
        pass.begin(reportedOn: person.reported ?? ActivityShape.noDay)
        if activity != .transactions { for day in person.active { pass.see(activeOn: day) } }
        for day in person.paid { pass.see(paidOn: day, isActivity: activity != .engagement) }
        return pass.finish()
    }

    func survey(asOf: Int32) -> LifecycleSurvey {
        var pass = ActivityPass(through: asOf, settings: settings)
        var survey = LifecycleSurvey(asOf: asOf)
        for person in people {
            survey.add(
                created: person.created, reportedOn: person.reported ?? ActivityShape.noDay, see(person, &pass))
        }
        return survey
    }

    func table(asOf: Int32) -> LifecycleTable {
        let terms = LifecycleTerms(
            asOf: asOf, settings: settings, survey: survey(asOf: asOf), silenceClock: silenceClock,
            startClock: startClock)
        let pass = LifecyclePass(terms)
        var activity = ActivityPass(through: asOf, settings: settings)
        var holding = SubscriptionAbsences()
        var table = LifecycleTable(asOf: asOf)
        for person in people {
            let shape = see(person, &activity)
            var client = LifecycleClient(
                created: person.created, reportedOn: person.reported ?? ActivityShape.noDay, shape: shape)
            holding.begin()
            for term in person.subscriptions { holding.add(from: term.start, until: term.end ?? Absence.open) }
            holding.finish(asOf: asOf)
            client.firstSubscriptionDay = holding.firstDay
            if holding.firstDay != ActivityShape.noDay {
                client.held = .subscription
            } else if paymentsRecur, shape.firstPaymentDay != ActivityShape.noDay {
                client.held = .payment
                holding.begin()
                for day in person.paid { holding.add(from: day, until: day + coverDays) }
                holding.finish(asOf: asOf)
            }
            table.append(client, gaps: activity.gaps.span, held: holding.absences.span, by: pass)
        }
        return table
    }

    /// The only client's standing.
    func standing(asOf: Int32) -> ClientStanding { table(asOf: asOf).standings[0] }
}

extension ClientStanding {
    /// In short: status, its day, and the basis.
    var picture: String {
        if isAhead { return "-" }
        return "\(status.name) \(since)" + (basis.map { " \($0.name)" } ?? "")
    }
}

extension LifecycleTable {
    func picture(of client: Int) -> [String] {
        absences(of: client).map { "\($0.leftOn)..<\($0.isOpen ? "" : String($0.returnedOn)) \($0.basis.name)" }
    }
}
