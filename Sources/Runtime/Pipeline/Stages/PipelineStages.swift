public import Schedule

/// The stages of the pipeline.
enum PipelineStages {
    /// The one list. Where several are due at once the one that waits longest comes first, and of those the one that stands
    /// first here; whatever all of them are told they are told in this order.
    static var all: [any PipelineStage.Type] {
        [
            IntakeStage.self, RefreshStage.self, PublishStage.self, ArchiveStage.self, VerifyStage.self,
            ForecastStage.self, HistoryStage.self, TrainStage.self,
        ]
    }
}

extension Stage: CaseIterable, RawRepresentable {
    public static let allCases: [Stage] = PipelineStages.all.map { $0.name }

    public init?(rawValue: String) {
        guard let stage = Stage.allCases.first(where: { $0.rawValue == rawValue }) else { return nil }
        self = stage
    }
}
