import Records

/// Walks the event segments in the order of the clients.
struct EventPass {
    struct Result {
        var total: Int32 = 0
        var last30: Int32 = 0
        var previous30: Int32 = 0
        var last28: Int32 = 0
        var previous28: Int32 = 0
        var activeDays30: Int32 = 0
        var activeDays28: Int32 = 0
        var features30: Int32 = 0
        var features28: Int32 = 0
        /// `Int32.min` when there was none.
        var lastDay = Int32.min
        var lastLogin = Int32.min
    }

    private let context: RefineContext
    private let asOf: Int32
    private let segments: [EventSegment]
    /// The next slice of each segment.
    private var next: [Int]
    private var slices: [Range<Int>]
    private var monthEnds = MonthEnds()
    /// The day (counted back from the as-of day) a feature was last seen, by feature.
    private var featureSeen: [Int32]
    private var featuresTouched: [Int32] = []

    init(_ context: RefineContext, firstClient: Int) {
        self.context = context
        asOf = context.asOf
        segments = context.silver.events.segments
        next = segments.map { $0.slices.clients.firstIndexAtLeast(UInt32(firstClient)) }
        slices = Array(repeating: 0..<0, count: segments.count)
        featureSeen = Array(repeating: .max, count: context.featureCount)
    }

    /// Finds the slices of the next client. Must be called for every client of the range in order.
    mutating func begin(_ client: Int) {
        for index in segments.indices {
            let table = segments[index].slices
            if next[index] < table.clients.count, table.clients[next[index]] == UInt32(client) {
                slices[index] = Int(table.starts[next[index]])..<Int(table.starts[next[index] + 1])
                next[index] += 1
            } else {
                slices[index] = 0..<0
            }
        }
    }

    /// Adds up the client's events; appends his months with events to `months`, ascending.
    mutating func run(into months: inout [ClientMonth]) -> Result {
        var result = Result()
        let firstMonth = months.count
        var dayBits: UInt64 = 0
        let firstRecentDay = asOf - 59
        let end = PackedEvent.lowerBound(day: asOf + 1)
        let recent = PackedEvent.lowerBound(day: firstRecentDay)
        var used = 0
        for index in segments.indices where !slices[index].isEmpty {
            used += 1
            let slice = slices[index]
            segments[index].events.withUnsafeBufferPointer { events in
                var count: Int32 = 0
                var monthEnd = Int32.min
                var month: Int32 = 0
                var at = slice.lowerBound
                while at < slice.upperBound {
                    let event = events[at]
                    if !(event < end) { break }
                    let day = event.day
                    if day >= monthEnd {
                        if count > 0 { add(month, count, &months) }
                        (month, monthEnd) = monthEnds.month(of: day)
                        count = 0
                    }
                    count &+= 1
                    if context.isLogin[Int(event.kind)], day > result.lastLogin { result.lastLogin = day }
                    if !(event < recent) { see(event, day, &result, &dayBits) }
                    at &+= 1
                }
                if count > 0 { add(month, count, &months) }
                let seen = at - slice.lowerBound
                result.total &+= Int32(truncatingIfNeeded: seen)
                if seen > 0 { result.lastDay = max(result.lastDay, events[at - 1].day) }
            }
        }
        if used > 1 { ClientMonth.mergeSorted(&months, from: firstMonth) }
        result.activeDays30 = Int32((dayBits & (1 << 30 - 1)).nonzeroBitCount)
        result.activeDays28 = Int32((dayBits & (1 << 28 - 1)).nonzeroBitCount)
        for feature in featuresTouched {
            if featureSeen[Int(feature)] < 30 { result.features30 += 1 }
            if featureSeen[Int(feature)] < 28 { result.features28 += 1 }
            featureSeen[Int(feature)] = .max
        }
        featuresTouched.removeAll(keepingCapacity: true)
        return result
    }

    @inline(__always)
    private func add(_ month: Int32, _ count: Int32, _ months: inout [ClientMonth]) {
        var entry = ClientMonth(month: month)
        entry.events = count
        months.append(entry)
    }

    /// Counts an event of the last 60 days into the windows.
    private mutating func see(_ event: PackedEvent, _ day: Int32, _ result: inout Result, _ dayBits: inout UInt64) {
        let age = asOf - day
        dayBits |= 1 << UInt64(truncatingIfNeeded: age)
        if age < 30 { result.last30 &+= 1 } else { result.previous30 &+= 1 }
        if age < 28 { result.last28 &+= 1 } else if age < 56 { result.previous28 &+= 1 }
        let feature = context.featureOfKind[Int(event.kind)]
        if feature >= 0, age < 30 {
            if featureSeen[Int(feature)] == .max { featuresTouched.append(feature) }
            featureSeen[Int(feature)] = min(featureSeen[Int(feature)], age)
        }
    }
}

/// Maps days to months; keeps the bounds of the last month.
struct MonthEnds {
    private var month: Int32 = 0
    private var first: Int32 = 0
    private var end = Int32.min

    /// The month of a day, and the first day after it.
    @inline(__always)
    mutating func month(of day: Int32) -> (Int32, Int32) {
        if day >= first, day < end { return (month, end) }
        if day >= end, day < end &+ 28, end != .min {
            // The next month: the common case when days ascend.
            month += 1
            first = end
        } else {
            let value = Day(rawValue: day).month
            month = value.rawValue
            first = value.firstDay.rawValue
        }
        end = Month(rawValue: month + 1).firstDay.rawValue
        return (month, end)
    }
}

extension [UInt32] {
    /// The position of the first element that is not below `value`, in an ascending array.
    func firstIndexAtLeast(_ value: UInt32) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension ClientMonth {
    /// Sorts the months from `first` on and adds up those that are there more than once.
    static func mergeSorted(_ months: inout [ClientMonth], from first: Int) {
        guard months.count - first > 1 else { return }
        months[first...].sort { $0.month < $1.month }
        var kept = first
        for index in first + 1..<months.count {
            if months[index].month == months[kept].month {
                months[kept].events &+= months[index].events
                months[kept].payments &+= months[index].payments
                months[kept].revenue = months[kept].revenue.addingSaturated(months[index].revenue)
                months[kept].positive = months[kept].positive.addingSaturated(months[index].positive)
                months[kept].recurring = months[kept].recurring.addingSaturated(months[index].recurring)
            } else {
                kept += 1
                months[kept] = months[index]
            }
        }
        months.removeLast(months.count - 1 - kept)
    }
}
