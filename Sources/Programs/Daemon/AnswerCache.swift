import Contract
import Locks
import Records

/// Answers of the generation in force, as bytes: dashboards ask the same few questions again and again.
final class AnswerCache: Sendable {
    struct Key: Hashable, Sendable {
        var method: String
        /// The parameters as JSON.
        var parameters: [UInt8]
        /// The contact data that the question must not name; nil where there is none to hide.
        var hidden: ContactColumns?
    }

    private struct State {
        var generation: UInt64 = 0
        var answers: [Key: [UInt8]] = [:]
        var byteCount = 0
    }

    private let state = Guarded<State>(State())
    private static let entriesMax = 4096
    private static let bytesMax = 32 << 20
    /// A question in more bytes is hardly asked a second time, and its key would be kept too.
    static let keyBytesMax = 4 << 10
    private static let answerBytesMax = bytesMax / 8

    func answer(_ key: Key, generation: UInt64) -> [UInt8]? {
        state.withLock { $0.generation == generation ? $0.answers[key] : nil }
    }

    func keep(_ answer: [UInt8], for key: Key, generation: UInt64) {
        guard answer.count <= AnswerCache.answerBytesMax, key.parameters.count <= AnswerCache.keyBytesMax else {
            return
        }
        let bytes = answer.count + key.parameters.count
        state.withLock { state in
            if generation > state.generation { state = State(generation: generation) }
            guard generation == state.generation else { return }
            if state.answers.count >= AnswerCache.entriesMax || state.byteCount + bytes > AnswerCache.bytesMax {
                // Whoever still asks fills it again.
                state = State(generation: generation)
            }
            if state.answers.updateValue(answer, forKey: key) == nil { state.byteCount += bytes }
        }
    }

    /// What is held for answers and their questions.
    var byteCount: Int { state.withLock { $0.byteCount } }
}
