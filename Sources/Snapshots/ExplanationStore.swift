import Locks
import Records

/// The explanations of one generation: worked out ahead, bit by bit, by whoever calls ``prepareNext()``, or when they are
/// asked for.
final class ExplanationStore: Sendable {
    /// The explanations of 64 neighbouring positions.
    private struct Block {
        /// Empty, or one per position.
        var records: [PackedExplanation] = []
        /// The positions whose record holds.
        var known: UInt64 = 0
    }

    private struct State {
        var blocks: [Block]
        /// Blocks before it have all that they need.
        var next = 0
        var count: Int
    }

    private let explainer: any ChurnExplainer
    private let probabilities: [Double]
    /// How many are worth working out.
    private let wantedCount: Int
    private let state: Guarded<State>

    /// An end to what all records together may take: about 60 MB.
    static let countMax = 150_000

    init(_ explainer: any ChurnExplainer, probabilities: [Double]) {
        self.explainer = explainer
        self.probabilities = probabilities
        wantedCount = ExplanationStore.wantedCount(probabilities)
        state = Guarded(State(blocks: Array(repeating: Block(), count: (probabilities.count + 63) / 64), count: 0))
    }

    /// What an earlier generation with the same clients knows, but for those whose features differ.
    /// - Parameter previous: for the same model and the same clients.
    init(
        _ explainer: any ChurnExplainer, after previous: ExplanationStore, changed: [Int], probabilities: [Double]
    ) {
        self.explainer = explainer
        self.probabilities = probabilities
        wantedCount = ExplanationStore.wantedCount(probabilities)
        var known = previous.state.withLock { $0 }
        for position in changed {
            let bit: UInt64 = 1 << UInt64(position % 64)
            if known.blocks[position / 64].known & bit != 0 { known.count -= 1 }
            known.blocks[position / 64].known &= ~bit
        }
        known.next = 0
        state = Guarded(known)
    }

    private static func wantedCount(_ probabilities: [Double]) -> Int {
        min(countMax, probabilities.count { !$0.isNaN })
    }

    /// Whether what is known here holds for an explainer and so many clients.
    func serves(_ explainer: any ChurnExplainer, count: Int) -> Bool {
        self.explainer.model == explainer.model && probabilities.count == count
    }

    var isQuick: Bool { explainer.isQuick }

    func explain(_ position: Int) -> ChurnExplanation? {
        guard probabilities.indices.contains(position), !probabilities[position].isNaN else { return nil }
        let known = state.withLock { state -> PackedExplanation? in
            let block = state.blocks[position / 64]
            return block.known >> UInt64(position % 64) & 1 == 1 ? block.records[position % 64] : nil
        }
        guard let known = known ?? explainer.explain([position])[0] else { return nil }
        return explainer.text(known, of: position)
    }

    var preparedShare: Double {
        wantedCount == 0 ? 1 : Double(state.withLock { $0.count }) / Double(wantedCount)
    }

    func prepareNext() -> Bool {
        guard explainer.isQuick, let (number, missing) = nextMissing() else { return false }
        let positions = (0..<64).filter { missing >> UInt64($0) & 1 == 1 }.map { number * 64 + $0 }
        let made = explainer.explain(positions)
        state.withLock { state in
            if state.blocks[number].records.isEmpty {
                state.blocks[number].records = Array(repeating: PackedExplanation(), count: 64)
            }
            for (position, record) in zip(positions, made) {
                guard let record else { continue }
                state.blocks[number].records[position % 64] = record
                state.blocks[number].known |= 1 << UInt64(position % 64)
                state.count += 1
            }
            state.next = number + 1
        }
        return true
    }

    /// The next block that lacks some of its scored clients.
    private func nextMissing() -> (number: Int, missing: UInt64)? {
        state.withLock { state in
            guard state.count < ExplanationStore.countMax else { return nil }
            for number in state.next..<max(state.next, state.blocks.count) {
                var missing = ~state.blocks[number].known
                for place in 0..<64 {
                    let position = number * 64 + place
                    if position >= probabilities.count || probabilities[position].isNaN {
                        missing &= ~(1 << UInt64(place))
                    }
                }
                if missing != 0 { return (number, missing) }
                state.next = number + 1
            }
            return nil
        }
    }
}
