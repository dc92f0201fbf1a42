import Glibc

/// The event log: sessions that begin with a login, in order of time.
struct EngagementRows: RowSource {
    /// What the daily loop reads of a client, kept small because it runs over all clients every day.
    private struct Pace {
        let key: UInt64
        /// Expected sessions of the day before season, weekday and events.
        var level: Float = 0
        /// Day on which `level` must be worked out again.
        var refreshDay: Int32
        /// Index into the factors of the day: country × segment × product.
        let factorIndex: Int32
    }

    private let company: Company
    private var paces: [Pace]
    private var active = 0
    private var day: Int
    private var factors: [Float]
    private var records: [UInt64] = []
    private var order = TimeOrder()
    private let eventTypes = Catalogue.eventTypes.map { PaddedText($0) }
    private let devices = Catalogue.devices.map { PaddedText($0) }
    private let features = Catalogue.features.map { PaddedText($0) }
    private let mixes = EventMix.all

    private static let segments = Segment.allCases.count
    private static let products = Catalogue.products.count

    init(company: Company) {
        self.company = company
        day = company.settings.firstDay
        factors = Array(
            repeating: 0, count: Country.all.count * EngagementRows.segments * EngagementRows.products)
        paces = company.clients.map { client in
            let group = (client.country * EngagementRows.segments + Int(client.segment.rawValue))
            return Pace(
                key: RandomStream.key(seed: company.settings.seed, concern: .engagement, entity: client.index),
                refreshDay: Int32(max(client.signupDay, company.settings.firstDay)),
                factorIndex: Int32(group * EngagementRows.products + client.product))
        }
    }

    mutating func appendBatch(to writer: inout RowWriter) -> Bool {
        while active < paces.count, company.clients[active].signupDay <= day { active += 1 }
        let shape = DayShape(day: day, calendar: company.calendar)
        setFactors(shape)
        records.removeAll(keepingCapacity: true)
        let today = Int32(day)
        for index in 0..<active {
            if paces[index].refreshDay == today { refresh(index) }
            let mean = paces[index].level * factors[Int(paces[index].factorIndex)]
            if mean <= 0 { continue }
            var stream = RandomStream(key: paces[index].key, index: day)
            // exp(−m) >= 1 − m, so most quiet days need no exponential.
            let draw = Float(stream.next() >> 40) * 0x1p-24
            if draw < 1 - mean { continue }
            addSessions(count: EngagementRows.poisson(mean: mean, draw: draw), of: index, shape: shape, stream: &stream)
        }
        order.sort(&records)
        let prefix = RowWriter.instantPrefix(day: day)
        for record in records { append(record, prefix: prefix, to: &writer) }
        day += 1
        return day <= company.settings.lastDay
    }

    private mutating func setFactors(_ shape: DayShape) {
        for country in Country.all.indices {
            for segment in 0..<EngagementRows.segments {
                let promotion = company.calendar.promotionFactor(segment: segment, day: day)
                for product in 0..<EngagementRows.products {
                    let incident = company.calendar.incidentFactor(product: product, day: day)
                    let index = (country * EngagementRows.segments + segment) * EngagementRows.products + product
                    factors[index] = shape.totals[country] * promotion * incident
                }
            }
        }
    }

    /// Works out the level for today and when to do so again: every day while something is under way, else weekly.
    private mutating func refresh(_ index: Int) {
        let client = company.clients[index]
        var noise = RandomStream(
            seed: company.settings.seed, concern: .weekNoise, entity: index, index: (day + 3 + index % 7) / 7)
        paces[index].level = Float(
            client.activityLevel(on: day, windowStart: company.settings.firstDay, weekNoise: noise.normal()))
        let age = day - (day >= client.returnDay ? client.returnDay : client.signupDay)
        let isMoving =
            client.warningProgress(on: day) != nil || client.dipProgress(on: day) != nil || (age >= 0 && age < 21)
        let untilNextWeek = 7 - (day + 3 + index % 7) % 7
        let next = min(day + (isMoving ? 1 : untilNextWeek), client.nextTurn(after: day))
        paces[index].refreshDay = Int32(clamping: next)
    }

    /// Poisson by sequential search from a uniform that is already drawn; the means here stay far below 80.
    private static func poisson(mean: Float, draw: Float) -> Int {
        let bounded = Double(min(mean, 80))
        var probability = exp(-bounded)
        var cumulative = probability
        var count = 0
        while Double(draw) >= cumulative, count < 250 {
            count += 1
            probability *= bounded / Double(count)
            cumulative += probability
        }
        return count
    }

    private mutating func addSessions(
        count: Int, of index: Int, shape: DayShape, stream: inout RandomStream
    ) {
        guard count > 0 else { return }
        let client = company.clients[index]
        let progress = client.warningProgress(on: day)
        let reason = progress == nil ? nil : client.reason
        let lengthScale = 1 / log(1 - 1 / client.eventsPerSession)
        // Without its champion a client keeps to the two features that everybody knows.
        let breadth = reason == .championLeft ? min(2, client.breadth) : client.breadth
        for _ in 0..<count {
            let bits = stream.next()
            let position = Float(bits >> 40) * 0x1p-24
            var second = shape.second(country: client.country, position: position, within: Int(bits & 0xFFFF) % 3600)
            let device = (bits >> 16 & 0xFF) < 217 ? client.device : Int(bits >> 24 & 3)
            let length = min(60, 1 + Int(log(1 - stream.unit()) * lengthScale))
            let mix = EventMix.index(reason: reason, isProgrammatic: device == 3)
            record(second: second, client: index, type: 0, device: device, feature: 0)
            for _ in 1..<max(length, 1) {
                let bits = stream.next()
                // Products of uniforms: short gaps mostly, some long ones; the mean is about a minute and a half.
                second += 3 + Int((bits & 0x1FF) * (bits >> 9 & 0x1FF) >> 10) + Int(bits >> 18 & 0x3F)
                if second >= 86_400 { break }
                let type = Int(mixes[mix].types[Int(bits >> 24 & 0xFF)])
                let rank = Int((bits >> 32 & 0x3FF) * (bits >> 42 & 0x3FF)) * breadth >> 20
                let feature =
                    mixes[mix].feature(of: type, draw: Int(bits >> 52 & 0xFF))
                    ?? 1 + (client.featureStart + rank * client.featureStride) % 15
                record(second: second, client: index, type: type, device: device, feature: feature)
            }
        }
    }

    @inline(__always)
    private mutating func record(second: Int, client: Int, type: Int, device: Int, feature: Int) {
        records.append(UInt64(second << 40 | client << 16 | type << 12 | device << 8 | feature))
    }

    @inline(__always)
    private func append(_ record: UInt64, prefix: PaddedText, to writer: inout RowWriter) {
        let client = Int(record >> 16 & 0xFF_FFFF)
        writer.reserveRow()
        writer.recordIdentifier()
        writer.client(client)
        writer.padded(eventTypes[Int(record >> 12 & 0xF)])
        writer.instant(prefix: prefix, second: Int(record >> 40))
        writer.padded(devices[Int(record >> 8 & 0xF)])
        writer.padded(features[Int(record & 0xFF)])
        writer.endRow(client: client)
    }
}
