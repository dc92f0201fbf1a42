public import Records

/// Adds up pieces: what clients are worth, and how that moves. One of these is a place to work in, as the ledger is.
public struct WorthReader: Sendable {
    /// By position and currency: numerators over the common denominator.
    private var sums: [Int128] = []
    /// By position: whether a piece with another denominator holds.
    private var isOdd: [Bool] = []
    private var currencies: [UInt32] = []
    private var positionOfFirst: [Int] = []
    private var exact = ExactSum()

    /// How a client moved in a month.
    public struct Month: Sendable, Equatable, BitwiseCopyable {
        /// Counted from the first month of the ``MonthEnds``.
        public var month: Int32
        public var movement: RevenueMovement
    }

    public init() {}

    /// The months of one client in which he was worth something at the start or at the end, ascending.
    /// - Parameter isCarried: he was there when the payment data begins, and is in the start of that month.
    public mutating func months(
        _ pieces: [WorthPiece], isCarried: Bool, ends: MonthEnds, _ body: (Month) -> Void
    ) {
        let carriedAt = isCarried ? ends.positionOfFirstPayment : nil
        guard let span = gather(pieces, ends, including: carriedAt) else { return }
        let width = currencies.count
        var wasWorth = false
        var previous: Int64 = 0
        var isAtPrevious = false
        if span.lowerBound == 0 {
            previous = rounded(pieces, 0, span, ends)
            isAtPrevious = isWorth(pieces, 0, span, ends)
            wasWorth = isAtPrevious
        }
        // One further, where he may be gone.
        for at in max(1, span.lowerBound)..<max(1, min(ends.days.count, span.upperBound + 1)) {
            var movement = RevenueMovement(start: previous, isAtStart: isAtPrevious)
            let isAtEnd = at < span.upperBound && isWorth(pieces, at, span, ends)
            if at == carriedAt {
                movement = carriedMovement(pieces, at, span, isAtEnd, ends)
            } else {
                let isRevalued = isAtPrevious && currencies.contains { ends.isMoved($0, at: at) }
                movement.revalued =
                    isRevalued ? rounded(pieces, at - 1, span, ends, rates: at) : previous
                let sign = isAtPrevious && isAtEnd ? change(pieces, at, span, width, ends) : 0
                movement.kind = WorthReader.kind(isAtPrevious, isAtEnd, sign, wasWorth)
                movement.end =
                    !isAtEnd
                    ? 0
                    : isAtPrevious && sign == 0 && isSame(at, span, width)
                        ? movement.revalued : rounded(pieces, at, span, ends)
            }
            if isAtEnd || movement.isAtStart {
                body(Month(month: Int32(at - 1), movement: movement))
            }
            previous = movement.end
            isAtPrevious = isAtEnd
            // Who was there before the data begins, and left in its first month, is not new when he comes back.
            wasWorth = wasWorth || isAtEnd || movement.isAtStart
        }
    }

    /// How one client moved between two days.
    public mutating func movement(
        _ pieces: [WorthPiece], isCarried: Bool, from start: Int32, to end: Int32, terms: LedgerTerms,
        rates: LedgerRates
    ) -> RevenueMovement {
        let (start, end) = (min(start, terms.clock), min(end, terms.clock))
        let first = terms.firstPaymentDay
        // Whoever was there before the data begins was there at the start of a period that reaches back before it.
        let isOpening = isCarried && start < first && first <= end
        let opening = isOpening ? first : start
        let isAtStart = isWorth(pieces, on: opening)
        let isAtEnd = isWorth(pieces, on: end)
        let revalued = worth(pieces, on: opening, atRatesOf: end, rates)
        var movement = RevenueMovement(
            start: isOpening ? revalued : worth(pieces, on: opening, atRatesOf: opening, rates), revalued: revalued,
            end: worth(pieces, on: end, atRatesOf: end, rates), isAtStart: isAtStart)
        exact.removeAll()
        add(pieces, on: end, sign: 1) { rates.rate(of: $0, on: end) }
        add(pieces, on: opening, sign: -1) { rates.rate(of: $0, on: end) }
        let wasThere = isCarried && first <= opening
        let wasWorth =
            wasThere
            || pieces.contains { piece in
                guard piece.from <= opening else { return false }
                let month = CivilMonth.split(Int(piece.from)).month
                return CivilMonth.firstDay(of: month + 1) - 1 <= Int(min(piece.through, opening))
            }
        movement.kind = WorthReader.kind(isAtStart, isAtEnd, exact.sign, wasWorth)
        return movement
    }

