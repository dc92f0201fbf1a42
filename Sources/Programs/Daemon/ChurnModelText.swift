import Assessment
import ChurnModel
import Contract
import Pipeline
import Records
import Store

/// The churn model's report as JSON.
enum ChurnModelText {
    /// The part of `system.status`.
    static func writeSummary(_ status: ChurnStatus, to writer: inout JSONWriter) {
        writer.key("churn")
        writer.beginObject()
        writeState(status, to: &writer)
        writer.member("problem", text: status.problem)
        writer.member("training", bool: status.runningSince != nil)
        writer.member("statement", text: status.last?.statement)
        writer.endObject()
    }

    /// What ranks the clients, and by whose decision.
    static func writeState(_ status: ChurnStatus, to writer: inout JSONWriter) {
        writer.member("state", text: status.scorer == nil ? "rules" : "model")
        writer.member("version", text: status.scorer?.version)
        writer.member("choice", text: status.inForce.isChosen ? "operator" : "automatic")
    }

    /// The members of `churn.model`.
    static func writeModel(_ status: ChurnStatus, to writer: inout JSONWriter) {
        writeState(status, to: &writer)
        writer.member("problem", text: status.problem)
        writer.key("training")
        if let since = status.runningSince {
            writer.beginObject()
            writer.member("running_since", text: since.description)
            writer.endObject()
        } else {
            writer.null()
        }
        writer.key("last")
        if let last = status.last {
            writer.beginObject()
            writer.member("at", text: last.at.description)
            writer.member("outcome", text: last.outcome)
            writer.member("version", text: last.version.isEmpty ? nil : last.version)
            writer.member("data_day", text: last.asOf?.description)
            writer.member("statement", text: last.statement)
            writer.endObject()
        } else {
            writer.null()
        }
        writer.key("model")
        if let scorer = status.scorer { write(scorer, to: &writer) } else { writer.null() }
        writer.key("challenge")
        if let challenge = status.challenge { write(challenge, to: &writer) } else { writer.null() }
        writer.key("drift")
        if let watch = status.watch { ChurnDriftText.write(watch, to: &writer) } else { writer.null() }
        RiskRecordText.write(status.record, to: &writer)
        writer.key("versions")
        writer.beginArray()
        for version in status.versions { writer.string(version) }
        writer.endArray()
    }

    private static func day(_ number: Int?) -> String? {
        number.map { Day(rawValue: Int32(truncatingIfNeeded: $0)).description }
    }

    private static func write(_ scorer: ChurnScorer, to writer: inout JSONWriter) {
        let model = scorer.bundle.model
        let record = model.record
        writer.beginObject()
        writer.member("kind", text: model.estimator.name)
        writer.member("label", text: model.labelDefinition.kind.rawValue)
        writer.member("horizon_days", integer: model.labelDefinition.horizonDays)
        writer.member("population", text: model.labelDefinition.population)
        writer.member("trained_at", text: day(record.trainedOnDay))
        writer.member("rows", integer: record.rows)
        writer.member("positives", integer: record.positives)
        writer.member("customers", integer: record.customers)
        // A snapshot is taken at the end of the day before the first one of its window.
        writer.member("first_snapshot", text: day(record.firstSnapshotDay.map { $0 - 1 }))
        writer.member("last_snapshot", text: day(record.lastSnapshotDay.map { $0 - 1 }))
        writer.member("features", integer: model.encoder.sources.count)
        writer.key("left_out")
        writer.beginArray()
        for text in scorer.bundle.leftOut { writer.string(text) }
        writer.endArray()
        writer.member("program", text: scorer.bundle.program)
        writer.member("data_fingerprint", text: String(record.fingerprint, radix: 16))
        writer.member("choice", text: model.report.choice)
        writer.member("verdict", text: scorer.bundle.verdict)
        writer.key("validation")
        write(model.report, to: &writer)
        writer.endObject()
    }

    private static func write(_ report: ValidationReport, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("statement", text: report.statement)
        writer.key("chosen")
        write(report.chosen, isWhole: true, to: &writer)
        writer.key("logistic")
        if let quality = report.logistic { write(quality, isWhole: false, to: &writer) } else { writer.null() }
        writer.key("trees")
        if let quality = report.boosted { write(quality, isWhole: false, to: &writer) } else { writer.null() }
        write("rules", report.baseline, to: &writer)
        write("last_seen", report.rival, to: &writer)
        writer.endObject()
    }

