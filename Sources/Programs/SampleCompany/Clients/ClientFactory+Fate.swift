import Glibc

extension ClientFactory {
    /// Decides whether, when and why the client leaves, whether it comes back, and its passing weaknesses.
    ///
    /// Fates are decided up to `CompanyCalendar.outlookDays` after the window, whatever is shown of them.
    func decideFate(of client: inout Client) {
        var stream = RandomStream(seed: settings.seed, concern: .fate, entity: client.index)
        let frailty = stream.gammaOfMeanOne(shape: 2) * exp(-0.35 * client.contentment - 0.06)
        let start = max(client.signupDay, settings.firstDay)
        if let churnDay = churnDay(of: client, frailty: frailty, stream: &stream) {
            leave(&client, on: churnDay, start: start, stream: &stream)
        }
        decideDip(of: &client, start: start, stream: &stream)
    }

    /// Clients leave at the end of a paid period. The monthly hazard is higher in the first months, after a price
    /// rise and after an incident; who pays by the year leaves at the anniversary.
    private func churnDay(of client: Client, frailty: Double, stream: inout RandomStream) -> Int? {
        let term = client.isYearly ? 12 : 1
        let signup = CivilDate(dayNumber: client.signupDay)
        let end = settings.lastDay + CompanyCalendar.outlookDays
        let base = [0.028, 0.0155, 0.0085][Int(client.startTier.rawValue)]
        var months = 0
        while true {
            months += term
            let day = signup.adding(months: months).dayNumber
            if day > end { return nil }
            // Everyone is a client on the first day of the window; nobody leaves in the first week of it.
            if day < settings.firstDay + 7 { continue }
            var hazard = base * frailty
            if months <= 3 { hazard *= 1.5 } else if months > 12 { hazard *= 0.8 }
            if let days = calendar.daysSincePriceRise(on: day), days < 100 { hazard *= 1.35 }
            if calendar.hadIncident(product: client.product, day: day, within: 60) { hazard *= 1.2 }
            hazard = min(hazard, 0.4)
            // A year of the monthly hazard, less what the longer commitment and its selection take away.
            let probability = client.isYearly ? 0.75 * (1 - pow(1 - hazard, 12)) : hazard
            if stream.chance(probability) { return day }
        }
    }

    private func leave(_ client: inout Client, on day: Int, start: Int, stream: inout RandomStream) {
        let afterRise = calendar.daysSincePriceRise(on: day).map { $0 < 100 } ?? false
        let afterIncident = calendar.hadIncident(product: client.product, day: day, within: 60)
        let isSmall = client.segment == .small
        let weights: [Double] = [
            afterRise ? 0.4 : 0.2, (afterIncident ? 0.28 : 0.17) * (client.contentment < 0 ? 1.3 : 0.8),
            isSmall ? 0.08 : 0.2, 0.15, 0.2, isSmall ? 0.14 : 0.1,
        ]
        let reason = ChurnReason.allCases[stream.index(weights: weights)]
        let warning = stream.integer(in: 30...90)
        client.churnDay = day
        client.reason = reason
        // A young client shows its end as early as its age allows.
        client.warningDay = reason == .sudden ? day : max(day - warning, min(start + 5, day - 1))
        if stream.chance(0.11) {
            let back = day + stream.integer(in: 45...240)
            if back <= settings.lastDay + CompanyCalendar.outlookDays { client.returnDay = back }
        }
    }

    private func decideDip(of client: inout Client, start: Int, stream: inout RandomStream) {
        let length = stream.integer(in: 30...75)
        let depth = stream.uniform(0.45, 0.9)
        let day = start + 30 + stream.below(max(1, settings.lastDay - start - 30))
        let years = Double(settings.lastDay - start) / 365
        guard stream.chance(1 - exp(-0.16 * years)) else { return }
        // It passes before any sign of a real end, and in the time that is shown.
        let end = day + length
        guard end <= settings.lastDay, end + 20 < min(client.warningDay, client.churnDay) else { return }
        client.dipDay = day
        client.dipLength = length
        client.dipDepth = depth
    }
}
