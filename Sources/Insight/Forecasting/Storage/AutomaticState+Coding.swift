extension AutomaticState {
    /// The state as bytes: equal states give equal bytes.
    public func encoded() -> [UInt8] {
        ModelEnvelope.seal(.automaticState) { writer in
            writer.write(flag: prophet != nil)
            prophet?.write(to: &writer)
            writer.write(flag: backtest != nil)
            guard let backtest else { return }
            writer.write(signed: backtest.evaluatedAt)
            writer.write(count: backtest.members.count)
            for member in backtest.members { writer.write(byte: member.rawValue) }
            writer.write(doubles: backtest.weights)
            writer.write(doubles: backtest.memberErrors)
            writer.write(count: backtest.errors.count)
            for list in backtest.errors {
                writer.write(count: list.count)
                for error in list { writer.write(float: error) }
            }
            writer.write(double: backtest.usualError)
            writer.write(double: backtest.intervalFactor)
            writer.write(count: backtest.horizonRows)
            backtest.tuning.write(to: &writer)
        }
    }

    /// Reads a state written by `encoded()`.
    ///
    /// - Throws: `corruptModel` for anything else.
    public init(decoding bytes: [UInt8]) throws(ForecastError) {
        var reader = try ModelEnvelope.open(bytes, kind: .automaticState)
        self.init(prophet: nil, backtest: nil)
        if try reader.flag() { prophet = try FittedProphet(from: &reader) }
        if try reader.flag() { backtest = try Backtest(from: &reader) }
        guard reader.isAtEnd else { throw .corruptModel(reason: "there are bytes left over") }
    }
}

extension AutomaticState.Backtest {
    init(from reader: inout ByteReader) throws(ForecastError) {
        let evaluatedAt = try reader.signed()
        var members: [ForecastMember] = []
        for _ in 0..<(try reader.count(ofSize: 1)) { members.append(try reader.choice(ForecastMember.self)) }
        let weights = try reader.doubles()
        let memberErrors = try reader.doubles()
        var errors: [[Float]] = []
        for _ in 0..<(try reader.count(ofSize: 1)) {
            var list: [Float] = []
            for _ in 0..<(try reader.count(ofSize: 4)) {
                let error = try reader.float()
                guard error.isFinite else { throw .corruptModel(reason: "a back-test error is not finite") }
                list.append(error)
            }
            errors.append(list)
        }
        let usualError = try reader.finite()
        let factor = try reader.finite()
        let rows = Int(try reader.unsigned() & 0xFFFF_FFFF)
        let tuning = try MemberTuning(from: &reader)
        guard weights.count == members.count, memberErrors.count == members.count, !errors.isEmpty, usualError >= 0,
            abs(evaluatedAt) <= FutureFrame.largestTimestamp
        else { throw .corruptModel(reason: "its parts do not fit together") }
        self.init(
            evaluatedAt: evaluatedAt, members: members, weights: weights, memberErrors: memberErrors,
            errors: errors, usualError: usualError, intervalFactor: factor, horizonRows: rows, tuning: tuning)
    }
}
