import Glibc

/// Support tickets in order of their creation.
struct SupportRows: RowSource {
    private struct Pace {
        let key: UInt64
        let country: Int32
        /// Expected everyday tickets of an average day.
        var everyday: Float = 0
        /// True while the client is on its way out, in a dip, new, or about to change its law: look every day.
        var isMoving = false
        var refreshDay: Int32
    }

    private let company: Company
    private var paces: [Pace]
    private var active = 0
    private var day: Int
    private var records: [UInt64] = []
    private var order = TimeOrder()
    private let issues = TicketCause.issues.map { PaddedText($0) }
    private let weights = TicketCause.allCases.map(\.issueWeights)

    init(company: Company) {
        self.company = company
        day = company.settings.firstDay
        paces = company.clients.map { client in
            Pace(
                key: RandomStream.key(seed: company.settings.seed, concern: .ticketRate, entity: client.index),
                country: Int32(client.country), refreshDay: Int32(max(client.signupDay, company.settings.firstDay)))
        }
    }

    mutating func appendBatch(to writer: inout RowWriter) -> Bool {
        while active < paces.count, company.clients[active].signupDay <= day { active += 1 }
        let shape = DayShape(day: day, calendar: company.calendar)
        let incidents = Catalogue.products.indices.map { company.calendar.incidentTickets(product: $0, day: day) }
        let hasIncident = incidents.contains { $0 > 0 }
        let today = Int32(day)
        records.removeAll(keepingCapacity: true)
        for index in 0..<active {
            if paces[index].refreshDay == today { refresh(index) }
            let pace = paces[index]
            if pace.everyday <= 0 { continue }
            if pace.isMoving || hasIncident {
                addTickets(of: index, shape: shape, incidents: incidents)
            } else {
                var stream = RandomStream(key: pace.key, index: day)
                let mean = Double(pace.everyday * shape.totals[Int(pace.country)])
                let draw = stream.unit()
                if draw < 1 - mean || draw < exp(-mean) { continue }
                // Two everyday tickets on one day are rare enough to be one.
                record(cause: .everyday, ordinal: 0, client: index, shape: shape, stream: &stream)
            }
        }
        order.sort(&records)
        for record in records { append(record, to: &writer) }
        day += 1
        return day <= company.settings.lastDay
    }

    private mutating func refresh(_ index: Int) {
        let client = company.clients[index]
        let age = day - (day >= client.returnDay ? client.returnDay : client.signupDay)
        paces[index].everyday = client.isServed(on: day) ? Float(client.ticketsPerDay) : 0
        paces[index].isMoving =
            age < 45 || client.warningProgress(on: day) != nil || client.dipProgress(on: day) != nil
            || (client.churnDay > day && client.churnDay - day <= 12)
        let next = min(day + 7, client.nextTurn(after: day))
        // A dip begins and ends inside of a week unless it is looked for.
        paces[index].refreshDay = Int32(clamping: paces[index].isMoving ? min(day + 1, next) : next)
    }

    private mutating func addTickets(of index: Int, shape: DayShape, incidents: [Float]) {
        let client = company.clients[index]
        var stream = RandomStream(key: paces[index].key, index: day)
        let usual = Double(shape.totals[client.country])
        var means: [(TicketCause, Double)] = [(.everyday, client.ticketsPerDay * usual)]
        let age = day - (day >= client.returnDay ? client.returnDay : client.signupDay)
        if age < 45 { means.append((.onboarding, (client.ticketsPerDay * 1.5 + 0.012) * usual)) }
        let incident = Double(incidents[client.product])
        if incident > 0 {
            means.append((.incident, incident * min(1, client.ticketsPerDay * 30 + 0.1)))
        }
        // What is under way adds to the load of large and small clients alike.
        if let progress = client.warningProgress(on: day), let reason = client.reason {
            switch reason {
            case .price: means.append((.price, 0.035 * usual))
            case .support: means.append((.support, (0.05 + 0.17 * progress + client.ticketsPerDay) * usual))
            case .championLeft: means.append((.championLeft, 0.02 * usual))
            case .competitor: means.append((.competitor, 0.025 * usual))
            case .silent, .sudden: break
            }
        } else if let depth = client.dipProgress(on: day) {
            means.append((.dip, 0.05 * depth * usual))
        }
        var ordinal = 0
        for (cause, mean) in means {
            let draw = stream.unit()
            if draw < 1 - mean { continue }
            var cumulative = exp(-mean)
            var probability = cumulative
            var count = 0
            while draw >= cumulative, count < 20 {
                count += 1
                probability *= mean / Double(count)
                cumulative += probability
            }
            for _ in 0..<count {
                record(cause: cause, ordinal: ordinal, client: index, shape: shape, stream: &stream)
                ordinal = min(ordinal + 1, 255)
            }
        }
        if day == client.cancellationDay(seed: company.settings.seed) {
            record(cause: .cancellation, ordinal: ordinal, client: index, shape: shape, stream: &stream)
        }
    }

    private mutating func record(
        cause: TicketCause, ordinal: Int, client: Int, shape: DayShape, stream: inout RandomStream
    ) {
        let bits = stream.next()
        let second = shape.second(
            country: company.clients[client].country, position: Float(bits >> 40) * 0x1p-24,
            within: Int(bits & 0xFFFF) % 3600)
        records.append(UInt64(second << 40 | client << 16 | cause.rawValue << 8 | ordinal))
    }

    private func append(_ record: UInt64, to writer: inout RowWriter) {
        let second = Int(record >> 40)
        let client = company.clients[Int(record >> 16 & 0xFF_FFFF)]
        let cause = TicketCause.allCases[Int(record >> 8 & 0xFF)]
        var stream = RandomStream(
            key: RandomStream.key(seed: company.settings.seed, concern: .ticketDetail, entity: client.index),
            index: day << 8 | Int(record & 0xFF))
        let issue = stream.index(weights: weights[cause.rawValue])
        let service = [1.25, 0.85, 0.55][Int(client.startTier.rawValue)]
        let hours = TicketCause.medianHours[issue] * service * cause.slowness * exp(0.85 * stream.normal())
        let resolved = day * 86_400 + second + max(240, Int(hours * 3600))
        let isResolved = !stream.chance(0.025) && resolved < (company.settings.lastDay + 1) * 86_400
        let score = 4.55 + 0.25 * client.contentment - 0.42 * log(1 + hours / 20) - cause.displeasure
        let isRated = stream.chance(0.5)
        let rating = min(max(Int((score + 0.75 * stream.normal()).rounded()), 1), 5)

        writer.reserveRow()
        writer.recordIdentifier()
        writer.client(client.index)
        writer.padded(issues[issue])
        writer.instant(prefix: RowWriter.instantPrefix(day: day), second: second)
        if isResolved {
            writer.instant(prefix: RowWriter.instantPrefix(day: resolved / 86_400), second: resolved % 86_400)
        } else {
            writer.comma()
        }
        if isResolved, isRated { writer.integer(rating) } else { writer.comma() }
        writer.endRow(client: client.index)
    }
}

extension Client {
    /// The day on which the client asks to be released, for about half of those who have said why they leave.
    func cancellationDay(seed: UInt64) -> Int? {
        guard churnDay < Client.never, let reason, reason != .silent, reason != .sudden else { return nil }
        var stream = RandomStream(seed: seed, concern: .fate, entity: index, index: 1)
        guard stream.chance(0.5) else { return nil }
        return churnDay - stream.integer(in: 1...12)
    }
}
