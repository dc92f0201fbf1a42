/// A forecast in one piece of memory, a third of the size of the unpacked one: kept by the ten thousand.
///
/// Unpacking gives back what was packed, with one exception: reconciled values are kept in single precision. Columns
/// that were rounded (``DailyForecast/roundValues()``) take two bytes a day, others four.
public struct PackedForecast: Sendable, Equatable {
    /// Readable by ``init(bytes:)``.
    public let bytes: [UInt8]

    public init(_ forecast: DailyForecast) {
        var writer = PackedBytes()
        writer.write(UInt32(bitPattern: forecast.first.rawValue))
        writer.write(UInt32(truncatingIfNeeded: forecast.historyDays))
        writer.write(forecast.basis.rawValue)
        writer.write(forecast.model)
        writer.write(UInt32(forecast.members.count))
        for member in forecast.members {
            writer.write(member.name)
            writer.write(member.weight)
            writer.write(member.backtestMAE ?? .nan)
        }
        writer.write(UInt32(forecast.errors.count))
        for error in forecast.errors {
            writer.write(UInt32(truncatingIfNeeded: error.days))
            writer.write(error.mae)
            writer.write(error.bias)
        }
        for column in [forecast.baseValues, forecast.baseLower, forecast.baseUpper, forecast.trend] {
            writer.write(column)
        }
        writer.write(UInt32(forecast.baseTotals.count))
        for total in forecast.baseTotals {
            for value in [total.yhat, total.lower, total.upper] { writer.write(value) }
            writer.write(UInt32(truncatingIfNeeded: total.accuracy?.tests ?? 0))
            if let accuracy = total.accuracy { for value in [accuracy.error, accuracy.bias] { writer.write(value) } }
        }
        writer.write((forecast.reconciled ?? []).map { Float($0) })
        writer.write(UInt32(forecast.notes.count))
        for note in forecast.notes { writer.write(note) }
        writer.write(UInt32((forecast.isSigned ? 1 : 0) + (forecast.isLevel ? 2 : 0)))
        // A copy is as large as it has to be; what was appended to piece by piece has room for more.
        bytes = writer.bytes.withUnsafeBytes { [UInt8]($0) }
    }

    /// - Returns: nil for bytes that no forecast was packed into.
    public init?(bytes: [UInt8]) {
        self.bytes = bytes
        if unpackedIfSound == nil { return nil }
    }

    public var unpacked: DailyForecast {
        // Both ways to make one see to it that the bytes can be read.
        unpackedIfSound
            ?? DailyForecast(
                first: Day(rawValue: 0), historyDays: 0, basis: .untested, model: "", members: [], errors: [],
                baseValues: [], baseLower: [], baseUpper: [], trend: [], baseTotals: [], notes: [])
    }

    private var unpackedIfSound: DailyForecast? {
        var reader = PackedReader(bytes: bytes[...])
        let first = Day(rawValue: Int32(bitPattern: reader.number()))
        let historyDays = Int(reader.number())
        guard let basis = DailyForecast.Basis(rawValue: reader.text()) else { return nil }
        let model = reader.text()
        let members = (0..<reader.count()).map { _ in
            let name = reader.text()
            let weight = reader.double()
            let error = reader.double()
            return DailyForecast.Member(name: name, weight: weight, backtestMAE: error.isNaN ? nil : error)
        }
        let errors = (0..<reader.count()).map { _ in
            let days = Int(reader.number())
            let mae = reader.double()
            return DailyForecast.HorizonError(days: days, mae: mae, bias: reader.double())
        }
        let columns = (0..<4).map { _ in reader.floats() }
        let totals = (0..<reader.count()).map { _ in
            let yhat = reader.double()
            let lower = reader.double()
            var total = DailyForecast.Total(yhat: yhat, lower: lower, upper: reader.double())
            let tests = Int(reader.number())
            if tests > 0 {
                let error = reader.double()
                total.accuracy = DailyForecast.Accuracy(tests: tests, error: error, bias: reader.double())
            }
            return total
        }
        let reconciled = reader.floats()
        let notes = (0..<reader.count()).map { _ in reader.text() }
        let flags = reader.number()
        guard reader.isSound, reader.bytes.isEmpty, columns.allSatisfy({ $0.count == columns[0].count }),
            reconciled.isEmpty || reconciled.count == columns[0].count
        else { return nil }
        var forecast = DailyForecast(
            first: first, historyDays: historyDays, basis: basis, model: model, members: members, errors: errors,
            baseValues: columns[0], baseLower: columns[1], baseUpper: columns[2], trend: columns[3],
            baseTotals: totals, notes: notes)
        forecast.isSigned = flags & 1 != 0
        forecast.isLevel = flags & 2 != 0
        if !reconciled.isEmpty { forecast.reconciled = reconciled.map { Double($0) } }
        return forecast
    }
}

extension DailyForecast {
    /// Rounds what the model gave to 1/32,768 of the largest value of its kind, and single figures to single precision:
    /// far below any error of a forecast, and half the memory.
    public mutating func roundValues() {
        baseValues = RoundedColumn.rounded(baseValues)
        baseLower = RoundedColumn.rounded(baseLower)
        baseUpper = RoundedColumn.rounded(baseUpper)
        trend = RoundedColumn.rounded(trend)
        for index in members.indices {
            members[index].weight = Double(Float(members[index].weight))
            members[index].backtestMAE = members[index].backtestMAE.map { Double(Float($0)) }
        }
        for index in errors.indices {
            errors[index].mae = Double(Float(errors[index].mae))
            errors[index].bias = Double(Float(errors[index].bias))
        }
        for index in baseTotals.indices {
            baseTotals[index].yhat = Double(Float(baseTotals[index].yhat))
            baseTotals[index].lower = Double(Float(baseTotals[index].lower))
            baseTotals[index].upper = Double(Float(baseTotals[index].upper))
            if let accuracy = baseTotals[index].accuracy {
                baseTotals[index].accuracy = Accuracy(
                    tests: accuracy.tests, error: Double(Float(accuracy.error)), bias: Double(Float(accuracy.bias)))
            }
        }
    }
}

/// Values as whole multiples of a power of two, chosen so that the largest fits 16 bits.
public enum RoundedColumn {
    /// The power of two; nil where all are 0, or some are not finite.
    static func unit(_ values: [Float]) -> Float? {
        let largest = values.reduce(Float(0)) { max($0, abs($1)) }
        guard largest.isNormal, largest.exponent > -100, values.allSatisfy(\.isFinite) else { return nil }
        return Float(sign: .plus, exponent: largest.exponent - 14, significand: 1)
    }

    /// Rounding again changes nothing.
    public static func rounded(_ values: [Float]) -> [Float] {
        guard let unit = unit(values) else { return values.map { $0.isFinite ? 0 : $0 } }
        return values.map { min(32_767, max(-32_767, ($0 / unit).rounded())) * unit }
    }
}
