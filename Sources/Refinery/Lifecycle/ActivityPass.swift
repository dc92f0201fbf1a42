public import Records

/// Takes in what one client after the other has done, and says what shape it has. One of these is a place to work in: its
/// memory is used again for the next client, so each thread has its own.
///
/// ``begin(reportedOn:)``, then all the client's records in any order, repeats included, then ``finish()``.
public struct ActivityPass: Sendable {
    /// The client's gaps after which he has left, as far as that can be without knowing the company: those longer than his
    /// own threshold, or than the shortest where he has none. Ascending.
    public private(set) var gaps: [ActivityShape.Gap] = []

    @usableFromInline let through: Int32
    private let fixedDays: Int?
    @usableFromInline var days: [Int32] = []
    /// Where a day came before the one seen just before it: what lies between is ascending.
    @usableFromInline var runStarts: [Int] = []
    @usableFromInline var shape = ActivityShape()
    @usableFromInline var reportedOn = Int32.max
    @usableFromInline var firstAfter = Int32.max
    @usableFromInline var secondAfter = Int32.max
    @usableFromInline var firstPayment = Int32.max
    private var scratch: [Int32] = []
    private var mergedStarts: [Int] = []
    private var longGaps: [ActivityShape.Gap] = []
    private var counts = [Int32](repeating: 0, count: ActivityPass.countedGap + 1)

    /// Usual gaps up to here all give the shortest threshold.
    private static let shortGap = Silence.shortest / Silence.multiple
    /// Usual gaps from here on all give the longest.
    private static let countedGap = Silence.longest / Silence.multiple

    /// - Parameter through: records of later days are not looked at.
    public init(through: Int32, settings: LifecycleSettings) {
        self.through = through
        fixedDays = settings.fixedDays.map(Int.init)
    }

    /// - Parameter reportedOn: the day on which the client is said to have left; ``ActivityShape/noDay`` without one.
    public mutating func begin(reportedOn: Int32 = ActivityShape.noDay) {
        days.removeAll(keepingCapacity: true)
        runStarts.removeAll(keepingCapacity: true)
        // Nothing comes after a day that there is not.
        self.reportedOn = reportedOn == ActivityShape.noDay ? Int32.max : reportedOn
        firstAfter = Int32.max
        secondAfter = Int32.max
        firstPayment = Int32.max
    }

    /// A day on which he was active.
    @inlinable
    public mutating func see(activeOn day: Int32) {
        guard day <= through, day != ActivityShape.noDay else { return }
        if let last = days.last {
            if day == last { return }
            if day < last { runStarts.append(days.count) }
        }
        days.append(day)
        if day > reportedOn { seeAfterReport(day) }
    }

    /// The days of records that are in order are active days.
    @inlinable
    public mutating func see(activeIn records: UnsafeBufferPointer<some PackedRecord>) {
        var last = ActivityShape.noDay
        for record in records {
            let day = record.day
            if day == last { continue }
            last = day
            see(activeOn: day)
        }
    }

    /// A day on which he paid.
    /// - Parameter isActivity: whether who pays is active.
    @inlinable
    public mutating func see(paidOn day: Int32, isActivity: Bool) {
        guard day <= through, day != ActivityShape.noDay else { return }
        firstPayment = min(firstPayment, day)
        if isActivity {
            see(activeOn: day)
        } else if day > reportedOn {
            seeAfterReport(day)
        }
    }

    @usableFromInline
    mutating func seeAfterReport(_ day: Int32) {
        if day < firstAfter {
            secondAfter = firstAfter
            firstAfter = day
        } else if day > firstAfter {
            secondAfter = min(secondAfter, day)
        }
    }

    public mutating func finish() -> ActivityShape {
        putInOrder()
        var shape = ActivityShape()
        shape.firstPaymentDay = ActivityPass.known(firstPayment)
        shape.firstAfterReport = ActivityPass.known(firstAfter)
        shape.secondAfterReport = ActivityPass.known(secondAfter)
        longGaps.removeAll(keepingCapacity: true)
        gaps.removeAll(keepingCapacity: true)
        guard let first = days.first, let last = days.last else { return shape }
        shape.firstDay = first
        shape.lastDay = last
        shape.days = Int32(clamping: days.count)
        shape.longestGap = findGaps()
        if days.count >= Silence.daysOfRhythm { shape.ownThreshold = Int32(ownThreshold()) }
        let least = fixedDays ?? (shape.ownThreshold > 0 ? Int(shape.ownThreshold) : Silence.shortest)
        for gap in longGaps where gap.length > least { gaps.append(gap) }
        return shape
    }

    private static func known(_ day: Int32) -> Int32 { day == Int32.max ? ActivityShape.noDay : day }

    /// - Returns: the longest gap.
    private mutating func findGaps() -> Int32 {
        let noted = min(ActivityPass.shortGap, fixedDays ?? ActivityPass.shortGap)
        var longest = 0
        days.withUnsafeBufferPointer { days in
            var before = days[0]
            for day in days.dropFirst() {
                let gap = Int(day) - Int(before)
                if gap > noted {
                    longGaps.append(ActivityShape.Gap(start: before, end: day))
                }
                longest = max(longest, gap)
                before = day
            }
        }
        return Int32(clamping: longest)
    }

    /// Three times the usual gap. Only the few long gaps are counted: as a rule the usual one is not among them, and then
    /// it gives the shortest threshold whatever it is.
    private mutating func ownThreshold() -> Int {
        let count = days.count - 1
        // The usual gap has so many above it.
        let above = count - Silence.rank(of: count)
        guard longGaps.count > above else { return Silence.shortest }
        for index in counts.indices { counts[index] = 0 }
        for gap in longGaps where gap.length > ActivityPass.shortGap {
            counts[min(gap.length, ActivityPass.countedGap)] &+= 1
        }
        var seen = 0
        var length = ActivityPass.countedGap
        while length > ActivityPass.shortGap {
            seen += Int(counts[length])
            if seen > above { break }
            length -= 1
        }
        return min(Silence.longest, max(Silence.shortest, Silence.multiple * length))
    }

    /// Puts the days in order, each once: neighbouring runs are merged until there is only one. Records lie in one or a few
    /// segments that are in order each.
    private mutating func putInOrder() {
        while !runStarts.isEmpty {
            scratch.removeAll(keepingCapacity: true)
            mergedStarts.removeAll(keepingCapacity: true)
            // Runs by pairs: the first begins at 0, run i at `runStarts[i - 1]`.
            var start = 0
            var next = 0
            while true {
                let middle = next < runStarts.count ? runStarts[next] : days.count
                let end = next + 1 < runStarts.count ? runStarts[next + 1] : days.count
                merge(start..<middle, middle..<end)
                next += 2
                guard next - 1 < runStarts.count, end < days.count else { break }
                mergedStarts.append(scratch.count)
                start = end
            }
            swap(&days, &scratch)
            swap(&runStarts, &mergedStarts)
        }
    }

    /// Appends two ascending runs to the scratch memory as one, days that are in both once.
    private mutating func merge(_ left: Range<Int>, _ right: Range<Int>) {
        days.withUnsafeBufferPointer { days in
            var (a, b) = (left.lowerBound, right.lowerBound)
            while a < left.upperBound, b < right.upperBound {
                let (first, second) = (days[a], days[b])
                scratch.append(min(first, second))
                if first <= second { a += 1 }
                if second <= first { b += 1 }
            }
            scratch.append(contentsOf: days[a..<left.upperBound])
            scratch.append(contentsOf: days[b..<right.upperBound])
        }
    }
}
