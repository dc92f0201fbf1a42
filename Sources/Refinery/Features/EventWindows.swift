import Records

/// A client's events of the last 90 days, day by day, and what they add up to.
struct EventWindows {
    private static let days = 90

    private let context: FeatureContext
    private var cursor: ClientCursor
    private var counts = [Int32](repeating: 0, count: days)
    private var logins = [Int32](repeating: 0, count: days)
    private var features: LastUse
    private var types: LastUse
    private var devices: LastUse

    init(_ context: FeatureContext, firstClient: Int) {
        self.context = context
        cursor = ClientCursor(context.eventSegments.map(\.slices), firstClient: firstClient)
        features = LastUse(context.featureCount)
        types = LastUse(context.typeCount)
        devices = LastUse(context.deviceCount)
    }

    mutating func write(_ client: Int, _ position: Int, to row: inout FeatureRow) {
        let hasAny = read(client)
        writeWindows(to: &row, isSilent: !hasAny)
        if context.loginDays < EventWindows.days { forgetLogins(in: &row) }
        let metrics = context.metrics
        let usual = metrics.averageEvents30Days[position]
        row[.usualEvents30] = usual
        row[.engagementScore] = metrics.engagementScore[position]
        let last = metrics.daysSinceLastEvent[position]
        if last != ClientMetrics.unknown {
            row[.daysSinceLastEvent] = Double(last)
            row[.missedEvents] = Double(last) * usual / 30
        }
        let login = metrics.daysSinceLastLogin[position]
        if login != ClientMetrics.unknown { row[.daysSinceLastLogin] = Double(login) }
    }

    /// Windows that reach back to where logins were not measured say nothing of them.
    private func forgetLogins(in row: inout FeatureRow) {
        for (feature, days) in EventWindows.loginWindows where days > context.loginDays { row[feature] = .nan }
    }

    private static let loginWindows: [(ClientFeature, days: Int)] = [
        (.logins7, 7), (.logins28, 28), (.loginsPrevious28, 56), (.logins90, 90),
    ]

    /// - Returns: whether there is an event in the windows.
    private mutating func read(_ client: Int) -> Bool {
        counts.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        logins.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
        features.forget()
        types.forget()
        devices.forget()
        let end = PackedEvent.lowerBound(day: context.asOf + 1)
        let start = PackedEvent.lowerBound(day: context.asOf - Int32(EventWindows.days - 1))
        var hasAny = false
        for segment in cursor.segments {
            let slice = cursor.slice(of: client, in: segment)
            if slice.isEmpty { continue }
            let records = context.eventSegments[segment].values
            records.withUnsafeBufferPointer { events in
                var at = slice.upperBound
                // Backwards from the end: what is older than the windows is not even looked at.
                while at > slice.lowerBound, !(events[at - 1] < end) { at &-= 1 }
                while at > slice.lowerBound, !(events[at - 1] < start) {
                    at &-= 1
                    hasAny = true
                    see(events[at])
                }
            }
        }
        return hasAny
    }

    @inline(__always)
    private mutating func see(_ event: PackedEvent) {
        let age = Int(context.asOf - event.day)
        let kind = context.kinds[Int(event.kind)]
        counts[age] &+= 1
        if kind.isLogin { logins[age] &+= 1 }
        features.see(kind.feature, age: age)
        types.see(kind.type, age: age)
        devices.see(kind.device, age: age)
    }

    private func writeWindows(to row: inout FeatureRow, isSilent: Bool) {
        if isSilent {
            for feature in EventWindows.zeroes { row[feature] = 0 }
            row[.longestGap90] = Double(EventWindows.days)
            return
        }
        var events = RunningSums()
        var active = RunningSums()
        var seen = RunningSums()
        var gap = 0
        var longest = 0
        for age in 0..<EventWindows.days {
            let count = counts[age]
            events.add(count, age: age)
            active.add(count > 0 ? 1 : 0, age: age)
            seen.add(logins[age], age: age)
            gap = count > 0 ? 0 : gap + 1
            longest = max(longest, gap)
        }
        (row[.events7], row[.events14], row[.events28]) = (events.last7, events.last14, events.last28)
        (row[.events56], row[.events90]) = (events.last56, events.last90)
        row[.eventsPrevious28] = events.last56 - events.last28
        (row[.activeDays7], row[.activeDays14], row[.activeDays28]) = (active.last7, active.last14, active.last28)
        (row[.activeDays56], row[.activeDays90]) = (active.last56, active.last90)
        row[.activeDaysPrevious28] = active.last56 - active.last28
        (row[.logins7], row[.logins28], row[.logins90]) = (seen.last7, seen.last28, seen.last90)
        row[.loginsPrevious28] = seen.last56 - seen.last28
        (row[.distinctFeatures28], row[.distinctFeatures90]) = (features.count(within: 28), features.count(within: 90))
        row[.distinctEventTypes28] = types.count(within: 28)
        row[.distinctDevices90] = devices.count(within: 90)
        row[.longestGap90] = Double(longest)
        if events.last56 > 0 { row[.eventsTrend28] = (2 * events.last28 - events.last56) / events.last56 }
        if events.last28 > 0 { row[.eventsShare7] = events.last7 / events.last28 }
        if events.last56 > 0 { row[.eventsSlope8Weeks] = weeklySlope(total: events.last56) }
    }

    /// The slope per week of the counts of the last eight weeks, divided by their mean.
    private func weeklySlope(total: Double) -> Double {
        var moment = 0.0
        for age in 0..<56 {
            // The latest week has the place 3.5, the earliest -3.5.
            moment += Double(counts[age]) * (3.5 - Double(age / 7))
        }
        // 42 is the sum of the squared places.
        return moment / 42 / (total / 8)
    }

    private static let zeroes: [ClientFeature] = [
        .events7, .events14, .events28, .events56, .events90, .eventsPrevious28, .activeDays7, .activeDays14,
        .activeDays28, .activeDays56, .activeDays90, .activeDaysPrevious28, .logins7, .logins28, .logins90,
        .loginsPrevious28, .distinctFeatures28, .distinctFeatures90, .distinctEventTypes28, .distinctDevices90,
    ]
}

/// Sums over the last 7, 14, 28, 56 and 90 days of what comes in by rising age.
struct RunningSums {
    private var sum = 0.0
    private(set) var last7 = 0.0
    private(set) var last14 = 0.0
    private(set) var last28 = 0.0
    private(set) var last56 = 0.0
    private(set) var last90 = 0.0

    @inline(__always)
    mutating func add(_ value: Int32, age: Int) {
        sum += Double(value)
        switch age {
        case 6: last7 = sum
        case 13: last14 = sum
        case 27: last28 = sum
        case 55: last56 = sum
        case 89: last90 = sum
        default: break
        }
    }
}

/// The age at which each of a few things was last seen.
struct LastUse {
    private var ages: [Int32]
    private var touched: [Int32] = []

    init(_ count: Int) { ages = Array(repeating: .max, count: count) }

    mutating func forget() {
        for code in touched { ages[Int(code)] = .max }
        touched.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    mutating func see(_ code: Int32, age: Int) {
        if code < 0 { return }
        if ages[Int(code)] == .max { touched.append(code) }
        ages[Int(code)] = min(ages[Int(code)], Int32(truncatingIfNeeded: age))
    }

    func count(within days: Int32) -> Double {
        var count = 0
        for code in touched where ages[Int(code)] < days { count += 1 }
        return Double(count)
    }
}
