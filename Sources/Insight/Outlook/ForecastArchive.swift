import Forecasting
public import Records

/// Base forecasts as the bytes of a file: what is kept under `models/` from one start to the next.
///
/// Letters `AFBA`, a version, the number of entries, the entries in the order of their keys, and a checksum of all
/// before it. Numbers are little-endian.
public enum ForecastArchive {
    private static let letters: [UInt8] = Array("AFBA".utf8)
    private static let version: UInt8 = 3

    /// Why bytes are no archive.
    public struct Damage: Error, Sendable, CustomStringConvertible {
        public var description: String
    }

    /// Equal forecasts give equal bytes.
    public static func encoded(_ entries: [ForecastKey: PackedBaseForecast]) -> [UInt8] {
        var writer = ArchiveWriter()
        // As large as it will be: growing by and by takes up to three times as much for a while.
        writer.bytes.reserveCapacity(entries.reduce(64) { $0 + sizeMax($1.key, $1.value) })
        writer.bytes += letters + [version]
        writer.write(UInt64(entries.count))
        let keyed = entries.map { (key: text($0.key), value: $0.value) }.sorted { $0.key < $1.key }
        for (key, entry) in keyed {
            writer.write(key)
            writer.write(entry.fingerprint)
            writer.write(entry.testFingerprint)
            writer.write(entry.state)
            writer.write(entry.forecast.bytes)
        }
        writer.write(checksum(writer.bytes[...]))
        return writer.bytes
    }

    public static func decoded(_ bytes: [UInt8]) throws(Damage) -> [ForecastKey: PackedBaseForecast] {
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
        var entries: [ForecastKey: PackedBaseForecast] = [:]
        for _ in 0..<(try reader.number()) {
            guard let key = key(try reader.text()) else { throw Damage(description: "a key is unknown") }
            let fingerprint = try reader.number()
            let testFingerprint = try reader.number()
            let stored = try reader.blob()
            guard let forecast = PackedForecast(bytes: try reader.blob()) else {
                throw Damage(description: "a forecast cannot be read")
            }
            do throws(ForecastError) {
                entries[key] = try PackedBaseForecast(
                    fingerprint: fingerprint, testFingerprint: testFingerprint, state: stored, forecast: forecast)
            } catch {
                throw Damage(description: "\(error)")
            }
        }
        return entries
    }

    private static func sizeMax(_ key: ForecastKey, _ entry: PackedBaseForecast) -> Int {
        text(key).reduce(48) { $0 + 8 + $1.utf8.count } + entry.state.count + entry.forecast.bytes.count
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
