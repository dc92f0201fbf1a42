/// Everything that belongs to one trained model: what goes into a model file.
public struct ChurnModelBundle: Sendable, Equatable {
    /// Two features that say much the same, so that shares between them are arbitrary.
    public struct Correlation: Sendable, Equatable {
        public let feature: String
        public let other: String
        /// Rank correlation (Spearman 1904), -1…1.
        public let coefficient: Double

        public init(feature: String, other: String, coefficient: Double) {
            self.feature = feature
            self.other = other
            self.coefficient = coefficient
        }
    }

    public let model: FittedChurnModel
    /// The time course of churn; nil where no churn dates say when.
    public let hazard: HazardModel?
    /// The strongest first.
    public let correlations: [Correlation]
    /// The version of the program and of the feature table that trained it.
    public let program: String
    /// Columns that were left out of training, with the reason.
    public let leftOut: [String]
    /// Whether the model may rank: it beat the rules and chance on rows it had not seen.
    public let hasPassedGate: Bool
    /// Why, in words.
    public let verdict: String

    public init(
        model: FittedChurnModel, hazard: HazardModel?, correlations: [Correlation], program: String,
        leftOut: [String], hasPassedGate: Bool, verdict: String
    ) {
        self.model = model
        self.hazard = hazard
        self.correlations = correlations
        self.program = program
        self.leftOut = leftOut
        self.hasPassedGate = hasPassedGate
        self.verdict = verdict
    }

    /// The version of the byte form that this code writes.
    public static let schemaVersion = 1

    /// The bundle as bytes; equal bundles give equal bytes.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(Blob(bytes: model.encoded()))
        writer.write(hazard.map { Blob(bytes: $0.encoded()) })
        writer.write(correlations)
        writer.write(program)
        writer.write(leftOut)
        writer.write(hasPassedGate)
        writer.write(verdict)
        return SealedBytes.seal(writer.bytes, mark: SealedBytes.bundleMark, version: ChurnModelBundle.schemaVersion)
    }

    /// Reads a bundle back.
    /// - Throws: ``ChurnModelError/undecodable(_:)``; never crashes, whatever the bytes.
    public init(decoding bytes: [UInt8]) throws(ChurnModelError) {
        let content = try SealedBytes.open(
            bytes, mark: SealedBytes.bundleMark, version: ChurnModelBundle.schemaVersion)
        var reader = ByteReader(content)
        let model: Blob = try reader.read()
        let hazard: Blob? = try reader.read()
        correlations = try reader.read()
        program = try reader.read()
        leftOut = try reader.read()
        hasPassedGate = try reader.read()
        verdict = try reader.read()
        guard reader.remaining == 0 else { throw .undecodable("\(reader.remaining) bytes are left over") }
        self.model = try FittedChurnModel(decoding: model.bytes)
        self.hazard = if let hazard { try HazardModel(decoding: hazard.bytes) } else { nil }
    }

    /// A digest of the bytes, as 16 hexadecimal digits: what a version is named by.
    public static func digest(_ bytes: [UInt8]) -> String {
        let digits = String(SealedBytes.checksum(bytes[...]), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

/// Bytes within bytes.
private struct Blob: ByteCodable {
    let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    func write(to writer: inout ByteWriter) {
        writer.write(unsigned: UInt64(bytes.count))
        writer.write(bytes: bytes)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let count = try reader.readUnsigned()
        guard count <= UInt64(reader.remaining) else { throw .undecodable("a part is longer than the bytes") }
        bytes = try reader.readBytes(Int(count))
    }
}

extension ChurnModelBundle.Correlation: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(feature)
        writer.write(other)
        writer.write(coefficient)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(feature: try reader.read(), other: try reader.read(), coefficient: try reader.read())
    }
}