    /// What a client is worth on a day, rounded once.
    public mutating func worth(_ pieces: [WorthPiece], on day: Int32, terms: LedgerTerms, rates: LedgerRates) -> Int64 {
        worth(pieces, on: min(day, terms.clock), atRatesOf: min(day, terms.clock), rates)
    }

    /// What a client was worth on a day, at the rates of another.
    public mutating func worth(
        _ pieces: [WorthPiece], on day: Int32, atRatesOf rateDay: Int32, _ rates: LedgerRates
    ) -> Int64 {
        // As a rule all that holds is of one currency and adds up in machine words.
        var sum: Int128 = 0
        var currency: UInt32?
        var isPlain = true
        for piece in pieces where piece.holds(on: day) {
            guard let common = piece.common, currency == nil || currency == piece.currency else {
                isPlain = false
                break
            }
            sum &+= common
            currency = piece.currency
        }
        if isPlain {
            guard let currency, sum != 0 else { return 0 }
            let term = ExactSum.Term(
                numerator: sum, divisor: WorthPiece.commonDivisor, rate: rates.rate(of: currency, on: rateDay))
            if let result = ExactSum.rounded(term) { return max(0, result) }
        }
        exact.removeAll()
        add(pieces, on: day, sign: 1) { rates.rate(of: $0, on: rateDay) }
        return exact.rounded
    }

    private static func kind(
        _ isAtStart: Bool, _ isAtEnd: Bool, _ sign: Int, _ wasWorth: Bool
    ) -> RevenueMovement.Kind {
        switch (isAtStart, isAtEnd) {
        case (false, false): .none
        case (false, true): wasWorth ? .reactivation : .new
        case (true, false): .churn
        case (true, true): sign > 0 ? .expansion : sign < 0 ? .contraction : .none
        }
    }

    /// The month in which the data begins, of a client who was there: his start is what he was worth on its first day, at
    /// the rates of the month's end, so that he is in no movement but his own.
    private mutating func carriedMovement(
        _ pieces: [WorthPiece], _ at: Int, _ span: Range<Int>, _ isAtEnd: Bool, _ ends: MonthEnds
    ) -> RevenueMovement {
        let first = ends.firstPaymentDay
        exact.removeAll()
        add(pieces, on: first, sign: 1) { ends.rate(of: $0, at: at) }
        let start = exact.rounded
        let isAtStart = isWorth(pieces, on: first)
        let end = isAtEnd ? rounded(pieces, at, span, ends) : 0
        exact.removeAll()
        add(pieces, on: ends.days[at], sign: 1) { ends.rate(of: $0, at: at) }
        add(pieces, on: first, sign: -1) { ends.rate(of: $0, at: at) }
        return RevenueMovement(
            start: start, revalued: start, end: end,
            kind: WorthReader.kind(isAtStart, isAtEnd, exact.sign, false), isAtStart: isAtStart)
    }

    // MARK: - Sums by position

    /// Adds the pieces up by position.
    /// - Returns: the positions on which any holds, with one that is wanted anyway; nil without any.
    private mutating func gather(
        _ pieces: [WorthPiece], _ ends: MonthEnds, including wanted: Int?
    ) -> Range<Int>? {
        currencies.removeAll(keepingCapacity: true)
        // A carried client may be gone before the first month end.
        var low = wanted ?? Int.max
        var high = wanted.map { $0 + 1 } ?? 0
        for piece in pieces {
            let positions = ends.positions(of: piece)
            if positions.isEmpty { continue }
            low = min(low, positions.lowerBound)
            high = max(high, positions.upperBound)
            if !currencies.contains(piece.currency) { currencies.append(piece.currency) }
        }
        guard low < high else { return nil }
        let width = currencies.count
        let count = high - low
        sums.removeAll(keepingCapacity: true)
        sums.append(contentsOf: repeatElement(0, count: count * width))
        isOdd.removeAll(keepingCapacity: true)
        isOdd.append(contentsOf: repeatElement(false, count: count))
        for piece in pieces {
            let positions = ends.positions(of: piece)
            if positions.isEmpty { continue }
            let slot = currencies.firstIndex(of: piece.currency) ?? 0
            if let common = piece.common {
                for at in positions { sums[(at - low) &* width &+ slot] &+= common }
            } else {
                for at in positions { isOdd[at - low] = true }
            }
        }
        return low..<high
    }

