import Records
import Testing

@testable import Snapshots

struct ExplanationStoreTests {
    private final class Model: Sendable {}

    /// Says of a client what stands in his row, as a model would.
    private struct Explainer: ChurnExplainer {
        let values: [Double]
        let identity: Model

        var isQuick: Bool { true }
        var model: ObjectIdentifier { ObjectIdentifier(identity) }

        func explain(_ positions: [Int]) -> [PackedExplanation?] {
            positions.map { position in
                guard !values[position].isNaN else { return nil }
                var packed = PackedExplanation()
                packed.margin = values[position]
                return packed
            }
        }

        func text(_ packed: PackedExplanation, of position: Int) -> ChurnExplanation {
            ChurnExplanation(
                base: Double(position), margin: packed.margin, probability: 0.5, contributions: [],
                otherContributions: 0, changes: [], time: nil)
        }
    }

    private func margins(_ store: ExplanationStore, _ count: Int) -> [Double?] {
        (0..<count).map { store.explain($0)?.margin }
    }

    /// What was worked out ahead is what is said on demand; an increment keeps what it does not touch, and no more.
    @Test(arguments: [1, 64, 700]) func keepsWhatHolds(count: Int) {
        let identity = Model()
        let values = (0..<count).map { $0 % 10 == 9 ? Double.nan : Double($0) }
        let store = ExplanationStore(Explainer(values: values, identity: identity), probabilities: values)
        let wanted = values.map { $0.isNaN ? nil : $0 }
        #expect(margins(store, count) == wanted && store.preparedShare == 0)
        while store.prepareNext() {}
        #expect(margins(store, count) == wanted && store.preparedShare == 1)
        #expect(store.explain(count) == nil && store.explain(-1) == nil)

        let changed = Array(stride(from: 0, to: count, by: 3))
        var moved = values
        for position in changed { moved[position] += 0.5 }
        let next = Explainer(values: moved, identity: identity)
        #expect(store.serves(next, count: count) && !store.serves(next, count: count + 1))
        #expect(!store.serves(Explainer(values: moved, identity: Model()), count: count))
        let after = ExplanationStore(next, after: store, changed: changed, probabilities: moved)
        #expect(after.preparedShare < 1)
        let then = moved.map { $0.isNaN ? nil : $0 }
        #expect(margins(after, count) == then)
        while after.prepareNext() {}
        #expect(margins(after, count) == then && after.preparedShare == 1)
        #expect(margins(store, count) == wanted)
    }

    @Test func nobodyScoredNeedsNothing() {
        let values = [Double](repeating: .nan, count: 130)
        let store = ExplanationStore(Explainer(values: values, identity: Model()), probabilities: values)
        #expect(store.preparedShare == 1 && !store.prepareNext() && store.explain(3) == nil)
    }
}
