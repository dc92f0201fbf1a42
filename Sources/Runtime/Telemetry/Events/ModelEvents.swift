/// A label window that began after the model in force was trained is over: how its probabilities held.
public struct ModelWatched: Event {
    public static let kind = EventKind.modelWatched

    /// Which model.
    public let model: SafeText
    /// Observed per thousand expected.
    public let observedPerMille: Int
    /// Inputs whose distribution has moved far.
    public let inputsMoved: Int
    /// What is to be done: `keep`, `recentre`, `retrain`, or `wait` for more data.
    public let advice: SafeText

    public init(model: SafeText, observedPerMille: Int, inputsMoved: Int, advice: SafeText) {
        self.model = model
        self.observedPerMille = observedPerMille
        self.inputsMoved = inputsMoved
        self.advice = advice
    }

    public var message: SafeText {
        "model \(model): a window is over, \(observedPerMille) observed per 1000 expected, \(inputsMoved) inputs moved: \(advice)"
    }

    public var fields: EventFields {
        [
            .model: .text(model), .outcome: .text(advice), .observedPerMille: .count(observedPerMille),
            .inputsMoved: .count(inputsMoved),
        ]
    }
}

/// The model in force no longer holds on a window that is over: a challenger is trained, and taken if it is better beyond
/// noise.
public struct ModelDrifted: Event {
    public static let kind = EventKind.modelDrifted

    /// Which model.
    public let model: SafeText
    /// What was advised: `recentre` or `retrain`.
    public let advice: SafeText

    public init(model: SafeText, advice: SafeText) {
        self.model = model
        self.advice = advice
    }

    public var message: SafeText { "model \(model): drift (\(advice)), a challenger is trained" }

    public var fields: EventFields { [.model: .text(model), .outcome: .text(advice)] }
}

/// A model that is kept cannot be used: its file is damaged or cannot be read.
public struct ModelUnusable: Event {
    public static let kind = EventKind.modelUnusable

    /// Which model.
    public let model: SafeText
    /// Which of its versions; `other` where its name is not one that the daemon gives.
    public let version: SafeText
    /// What went wrong.
    public let errorCode: ErrorCode

    public init(model: SafeText, version: SafeText, errorCode: ErrorCode) {
        self.model = model
        self.version = version
        self.errorCode = errorCode
    }

    public var message: SafeText { "model \(model): version \(version) cannot be used: \(errorCode)" }

    public var fields: EventFields {
        [.model: .text(model), .modelVersion: .text(version), .errorCode: .text(errorCode.text)]
    }
}