    private mutating func isWorth(_ pieces: [WorthPiece], _ at: Int, _ span: Range<Int>, _ ends: MonthEnds) -> Bool {
        if isOdd[at - span.lowerBound] { return isWorth(pieces, on: ends.days[at]) }
        let width = currencies.count
        let row = (at - span.lowerBound) * width
        for slot in 0..<width where sums[row + slot] != 0 { return true }
        return false
    }

    /// Whether the sums of a position are those of the one before.
    private func isSame(_ at: Int, _ span: Range<Int>, _ width: Int) -> Bool {
        let row = (at - span.lowerBound) * width
        if isOdd[at - span.lowerBound] || isOdd[at - span.lowerBound - 1] { return false }
        for slot in 0..<width where sums[row + slot] != sums[row - width + slot] { return false }
        return true
    }

    private mutating func rounded(
        _ pieces: [WorthPiece], _ at: Int, _ span: Range<Int>, _ ends: MonthEnds, rates: Int? = nil
    ) -> Int64 {
        let rates = rates ?? at
        if isOdd[at - span.lowerBound] {
            exact.removeAll()
            add(pieces, on: ends.days[at], sign: 1) { ends.rate(of: $0, at: rates) }
            return exact.rounded
        }
        let width = currencies.count
        let row = (at - span.lowerBound) * width
        if width == 1 {
            let term = ExactSum.Term(
                numerator: sums[row], divisor: WorthPiece.commonDivisor, rate: ends.rate(of: currencies[0], at: rates))
            if let result = ExactSum.rounded(term) { return max(0, result) }
        }
        exact.removeAll()
        for slot in 0..<width {
            exact.add(
                sums[row + slot], over: WorthPiece.commonDivisor, at: ends.rate(of: currencies[slot], at: rates))
        }
        return exact.rounded
    }

    /// The sign of what changed from the position before, at the rates of this one.
    private mutating func change(
        _ pieces: [WorthPiece], _ at: Int, _ span: Range<Int>, _ width: Int, _ ends: MonthEnds
    ) -> Int {
        if isSame(at, span, width) { return 0 }
        if isOdd[at - span.lowerBound] || isOdd[at - span.lowerBound - 1] {
            exact.removeAll()
            add(pieces, on: ends.days[at], sign: 1) { ends.rate(of: $0, at: at) }
            add(pieces, on: ends.days[at - 1], sign: -1) { ends.rate(of: $0, at: at) }
            return exact.sign
        }
        let row = (at - span.lowerBound) * width
        if width == 1 { return sums[row] > sums[row - 1] ? 1 : -1 }
        exact.removeAll()
        for slot in 0..<width {
            exact.add(
                sums[row + slot] &- sums[row - width + slot], over: WorthPiece.commonDivisor,
                at: ends.rate(of: currencies[slot], at: at))
        }
        return exact.sign
    }

    // MARK: - Sums on a day

    private mutating func add(
        _ pieces: [WorthPiece], on day: Int32, sign: Int128, _ rate: (UInt32) -> ExchangeRate
    ) {
        for piece in pieces where piece.holds(on: day) {
            if let common = piece.common {
                exact.add(sign * common, over: WorthPiece.commonDivisor, at: rate(piece.currency))
            } else {
                exact.add(sign * piece.numerator, over: piece.divisor, at: rate(piece.currency))
            }
        }
    }

    private mutating func isWorth(_ pieces: [WorthPiece], on day: Int32) -> Bool {
        exact.removeAll()
        add(pieces, on: day, sign: 1) { _ in .one }
        return exact.sign > 0
    }
}