    private static func write(
        _ name: StaticString, _ baseline: ValidationReport.Baseline?, to writer: inout JSONWriter
    ) {
        writer.key(name)
        guard let baseline else {
            writer.null()
            return
        }
        writer.beginObject()
        write("auc", baseline.areaUnderROC, to: &writer)
        writer.member("lift_top_tenth", double: baseline.liftTopTenth)
        writer.endObject()
    }

    static func write(_ name: StaticString, _ interval: Interval?, to writer: inout JSONWriter) {
        writer.key(name)
        guard let interval else {
            writer.null()
            return
        }
        writer.beginObject()
        writer.member("value", double: interval.value)
        writer.member("lower", double: interval.lower)
        writer.member("upper", double: interval.upper)
        writer.endObject()
    }

    /// - Parameter isWhole: with curve and table.
    private static func write(_ quality: QualityReport, isWhole: Bool, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("rows", integer: quality.rows)
        writer.member("positives", integer: quality.positives)
        write("auc", quality.areaUnderROC, to: &writer)
        writer.member("average_precision", double: quality.averagePrecision)
        writer.member("brier", double: quality.brier)
        writer.member("log_loss", double: quality.logLoss)
        writer.member("calibration_error", double: quality.expectedCalibrationError)
        writer.member("observed_over_expected", double: quality.observedOverExpected)
        writer.member("lift_top_tenth", double: quality.liftTopTenth)
        if isWhole {
            writer.key("calibration")
            writer.beginArray()
            for bin in quality.calibrationCurve {
                writer.beginObject()
                writer.member("rows", integer: bin.rows)
                writer.member("expected", double: bin.meanProbability)
                writer.member("observed", double: bin.observedShare)
                writer.member("lower", double: bin.observedLower)
                writer.member("upper", double: bin.observedUpper)
                writer.endObject()
            }
            writer.endArray()
            writer.key("lift")
            writer.beginArray()
            for row in quality.liftTable {
                writer.beginObject()
                writer.member("tenth", integer: row.tenth)
                writer.member("rows", integer: row.rows)
                writer.member("churners", double: row.churners)
                writer.member("lift", double: row.lift)
                writer.member("cumulative_lift", double: row.cumulativeLift)
                writer.member("cumulative_recall", double: row.cumulativeRecall)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    private static func write(_ challenge: ChurnChallenge, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("taken", bool: challenge.takes)
        writer.member("statement", text: challenge.statement)
        writer.member("rows", integer: challenge.comparison?.rows)
        writer.member("improvement", double: challenge.comparison?.meanImprovement)
        writer.member("standard_error", double: challenge.comparison?.standardError)
        writer.member("champion_auc", double: challenge.championArea)
        writer.member("challenger_auc", double: challenge.challengerArea)
        writer.endObject()
    }

    // MARK: Importance

    /// The members of `churn.importance`.
    static func writeImportance(_ scorer: ChurnScorer, to writer: inout JSONWriter) {
        let importance = scorer.bundle.model.report.importance
        let total = importance.reduce(0) { $0 + $1.meanAbsoluteContribution }
        writer.member("version", text: scorer.version)
        writer.member(
            "statement", text: "how much the model leans on a feature: associated with the risk, not its cause")
        writer.key("features")
        writer.beginArray()
        for feature in importance {
            let definition = FeatureRegistry.definition(feature.feature)
            writer.beginObject()
            writer.member("feature", text: feature.feature)
            writer.member("title", text: definition?.title)
            writer.member("unit", text: definition?.unit.rawValue)
            writer.member("formula", text: definition?.formula)
            writer.member("contribution", double: feature.meanAbsoluteContribution)
            writer.member("share", double: total > 0 ? feature.meanAbsoluteContribution / total : .nan)
            writer.member("auc_drop", double: feature.permutationDrop)
            writer.member("auc_drop_spread", double: feature.permutationSpread)
            writer.endObject()
        }
        writer.endArray()
        writer.key("correlations")
        writer.beginArray()
        for correlation in scorer.bundle.correlations {
            writer.beginObject()
            writer.member("feature", text: correlation.feature)
            writer.member("other", text: correlation.other)
            writer.member("coefficient", double: correlation.coefficient)
            writer.endObject()
        }
        writer.endArray()
    }
}
