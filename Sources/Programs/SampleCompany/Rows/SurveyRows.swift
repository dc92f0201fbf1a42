import Glibc

/// Answers to the quarterly question whether one would recommend the company, in order of their days.
struct SurveyRows: RowSource {
    private let company: Company
    private var nextDays: [Int32]
    private var waves: [Int]
    private var active = 0
    private var day: Int

    private static let waveDays = 91
    /// The first question comes this long after sign-up.
    private static let firstWaveDays = 40

    init(company: Company) {
        self.company = company
        day = company.settings.firstDay
        waves = []
        nextDays = []
        waves.reserveCapacity(company.clients.count)
        nextDays.reserveCapacity(company.clients.count)
        for client in company.clients {
            let age = max(0, company.settings.firstDay - client.signupDay - SurveyRows.firstWaveDays)
            let (day, wave) = SurveyRows.answer(
                of: client, from: age / SurveyRows.waveDays, company: company, earliest: company.settings.firstDay)
            nextDays.append(Int32(clamping: day))
            waves.append(wave)
        }
    }

    mutating func appendBatch(to writer: inout RowWriter) -> Bool {
        while active < nextDays.count, company.clients[active].signupDay <= day { active += 1 }
        let today = Int32(day)
        for index in 0..<active where nextDays[index] == today {
            append(company.clients[index], wave: waves[index], to: &writer)
            let (next, wave) = SurveyRows.answer(
                of: company.clients[index], from: waves[index] + 1, company: company, earliest: day + 1)
            nextDays[index] = Int32(clamping: next)
            waves[index] = wave
        }
        day += 1
        return day <= company.settings.lastDay
    }

    /// The next wave that the client answers, and the day of the answer; the day is `Client.never` without one.
    private static func answer(
        of client: Client, from wave: Int, company: Company, earliest: Int
    ) -> (day: Int, wave: Int) {
        var wave = wave
        while true {
            let asked = client.signupDay + firstWaveDays + wave * waveDays
            if asked > company.settings.lastDay { return (Client.never, wave) }
            var stream = RandomStream(
                seed: company.settings.seed, concern: .survey, entity: client.index, index: wave)
            let answered = asked + Int(4 * stream.gammaOfMeanOne(shape: 1))
            if answered >= earliest, answered <= company.settings.lastDay, client.isServed(on: answered),
                stream.chance(responseRate(of: client, on: answered))
            {
                return (answered, wave)
            }
            wave += 1
        }
    }

    private static func responseRate(of client: Client, on day: Int) -> Double {
        let usual = [0.3, 0.38, 0.46][Int(client.segment.rawValue)]
        guard client.warningProgress(on: day) != nil else { return usual }
        switch client.reason {
        case .silent: return 0.08
        case .championLeft: return 0.12
        case .support: return 0.55
        default: return usual
        }
    }

    private func append(_ client: Client, wave: Int, to writer: inout RowWriter) {
        var stream = RandomStream(
            seed: company.settings.seed, concern: .survey, entity: client.index, index: 1 << 20 | wave)
        var mean = 8.15 + 0.95 * client.contentment
        var theme = SurveyComments.Theme.general
        if let progress = client.warningProgress(on: day), let reason = client.reason {
            let weight = 0.5 + 0.5 * progress
            switch reason {
            case .price: (mean, theme) = (mean - 2.8 * weight, .price)
            case .support: (mean, theme) = (mean - 5 * weight, .support)
            case .championLeft: (mean, theme) = (mean - 1.5 * weight, .newContact)
            case .competitor: (mean, theme) = (mean - 2.6 * weight, .competitor)
            case .silent: mean -= 1.8 * weight
            case .sudden: break
            }
        } else if let depth = client.dipProgress(on: day) {
            mean -= 2 * depth
        } else if company.calendar.hadIncident(product: client.product, day: day, within: 21) {
            mean -= 0.7
            if stream.chance(0.4) { theme = .incident }
        } else if let days = company.calendar.daysSincePriceRise(on: day), days < 60 {
            mean -= 0.4
            if stream.chance(0.25) { theme = .price }
        }
        let score = min(max(Int((mean + 1.35 * stream.normal()).rounded()), 0), 10)
        writer.reserveRow()
        writer.recordIdentifier()
        writer.client(client.index)
        writer.day(day)
        writer.integer(score)
        // Who is not content says so more often.
        if stream.chance(score <= 6 ? 0.62 : score >= 9 ? 0.42 : 0.33) {
            writer.text(SurveyComments.comment(score: score, theme: theme, client: client, stream: &stream))
        } else {
            writer.comma()
        }
        writer.endRow(client: client.index)
    }
}
