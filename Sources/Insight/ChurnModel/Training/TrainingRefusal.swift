/// Why nothing was trained, in numbers and in words.
public struct TrainingRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kind of shortage.
    public enum Reason: String, Sendable, Equatable {
        case noRows
        case noFeatures
        case oneClassOnly
        case tooFewPositives
        case tooFewNegatives
        case nothingVaries
    }

    public let reason: Reason
    public let rows: Int
    public let positives: Int
    public let negatives: Int
    /// One sentence or two: what was found, what is needed, what happens meanwhile.
    public let description: String
}
