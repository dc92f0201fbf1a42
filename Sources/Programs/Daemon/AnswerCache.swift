import Contract
import Locks

/// Answers of the generation in force, as bytes: dashboards ask the same few questions again and again.
final class AnswerCache: Sendable {
    struct Key: Hashable, Sendable {
        var method: Method
        /// The parameters as JSON.
        var parameters: [UInt8]
    }

    private struct State {
        var generation: UInt64 = 0
        var answers: [Key: [UInt8]] = [:]
        var byteCount = 0
    }

    private let state = Guarded<State>(State())
    private static let entriesMax = 4096
    private static let bytesMax = 32 << 20

    func answer(_ key: Key, generation: UInt64) -> [UInt8]? {
        state.withLock { $0.generation == generation ? $0.answers[key] : nil }
    }

    func keep(_ answer: [UInt8], for key: Key, generation: UInt64) {
        guard answer.count <= AnswerCache.bytesMax / 8 else { return }
        state.withLock { state in
            if generation > state.generation { state = State(generation: generation) }
            guard generation == state.generation else { return }
            if state.answers.count >= AnswerCache.entriesMax || state.byteCount + answer.count > AnswerCache.bytesMax {
                // Whoever still asks fills it again.
                state = State(generation: generation)
            }
            if state.answers.updateValue(answer, forKey: key) == nil { state.byteCount += answer.count }
        }
    }
}
