import Glibc

/// What happens to the company as a whole: promotions, holidays, incidents, price rises, and its general drift.
struct CompanyCalendar: Sendable {
    /// A promotion or a holiday, as it stands in the extra file of events.
    struct Occasion: Sendable {
        let day: Int
        let name: String
        /// The segment that a promotion is for; nil for all.
        let segment: Segment?
        let length: Int
        /// Codes of the countries that keep a holiday; empty for all.
        let countries: Set<String>
    }

    /// A disturbance of one product, or of all of them.
    struct Incident: Sendable {
        let day: Int
        let length: Int
        let product: Int?
        /// Share of the activity that is lost, 0 … 1.
        let severity: Double
    }

    let firstDay: Int
    let lastDay: Int
    /// One day before the window … one day after it: local days reach over its borders.
    private let tableStart: Int
    private let tableDays: Int
    private let countryFactors: [Float]
    private let segmentFactors: [Float]
    private let productFactors: [Float]
    private let productTickets: [Float]
    let occasions: [Occasion]
    let incidents: [Incident]
    let priceRises: [(day: Int, factor: Double)]
    let promotions: [Promotion.Run]

    /// Latest day on which a client's fate is decided: the window and a year.
    static let outlookDays = 366

    init(settings: SampleSettings) {
        firstDay = settings.firstDay
        lastDay = settings.lastDay
        tableStart = firstDay - 1
        tableDays = settings.days + 2
        let lastYear = CivilDate(dayNumber: lastDay + CompanyCalendar.outlookDays).year
        let years = CivilDate(dayNumber: firstDay - 1).year...lastYear
        let runs = Promotion.runs(years: years, seed: settings.seed).filter { $0.day >= settings.firstDay }
        promotions = runs
        occasions = CompanyCalendar.occasions(years: years, promotions: runs)
        incidents = CompanyCalendar.makeIncidents(settings: settings)
        priceRises = CompanyCalendar.makePriceRises(settings: settings)
        countryFactors = CompanyCalendar.countryTable(settings: settings, start: tableStart, days: tableDays)

        var segments = [Float](repeating: 1, count: Segment.allCases.count * settings.days)
        for run in runs {
            for day in run.day..<(run.day + run.promotion.length) where day <= settings.lastDay {
                for segment in Segment.allCases where run.promotion.segment.map({ $0 == segment }) ?? true {
                    segments[Int(segment.rawValue) * settings.days + day - settings.firstDay] *=
                        Float(run.promotion.engagement)
                }
            }
        }
        segmentFactors = segments

        let products = Catalogue.products.count
        var activity = [Float](repeating: 1, count: products * settings.days)
        var tickets = [Float](repeating: 0, count: products * settings.days)
        for incident in incidents {
            for product in 0..<products where incident.product.map({ $0 == product }) ?? true {
                // The day after the incident still brings questions.
                for day in incident.day...(incident.day + incident.length) where day <= settings.lastDay {
                    let index = product * settings.days + day - settings.firstDay
                    let isOver = day == incident.day + incident.length
                    if !isOver { activity[index] *= Float(1 - incident.severity) }
                    tickets[index] += Float(incident.severity * (isOver ? 0.06 : 0.2))
                }
            }
        }
        productFactors = activity
        productTickets = tickets
    }

    // MARK: What the day is like

    /// Activity of a country's working day against the average one.
    func countryFactor(country: Int, localDay: Int) -> Double {
        let index = min(max(localDay - tableStart, 0), tableDays - 1)
        return Double(countryFactors[country * tableDays + index])
    }

    /// Effect of running promotions on a segment's activity.
    func promotionFactor(segment: Int, day: Int) -> Float {
        segmentFactors[segment * (lastDay - firstDay + 1) + day - firstDay]
    }

    /// What incidents leave of a product's activity.
    func incidentFactor(product: Int, day: Int) -> Float {
        productFactors[product * (lastDay - firstDay + 1) + day - firstDay]
    }

    /// Additional tickets per day and unit of a client's ticket propensity because of incidents.
    func incidentTickets(product: Int, day: Int) -> Float {
        productTickets[product * (lastDay - firstDay + 1) + day - firstDay]
    }

    /// The level of the price list on a day; 1 at the start of the window.
    func priceLevel(on day: Int) -> Double {
        var level = 1.0
        for rise in priceRises where rise.day <= day { level *= rise.factor }
        return level
    }

    func daysSincePriceRise(on day: Int) -> Int? {
        priceRises.last { $0.day <= day }.map { day - $0.day }
    }

    /// True when the product was disturbed within the given number of days before `day`.
    func hadIncident(product: Int, day: Int, within days: Int) -> Bool {
        incidents.contains { $0.day < day && $0.day >= day - days && ($0.product.map { $0 == product } ?? true) }
    }

    // MARK: Making the tables

