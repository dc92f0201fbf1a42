import Forecasting
public import Records

/// Base forecasts as the bytes of a file: what is kept under `models/` from one start to the next.
///
/// Letters `AFBA`, a version, the number of entries, the entries in the order of their keys, and a checksum of all
/// before it. Numbers are little-endian.
public enum ForecastArchive {
    private static let letters: [UInt8] = Array("AFBA".utf8)
    private static let version: UInt8 = 1

    /// Why bytes are no archive.
    public struct Damage: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Equal forecasts give equal bytes.
    public static func encoded(_ entries: [ForecastKey: BaseForecast]) -> [UInt8] {
        var writer = ArchiveWriter()
        writer.bytes = letters + [version]
        writer.write(UInt64(entries.count))
        let keyed = entries.map { (key: text($0.key), value: $0.value) }.sorted { $0.key < $1.key }
        for (key, entry) in keyed {
            writer.write(key)
            writer.write(entry.fingerprint)
            writer.write(entry.testFingerprint)
            writer.write(entry.state.encoded())
            write(entry.forecast, to: &writer)
        }
        writer.write(checksum(writer.bytes[...]))
        return writer.bytes
    }

    public static func decoded(_ bytes: [UInt8]) throws(Damage) -> [ForecastKey: BaseForecast] {
        guard bytes.count >= letters.count + 17, Array(bytes.prefix(letters.count)) == letters else {
            throw Damage(description: "it does not begin like kept forecasts")
        }
        guard bytes[letters.count] == version else {
            throw Damage(description: "it is of version \(bytes[letters.count]), this reads \(version)")
        }
        var trailer = ArchiveReader(bytes: bytes[(bytes.count - 8)...])
        guard try trailer.number() == checksum(bytes[..<(bytes.count - 8)]) else {
            throw Damage(description: "the checksum differs")
        }
        var reader = ArchiveReader(bytes: bytes[(letters.count + 1)..<(bytes.count - 8)])
        var entries: [ForecastKey: BaseForecast] = [:]
        for _ in 0..<(try reader.number()) {
            guard let key = key(try reader.text()) else { throw Damage(description: "a key is unknown") }
            let fingerprint = try reader.number()
            let testFingerprint = try reader.number()
            let stored = try reader.blob()
            let state: AutomaticState
            do throws(ForecastError) {
                state = try AutomaticState(decoding: stored)
            } catch {
                throw Damage(description: "\(error)")
            }
            entries[key] = BaseForecast(
                fingerprint: fingerprint, testFingerprint: testFingerprint, state: state,
                forecast: try forecast(from: &reader))
        }
        return entries
    }

    // MARK: Keys

    private static func text(_ key: ForecastKey) -> [String] {
        let names: [String] =
            switch key.scope {
            case .total: []
            case .segment(let name), .region(let name), .customer(let name): [name]
            case .segmentRegion(let segment, let region): [segment, region]
            }
        return [key.metric.rawValue, key.scope.level] + names
    }

    private static func key(_ parts: [String]) -> ForecastKey? {
        guard parts.count >= 2, let metric = ForecastMetric(rawValue: parts[0]) else { return nil }
        let scope: ForecastScope? =
            switch (parts[1], parts.count) {
            case ("total", 2): .total
            case ("segment", 3): .segment(parts[2])
            case ("region", 3): .region(parts[2])
            case ("customer", 3): .customer(parts[2])
            case ("segment_region", 4): .segmentRegion(parts[2], parts[3])
            default: nil
            }
        return scope.map { ForecastKey(metric, $0) }
    }

    // MARK: Forecasts

    private static func write(_ forecast: DailyForecast, to writer: inout ArchiveWriter) {
        writer.write(UInt64(bitPattern: Int64(forecast.first.rawValue)))
        writer.write(UInt64(forecast.historyDays))
        writer.write([forecast.basis.rawValue, forecast.model] + forecast.notes)
        writer.write(UInt64(forecast.members.count))
        for member in forecast.members {
            writer.write([member.name])
            writer.write(member.weight.bitPattern)
            writer.write((member.backtestMAE ?? .nan).bitPattern)
        }
        writer.write(UInt64(forecast.errors.count))
        for error in forecast.errors {
            writer.write(UInt64(error.days))
            writer.write(error.mae.bitPattern)
            writer.write(error.bias.bitPattern)
        }
        for values in [forecast.baseValues, forecast.baseLower, forecast.baseUpper, forecast.trend] {
            writer.write(values)
        }
        writer.write(UInt64(forecast.baseTotals.count))
        for total in forecast.baseTotals {
            for value in [total.yhat, total.lower, total.upper] { writer.write(value.bitPattern) }
        }
    }

    private static func forecast(from reader: inout ArchiveReader) throws(Damage) -> DailyForecast {
        let first = Day(rawValue: Int32(truncatingIfNeeded: try reader.number()))
        let historyDays = Int(truncatingIfNeeded: try reader.number())
        let texts = try reader.text()
        guard texts.count >= 2, let basis = DailyForecast.Basis(rawValue: texts[0]) else {
            throw Damage(description: "a forecast rests on something unknown")
        }
        var members: [DailyForecast.Member] = []
        for _ in 0..<(try reader.number()) {
            let name = try reader.text().first ?? ""
            let weight = Double(bitPattern: try reader.number())
            let error = Double(bitPattern: try reader.number())
            members.append(.init(name: name, weight: weight, backtestMAE: error.isNaN ? nil : error))
        }
        var errors: [DailyForecast.HorizonError] = []
        for _ in 0..<(try reader.number()) {
            let days = Int(truncatingIfNeeded: try reader.number())
            let mae = Double(bitPattern: try reader.number())
            errors.append(.init(days: days, mae: mae, bias: Double(bitPattern: try reader.number())))
        }
        let values = try reader.floats()
        let lower = try reader.floats()
        let upper = try reader.floats()
        let trend = try reader.floats()
        var totals: [DailyForecast.Total] = []
        for _ in 0..<(try reader.number()) {
            let yhat = Double(bitPattern: try reader.number())
            let low = Double(bitPattern: try reader.number())
            totals.append(.init(yhat: yhat, lower: low, upper: Double(bitPattern: try reader.number())))
        }
        guard lower.count == values.count, upper.count == values.count, trend.count == values.count,
            values.count <= 10_000
        else { throw Damage(description: "the columns of a forecast differ in length") }
        return DailyForecast(
            first: first, historyDays: historyDays, basis: basis, model: texts[1], members: members, errors: errors,
            baseValues: values, baseLower: lower, baseUpper: upper, trend: trend, baseTotals: totals,
            notes: Array(texts.dropFirst(2)))
    }

    /// FNV-1a, 64 bits.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        bytes.withUnsafeBufferPointer { for byte in $0 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 } }
        return hash
    }
}

extension [String] {
    fileprivate static func < (lhs: [String], rhs: [String]) -> Bool { lhs.lexicographicallyPrecedes(rhs) }
}
