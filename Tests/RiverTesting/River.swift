public import Bronze
public import Records
public import Silver

/// Loads drops into silver as the pipeline does, and keeps the books: counts by drop, keys, orphans that were joined.
public final class River {
    /// What became of one drop.
    public struct Loaded: Equatable {
        public var counts: DropCounts
        public var rejects: [Reject]
        public var refusal: DropRefusal?
        /// Why it was refused for what the tables would have too much of.
        public var excess: LoadExcess?

        /// `column code` of every reject, or the code alone where the row as a whole is refused.
        public var reasons: [String] {
            rejects.map { reject in (reject.column.map { "\($0) " } ?? "") + reject.reason.code }
        }
    }

    public let state: SilverState
    public var settings: SilverSettings
    /// Rows of drops that still wait for their client, by drop.
    public private(set) var waiting: [Int64: Int] = [:]
    public private(set) var lastDelta: SilverDelta?
    private var keys: [Category: MemoryKeys] = [:]
    private var nextDrop: Int64 = 1

    public init(settings: SilverSettings = .example) {
        self.settings = settings
        state = SilverState()
    }

    public var tables: SilverTables { state.tables }

    @discardableResult
    public func load(_ category: Category, _ text: String, blockBytes: Int? = nil) throws -> Loaded {
        try load(category, Array(text.utf8), blockBytes: blockBytes)
    }

    @discardableResult
    public func load(_ category: Category, _ bytes: [UInt8], blockBytes: Int? = nil) throws -> Loaded {
        try load(category, together: [bytes], blockBytes: blockBytes).first
            ?? Loaded(counts: DropCounts(), rejects: [], refusal: .empty)
    }

    @discardableResult
    public func load(_ category: Category, together texts: [String]) throws -> [Loaded] {
        try load(category, together: texts.map { Array($0.utf8) })
    }

    /// Several drops of a category in one load. A drop that is refused is abandoned; the others count.
    /// - Parameter byteCount: what the load is told of the size to come; nil for the truth.
    @discardableResult
    public func load(
        _ category: Category, together drops: [[UInt8]], blockBytes: Int? = nil, byteCount: Int? = nil,
        adopts: Bool = true
    ) throws -> [Loaded] {
        let load = SilverLoad(
            state, category: category, settings: settings,
            byteCount: byteCount ?? drops.reduce(0) { $0 + $1.count })
        var results: [Loaded] = []
        var resultOfDrop: [Int64: Int] = [:]
        for bytes in drops {
            let id = nextDrop
            nextDrop += 1
            var result = Loaded(counts: DropCounts(), rejects: [], refusal: nil)
            var evidence: AmountEvidence?
            do {
                repeat {
                    if evidence != nil { load.abandonDrop() }
                    result.rejects.removeAll()
                    load.beginDrop(id, latestDay: settings.latestDay, amountEvidence: evidence)
                    try BlockFeed.forEachBatch(bytes, category: category, blockBytes: blockBytes, finishes: true) {
                        load.load($0) { result.rejects.append($0) }
                        if let excess = load.excess { throw excess }
                    }
                    evidence = load.evidenceForAnotherReading
                } while evidence != nil
                load.endDrop()
                resultOfDrop[id] = results.count
            } catch let refusal as DropRefusal {
                load.abandonDrop()
                result.refusal = refusal
            } catch let excess as LoadExcess {
                load.abandonDrop()
                result.excess = excess
            }
            results.append(result)
        }
        let known = keys[category] ?? MemoryKeys()
        let delta = try load.finish(known: known)
        for (drop, counts) in delta.counts {
            if let index = resultOfDrop[drop] { results[index].counts = counts }
        }
        guard adopts else {
            state.rollBack()
            return results
        }
        delta.keys.forEachPiece { known.insert($0) }
        known.insert(delta.revisedKeys)
        keys[category] = known
        for (_, count) in delta.newOrphans { waiting[count.drop, default: 0] += count.rows }
        for (_, count) in delta.joinedOrphans { waiting[count.drop, default: 0] -= count.rows }
        waiting = waiting.filter { $0.value != 0 }
        state.adopt(delta)
        lastDelta = delta
        return results
    }
}

extension SilverSettings {
    /// 2000-01-01 to 2030-12-31; USD with EUR, GBP and JPY.
    public static var example: SilverSettings {
        SilverSettings(
            earliestDay: Day(2000, 1, 1), latestDay: Day(2030, 12, 31), rates: .example)
    }
}

extension ExchangeRates {
    /// One rate each for all days from 2000 on.
    public static var example: ExchangeRates {
        ExchangeRates(
            baseCurrency: "USD",
            steps: [
                ("EUR", .init(day: Day(2000, 1, 1), rate: ExchangeRate(mantissa: 108, scale: 2))),
                ("GBP", .init(day: Day(2000, 1, 1), rate: ExchangeRate(mantissa: 127, scale: 2))),
                ("JPY", .init(day: Day(2000, 1, 1), rate: ExchangeRate(mantissa: 67, scale: 4))),
            ])
    }
}

extension Day {
    /// A day of a real date that stands in the code of a test.
    public init(_ year: Int, _ month: Int, _ day: Int) {
        guard let value = Day(year: year, month: month, day: day) else {
            preconditionFailure("no such day: \(year)-\(month)-\(day)")
        }
        self = value
    }
}
