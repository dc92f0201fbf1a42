extension HazardModel {
    /// The version of the byte form that this code writes.
    public static let schemaVersion = 1

    /// The model as bytes; see ``FittedChurnModel/encoded()``.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(encoder)
        writer.write(personMonths)
        writer.write(churns)
        writer.write(lastMonth)
        writer.write(features)
        writer.write(timeTerms)
        return SealedBytes.seal(writer.bytes, mark: SealedBytes.hazardMark, version: HazardModel.schemaVersion)
    }

    /// Reads a model back.
    /// - Throws: ``ChurnModelError/undecodable(_:)``.
    public init(decoding bytes: [UInt8]) throws(ChurnModelError) {
        let content = try SealedBytes.open(bytes, mark: SealedBytes.hazardMark, version: HazardModel.schemaVersion)
        var reader = ByteReader(content)
        let encoder: FeatureEncoder = try reader.read()
        let personMonths: Int = try reader.read()
        let churns: Int = try reader.read()
        let lastMonth: Int = try reader.read()
        let features: LogisticModel = try reader.read()
        let timeTerms: [TimeTerm] = try reader.read()
        try Estimator.logistic(features).validate(for: encoder)
        guard reader.remaining == 0, timeTerms.count == TimeBasis.count, (1...1_200).contains(lastMonth) else {
            throw .undecodable("the time course does not fit together")
        }
        self.init(
            encoder: encoder, personMonths: personMonths, churns: churns, lastMonth: lastMonth, features: features,
            timeTerms: timeTerms
        )
    }
}

extension HazardModel.TimeTerm: ByteCodable {
    func write(to writer: inout ByteWriter) {
        for number in [mean, scale, coefficient] { writer.write(number) }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(mean: try reader.read(), scale: try reader.read(), coefficient: try reader.read())
        guard scale > 1e-100, abs(mean) <= 1e100, abs(coefficient) <= 1e100 else {
            throw .undecodable("a coefficient of the time course is out of range")
        }
    }
}
