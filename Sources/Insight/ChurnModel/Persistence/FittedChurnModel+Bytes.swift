extension FittedChurnModel {
    /// The version of the byte form that this code writes.
    public static let schemaVersion = 1

    /// The model as bytes: a mark, the version, the content, and a checksum over all of it.
    ///
    /// Equal models give equal bytes.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(encoder)
        writer.write(estimator)
        writer.write(calibrator)
        writer.write(recentring.offset)
        writer.write(labelDefinition)
        writer.write(record)
        writer.write(profile)
        writer.write(report)
        return SealedBytes.seal(writer.bytes, mark: SealedBytes.churnMark, version: FittedChurnModel.schemaVersion)
    }

    /// Reads a model back.
    /// - Throws: ``ChurnModelError/undecodable(_:)`` for bytes that are damaged, cut off, of another kind or of a newer
    ///   version. Never crashes, whatever the bytes.
    public init(decoding bytes: [UInt8]) throws(ChurnModelError) {
        let content = try SealedBytes.open(
            bytes, mark: SealedBytes.churnMark, version: FittedChurnModel.schemaVersion
        )
        var reader = ByteReader(content)
        let encoder: FeatureEncoder = try reader.read()
        let estimator: Estimator = try reader.read()
        try estimator.validate(for: encoder)
        let calibrator: Calibrator = try reader.read()
        let offset: Double = try reader.read()
        let labelDefinition: LabelDefinition = try reader.read()
        let record: TrainingRecord = try reader.read()
        let profile: InputProfile = try reader.read()
        try profile.validate(for: encoder)
        let report: ValidationReport = try reader.read()
        guard reader.remaining == 0 else { throw .undecodable("\(reader.remaining) bytes are left over") }
        self.init(
            encoder: encoder, estimator: estimator.completed(for: encoder), calibrator: calibrator,
            recentring: Recentring(offset: offset), labelDefinition: labelDefinition, record: record,
            profile: profile, report: report
        )
    }
}
