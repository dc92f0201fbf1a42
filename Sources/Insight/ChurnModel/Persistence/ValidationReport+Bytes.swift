extension LabelDefinition.Kind: ByteCodable {}
extension ValidationReport.Kind: ByteCodable {}

extension LabelDefinition: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(kind)
        writer.write(horizonDays)
        writer.write(population)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(kind: try reader.read(), horizonDays: try reader.read(), population: try reader.read())
    }
}

extension TrainingRecord: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(rows)
        writer.write(positives)
        writer.write(customers)
        writer.write(firstSnapshotDay)
        writer.write(lastSnapshotDay)
        writer.write(trainedOnDay)
        writer.write(seed)
        writer.write(fingerprint)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            rows: try reader.read(), positives: try reader.read(), customers: try reader.read(),
            firstSnapshotDay: try reader.read(), lastSnapshotDay: try reader.read(), trainedOnDay: try reader.read(),
            seed: try reader.read(), fingerprint: try reader.read()
        )
    }
}

extension InputProfile: ByteCodable {
    func write(to writer: inout ByteWriter) { writer.write(sources) }
    init(from reader: inout ByteReader) throws(ChurnModelError) { self.init(sources: try reader.read()) }

    func validate(for encoder: FeatureEncoder) throws(ChurnModelError) {
        guard sources.count == encoder.sources.count else {
            throw .undecodable("the input profile belongs to other features")
        }
        for (position, source) in sources.enumerated() {
            let isCategory = encoder.sources[position].kind != .number
            let bins = isCategory ? encoder.featureRanges[position].count + 1 : source.cuts.count + 2
            guard source.counts.count == bins, source.counts.allSatisfy({ $0 >= 0 && $0 <= Int(Int32.max) }) else {
                throw .undecodable("the profile of '\(encoder.sources[position].name)' has the wrong bins")
            }
        }
    }
}

extension InputProfile.Source: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(cuts)
        writer.write(counts)
        writer.write(range?.lowerBound)
        writer.write(range?.upperBound)
        writer.write(median)
        writer.write(isIntegral)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        let cuts: [Double] = try reader.read()
        let counts: [Int] = try reader.read()
        let lower: Double? = try reader.read()
        let upper: Double? = try reader.read()
        guard zip(cuts, cuts.dropFirst()).allSatisfy({ $0 < $1 }), lower ?? 0 <= upper ?? lower ?? 0 else {
            throw .undecodable("an input profile does not ascend")
        }
        var range: ClosedRange<Double>?
        if let lower, let upper { range = lower...upper }
        self.init(
            cuts: cuts, counts: counts, range: range, median: try reader.read(), isIntegral: try reader.read()
        )
    }
}

extension Interval: ByteCodable {
    func write(to writer: inout ByteWriter) {
        for number in [value, standardError, lower, upper] { writer.write(number) }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            value: try reader.read(), standardError: try reader.read(), lower: try reader.read(),
            upper: try reader.read()
        )
    }
}

extension CalibrationBin: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(rows)
        for number in [meanProbability, observedShare, observedLower, observedUpper] { writer.write(number) }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            rows: try reader.read(), meanProbability: try reader.read(), observedShare: try reader.read(),
            observedLower: try reader.read(), observedUpper: try reader.read()
        )
    }
}

extension LiftRow: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(tenth)
        writer.write(rows)
        for number in [churners, lift, cumulativeRecall, cumulativeLift] { writer.write(number) }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            tenth: try reader.read(), rows: try reader.read(), churners: try reader.read(), lift: try reader.read(),
            cumulativeRecall: try reader.read(), cumulativeLift: try reader.read()
        )
    }
}

extension QualityReport: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(rows)
        writer.write(positives)
        writer.write(areaUnderROC)
        writer.write(averagePrecision)
        for number in [brier, logLoss, expectedCalibrationError, observedOverExpected] { writer.write(number) }
        writer.write(liftTopTenth)
        writer.write(calibrationCurve)
        writer.write(liftTable)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            rows: try reader.read(), positives: try reader.read(), areaUnderROC: try reader.read(),
            averagePrecision: try reader.read(), brier: try reader.read(), logLoss: try reader.read(),
            expectedCalibrationError: try reader.read(), observedOverExpected: try reader.read(),
            liftTopTenth: try reader.read(), calibrationCurve: try reader.read(), liftTable: try reader.read()
        )
    }
}

extension ModelComparison: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(rows)
        for number in [meanImprovement, standardError, requiredStandardErrors] { writer.write(number) }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            rows: try reader.read(), meanImprovement: try reader.read(), standardError: try reader.read(),
            requiredStandardErrors: try reader.read()
        )
    }
}

extension ValidationReport.Baseline: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(areaUnderROC)
        writer.write(liftTopTenth)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(areaUnderROC: try reader.read(), liftTopTenth: try reader.read())
    }
}

extension ValidationReport.Window: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(snapshot)
        writer.write(day)
        writer.write(rows)
        writer.write(observed)
        writer.write(expected)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            snapshot: try reader.read(), day: try reader.read(), rows: try reader.read(),
            observed: try reader.read(), expected: try reader.read()
        )
    }
}

extension FeatureImportance: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(feature)
        for number in [meanAbsoluteContribution, permutationDrop, permutationSpread] { writer.write(number) }
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            feature: try reader.read(), meanAbsoluteContribution: try reader.read(),
            permutationDrop: try reader.read(), permutationSpread: try reader.read()
        )
    }
}

extension ValidationReport: ByteCodable {
    func write(to writer: inout ByteWriter) {
        writer.write(kind)
        writer.write(statement)
        writer.write(rows)
        writer.write(logistic)
        writer.write(boosted)
        writer.write(chosen)
        writer.write(comparison)
        writer.write(choice)
        writer.write(baseline)
        writer.write(windows)
        writer.write(importance)
        writer.write(rival)
    }

    init(from reader: inout ByteReader) throws(ChurnModelError) {
        self.init(
            kind: try reader.read(), statement: try reader.read(), rows: try reader.read(),
            logistic: try reader.read(), boosted: try reader.read(), chosen: try reader.read(),
            comparison: try reader.read(), choice: try reader.read(), baseline: try reader.read(),
            windows: try reader.read(), importance: try reader.read(),
            // Nothing follows on a report: models of earlier versions end here.
            rival: reader.remaining > 0 ? try reader.read() : nil
        )
    }
}
