import Glibc

/// Draws who a client is and what becomes of it, each from the client's own streams.
struct ClientFactory: Sendable {
    let settings: SampleSettings
    let calendar: CompanyCalendar

    func client(_ index: Int, signupDay: Int) -> Client {
        var stream = RandomStream(seed: settings.seed, concern: .profile, entity: index)
        let segment = Segment.allCases[stream.index(weights: [0.62, 0.28, 0.1])]
        let tier = Tier.allCases[stream.index(weights: ClientFactory.tierWeights[Int(segment.rawValue)])]
        let country = stream.index(weights: Country.weights)
        let yearlyShare = [0.22, 0.45, 0.78][Int(tier.rawValue)]
        let isYearly = stream.chance(yearlyShare)
        let contentment = stream.normal()
        let start = max(signupDay, settings.firstDay)
        let length = max(1, settings.lastDay - start)
        let firstBend = start + stream.below(length)
        let secondBend = start + stream.below(length)
        let sessionMedian = [0.09, 0.24, 0.7][Int(tier.rawValue)] * [0.85, 1.1, 1.6][Int(segment.rawValue)]
        let ticketMean = [0.1, 0.22, 0.6][Int(tier.rawValue)] / 30
        let breadth = [4, 7, 10][Int(tier.rawValue)] + stream.below(5)
        var client = Client(
            index: index, signupDay: signupDay, country: country, segment: segment, startTier: tier,
            startSeats: ClientFactory.seats(of: segment, tier: tier, stream: &stream),
            product: stream.index(weights: Catalogue.productWeights),
            industry: stream.index(weights: Catalogue.industryWeights),
            owner: AccountManagers.owner(region: Country.all[country].region, segment: segment, stream: &stream),
            isYearly: isYearly, discount: ClientFactory.discount(of: segment, stream: &stream),
            paymentMethod: ClientFactory.paymentMethod(
                country: Country.all[country], segment: segment, stream: &stream),
            sessionsPerDay: min(40, sessionMedian * exp(1.05 * stream.normal() + 0.12 * contentment)),
            eventsPerSession: 2.2 + 2.6 * stream.gammaOfMeanOne(shape: 3),
            slopes: (
                0.05 + 0.35 * stream.normal(), 0.02 + 0.35 * stream.normal(), 0.02 + 0.35 * stream.normal()
            ),
            bends: (min(firstBend, secondBend), max(firstBend, secondBend)),
            device: stream.index(weights: [0.58, 0.27, 0.06, 0.09]), breadth: breadth,
            featureStart: stream.below(15), featureStride: stream.pick([1, 2, 4, 7, 8, 11, 13, 14]),
            ticketsPerDay: ticketMean * stream.gammaOfMeanOne(shape: 1.3) * exp(-0.15 * contentment),
            contentment: contentment)
        decideFate(of: &client)
        return client
    }

    private static let tierWeights = [[0.76, 0.22, 0.02], [0.26, 0.58, 0.16], [0.04, 0.3, 0.66]]

    private static func seats(of segment: Segment, tier: Tier, stream: inout RandomStream) -> Int {
        let median = [4.0, 22, 120][Int(segment.rawValue)]
        let drawn = median * exp(0.65 * stream.normal())
        // The basic plan ends at 50 seats.
        return min(max(1, Int(drawn.rounded())), tier == .basic ? 50 : 3000)
    }

    private static func discount(of segment: Segment, stream: inout RandomStream) -> Double {
        switch segment {
        case .small: stream.chance(0.1) ? 0.9 : 1
        case .middle: stream.pick([1, 1, 0.95, 0.9])
        case .enterprise: stream.pick([0.95, 0.9, 0.85, 0.8, 0.75])
        }
    }

    private static func paymentMethod(
        country: Country, segment: Segment, stream: inout RandomStream
    ) -> PaymentMethod {
        let isEuropean = country.currency == .eur
        let isJapanese = country.currency == .jpy
        let weights: [Double] =
            switch segment {
            case .small: [0.62, 0.2, isEuropean ? 0.3 : 0, 0.02, 0.1, isJapanese ? 0.25 : 0]
            case .middle: [0.5, 0.06, isEuropean ? 0.5 : 0, 0.2, 0.02, isJapanese ? 0.05 : 0]
            case .enterprise: [0.15, 0, isEuropean ? 0.2 : 0, 0.75, 0, 0]
            }
        return PaymentMethod.allCases[stream.index(weights: weights)]
    }
}
