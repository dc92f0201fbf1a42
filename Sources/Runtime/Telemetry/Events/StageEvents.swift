// The stages of the river between the database and the published snapshot.

/// A stage of the river ended well.
public struct StageFinished: Event {
    public static let kind = EventKind.stageFinished

    /// The stage's word in the schedule.
    public let stage: SafeText
    /// Rows it worked on, where it counts them.
    public let rows: Int?
    /// How long it took.
    public let duration: Duration

    public init(stage: SafeText, rows: Int? = nil, duration: Duration) {
        self.stage = stage
        self.rows = rows
        self.duration = duration
    }

    public var message: SafeText { "stage \(stage) finished in \(duration)" }

    public var fields: EventFields {
        [
            .stage: .text(stage), .rows: rows.map { .count($0) }, .duration: .duration(duration),
        ]
    }

    public var measurements: [EventMeasurement] {
        [
            .add(1, to: .stageRuns, ["outcome": "finished", "stage": stage]),
            .observe(duration, in: .stageDuration, ["stage": stage]),
        ]
    }
}

/// A stage of the river ended with an error.
public struct StageFailed: Event {
    public static let kind = EventKind.stageFailed

    /// The stage's word in the schedule.
    public let stage: SafeText
    /// What went wrong.
    public let errorCode: ErrorCode

    public init(stage: SafeText, errorCode: ErrorCode) {
        self.stage = stage
        self.errorCode = errorCode
    }

    public var message: SafeText { "stage \(stage) failed: \(errorCode)" }

    public var fields: EventFields { [.stage: .text(stage), .errorCode: .text(errorCode.text)] }

    public var measurements: [EventMeasurement] { [.add(1, to: .stageRuns, ["outcome": "failed", "stage": stage])] }
}

/// A whole refresh ended well.
public struct RefreshFinished: Event {
    public static let kind = EventKind.refreshFinished

    /// The number of the snapshot.
    public let snapshot: Int64
    /// How many clients it holds.
    public let clients: Int
    /// How long it took.
    public let duration: Duration

    public init(snapshot: Int64, clients: Int, duration: Duration) {
        self.snapshot = snapshot
        self.clients = clients
        self.duration = duration
    }

    public var message: SafeText { "refresh finished in \(duration): \(clients) clients, snapshot \(snapshot)" }

    public var fields: EventFields {
        [
            .stage: "refresh", .snapshot: .count(snapshot), .clients: .count(clients), .duration: .duration(duration),
        ]
    }

    public var measurements: [EventMeasurement] {
        [
            .set(.snapshot, to: snapshot),
            .add(1, to: .refreshes, ["outcome": "finished"]),
            .observe(duration, in: .refreshDuration),
            .set(.clients, to: clients),
        ]
    }
}

/// A snapshot was published.
public struct GoldPublished: Event {
    public static let kind = EventKind.goldPublished

    /// The number of the snapshot.
    public let snapshot: Int64
    /// The size of the published file.
    public let bytes: Int64
    /// How long it took.
    public let duration: Duration

    public init(snapshot: Int64, bytes: Int64, duration: Duration) {
        self.snapshot = snapshot
        self.bytes = bytes
        self.duration = duration
    }

    public var message: SafeText { "snapshot \(snapshot) published: \(bytes) bytes in \(duration)" }

    public var fields: EventFields {
        [
            .stage: "publish", .snapshot: .count(snapshot), .bytes: .count(bytes), .duration: .duration(duration),
        ]
    }
}

/// A model was fitted.
public struct ModelTrained: Event {
    public static let kind = EventKind.modelTrained

    /// Which model.
    public let model: SafeText
    /// Rows it learned from.
    public let rows: Int
    /// Whether it is in force now; otherwise it is kept, and what was in force stays.
    public let isTaken: Bool
    /// How long it took.
    public let duration: Duration

    public init(model: SafeText, rows: Int, isTaken: Bool, duration: Duration) {
        self.model = model
        self.rows = rows
        self.isTaken = isTaken
        self.duration = duration
    }

    private var outcome: SafeText { isTaken ? "taken" : "kept" }

    public var message: SafeText { "model \(model) trained on \(rows) rows in \(duration): \(outcome)" }

    public var fields: EventFields {
        [.model: .text(model), .rows: .count(rows), .outcome: .text(outcome), .duration: .duration(duration)]
    }

    public var measurements: [EventMeasurement] { [.add(1, to: .trainings, ["model": model, "outcome": "trained"])] }
}

/// A model could not be fitted; the former one stays in force.
public struct ModelTrainingFailed: Event {
    public static let kind = EventKind.modelTrainingFailed

    /// Which model.
    public let model: SafeText
    /// What went wrong.
    public let errorCode: ErrorCode

    public init(model: SafeText, errorCode: ErrorCode) {
        self.model = model
        self.errorCode = errorCode
    }

    public var message: SafeText { "model \(model) not trained: \(errorCode), keeping the former model" }

    public var fields: EventFields { [.model: .text(model), .errorCode: .text(errorCode.text)] }

    public var measurements: [EventMeasurement] { [.add(1, to: .trainings, ["model": model, "outcome": "failed"])] }
}