    private static func occasions(years: ClosedRange<Int>, promotions: [Promotion.Run]) -> [Occasion] {
        var all: [Occasion] = promotions.map { run in
            Occasion(
                day: run.day, name: run.promotion.name, segment: run.promotion.segment, length: run.promotion.length,
                countries: [])
        }
        for holiday in Holiday.all {
            for year in years {
                all.append(
                    Occasion(
                        day: holiday.firstDay(year: year), name: holiday.name, segment: nil, length: holiday.length,
                        countries: holiday.countries))
            }
        }
        return all.sorted { ($0.day, $0.name) < ($1.day, $1.name) }
    }

    private static func makeIncidents(settings: SampleSettings) -> [Incident] {
        var stream = RandomStream(seed: settings.seed, concern: .calendar, entity: 1)
        var incidents: [Incident] = []
        var day = Double(settings.firstDay)
        while true {
            // Four and a half incidents a year.
            day += -log(1 - stream.unit()) * 365 / 4.5
            guard day < Double(settings.lastDay + 1) else { return incidents }
            let product = stream.chance(0.3) ? nil : stream.index(weights: Catalogue.productWeights)
            incidents.append(
                Incident(
                    day: Int(day), length: stream.integer(in: 1...3), product: product,
                    severity: stream.uniform(0.25, 0.75)))
            day += 10
        }
    }

    private static func makePriceRises(settings: SampleSettings) -> [(day: Int, factor: Double)] {
        var stream = RandomStream(seed: settings.seed, concern: .calendar, entity: 2)
        var rises: [(day: Int, factor: Double)] = []
        var day = settings.firstDay + stream.integer(in: 120...330)
        while day <= settings.lastDay + outlookDays {
            // Prices change on the first of a month.
            let date = CivilDate(dayNumber: day)
            rises.append(
                (CivilDate(year: date.year, month: date.month, day: 1).dayNumber, stream.uniform(1.05, 1.11)))
            day += stream.integer(in: 330...450)
        }
        return rises
    }

    private static let weekdayFactors = [1.06, 1.14, 1.12, 1.07, 0.9, 0.2, 0.16]

    private static func countryTable(settings: SampleSettings, start: Int, days: Int) -> [Float] {
        let drift = makeDrift(settings: settings, start: start, days: days)
        var table = [Float](repeating: 0, count: Country.all.count * days)
        for (index, country) in Country.all.enumerated() {
            for day in 0..<days {
                let number = start + day
                let factor =
                    weekdayFactors[CivilDate.weekday(of: number)] * seasonFactor(country: country, day: number)
                    * drift[day]
                table[index * days + day] = Float(factor)
            }
        }
        // Also the holidays of the years before and after: a local day can lie in a neighbouring year.
        let years = CivilDate(dayNumber: start - 7).year...CivilDate(dayNumber: start + days).year
        for holiday in Holiday.all {
            for year in years {
                let first = holiday.firstDay(year: year)
                for day in first..<(first + holiday.length) where day >= start && day < start + days {
                    // A weekend is quiet anyway.
                    let isWeekend = CivilDate.weekday(of: day) >= 5
                    let remaining = isWeekend ? min(1, holiday.remaining * 2.5) : holiday.remaining
                    for (index, country) in Country.all.enumerated() where holiday.isKept(in: country) {
                        table[index * days + day - start] *= Float(remaining)
                    }
                }
            }
        }
        return table
    }

    /// Yearly course: two smooth waves and the summer holidays of the hemisphere.
    private static func seasonFactor(country: Country, day: Int) -> Double {
        let date = CivilDate(dayNumber: day)
        let ofYear = day - CivilDate(year: date.year, month: 1, day: 1).dayNumber
        let angle = 2 * Double.pi * Double(ofYear) / 365.25
        let wave = 0.05 * cos(angle - 1.1) + 0.04 * cos(2 * angle - 2.2)
        // Days from the middle of the summer holidays, over the turn of the year in the south.
        let centre = country.isSouthern ? 10 : 217
        let raw = abs(ofYear - centre)
        let distance = Double(min(raw, 365 - raw))
        let depth =
            switch country.region {
            case .emea: 0.28
            case .northAmerica: 0.12
            case .asiaPacific: country.isSouthern ? 0.18 : 0.07
            case .latinAmerica: country.isSouthern ? 0.18 : 0.08
            }
        return (1 + wave) * (1 - depth * exp(-distance * distance / (2 * 17 * 17)))
    }

    /// The general course of usage: growth whose slope changes about twice in two years.
    private static func makeDrift(settings: SampleSettings, start: Int, days: Int) -> [Double] {
        var stream = RandomStream(seed: settings.seed, concern: .calendar, entity: 3)
        var level = 0.0
        var slope = stream.uniform(-0.05, 0.22)
        var next = stream.integer(in: 150...420)
        return (0..<days).map { day in
            if day == next {
                slope = stream.uniform(-0.18, 0.3)
                next += stream.integer(in: 150...420)
            }
            // Ten years of growth stay within a factor of two and a half.
            level = min(max(level + slope / 365, -0.9), 0.9)
            return exp(level)
        }
    }
}
