internal import Synchronization

/// Bytes all connections together may hold.
final class MemoryBudget: Sendable {
    private let bytesMax: Int
    private let used = Atomic<Int>(0)

    init(bytesMax: Int) { self.bytesMax = bytesMax }

    /// Takes bytes, unless that would exceed the budget.
    func reserve(_ bytes: Int) -> Bool {
        let total = used.add(bytes, ordering: .relaxed).newValue
        if total <= bytesMax { return true }
        used.subtract(bytes, ordering: .relaxed)
        return false
    }

    func release(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }

    var usedBytes: Int { used.load(ordering: .relaxed) }
}
