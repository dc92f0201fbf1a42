/// Everything that can stop a fit, a prediction or a decoding. The description says what was found and what to do.
public enum ChurnModelError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The feature table cannot be used as it is.
    case invalidTable(String)
    /// Labels, groups, snapshots or baseline scores do not fit the table.
    case invalidTrainingData(String)
    /// A setting is outside its range.
    case invalidSettings(String)
    /// Too few rows, positives or negatives, or nothing to learn from: stay with the rules.
    case refused(TrainingRefusal)
    /// The table to be scored lacks a feature of the model, or carries it with another kind.
    case featureMismatch(String)
    /// The bytes are not a model this version can read.
    case undecodable(String)
    /// Whoever asked for the fit does not want it any more.
    case cancelled

    public var description: String {
        switch self {
        case .invalidTable(let statement): "feature table refused: \(statement)"
        case .invalidTrainingData(let statement): "training data refused: \(statement)"
        case .invalidSettings(let statement): "setting refused: \(statement)"
        case .refused(let refusal): refusal.description
        case .featureMismatch(let statement): "features do not match the model: \(statement)"
        case .undecodable(let statement): "model bytes refused: \(statement)"
        case .cancelled: "the fit was cancelled"
        }
    }
}
