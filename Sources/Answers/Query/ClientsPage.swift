import Records
import Snapshots

/// Finds the rows of a page in the way that costs least: a walk along the order of the key, where most clients pass, or
/// a look at those that can pass, where few do.
enum ClientsPage {
    /// Pages that end later are found along the order, however few clients pass.
    private static let quickRowsMax = 512
    /// Clients that can be looked at while others wait.
    private static let quickClientsMax = 200_000
    /// Groups of clients, by their dimensions, that can be looked at while others wait: where every client has values of
    /// his own there are as many as clients.
    private static let quickGroupsMax = 20_000

    /// Whether a page takes some hundred microseconds at the most.
    static func isQuick(_ question: ClientsAnswer.Question, _ snapshot: Snapshot) -> Bool {
        guard !question.filter.readsText, question.limit <= 100,
            question.offset <= quickRowsMax - 100
        else { return false }
        guard snapshot.groups.groups.count <= quickGroupsMax else { return false }
        // The model's reasons are worked out client by client where they are not kept yet.
        guard snapshot.assessments.churn.model == nil || snapshot.explainsQuickly && question.limit <= 50 else {
            return false
        }
        let sort = question.sortKey
        if snapshot.knownOrder(sort) == nil {
            // The first one who asks for an order is given time to work it out.
            guard snapshot.expectsOrder(sort), sort.field != .name else { return false }
            return snapshot.count <= quickClientsMax / (question.filter.conditions.count + 1)
        }
        // Each condition is another look at those that the ones before have left.
        let conditions = question.filter.conditions.count
        return conditions == 0 || snapshot.count <= quickClientsMax / conditions
    }

    /// The positions on the page, and how many clients there are in all.
    static func make(_ question: ClientsAnswer.Question, _ snapshot: Snapshot) -> (positions: [Int], total: Int) {
        let filter = BoundFilter(question.filter, snapshot)
        let (end, overflows) = question.offset.addingReportingOverflow(question.limit)
        let rowsWanted = overflows ? Int.max : end
        let page: (positions: [UInt32], total: Int)
        if let order = order(question.sortKey, snapshot, rowsWanted) {
            if let total = filter.countedTotal, walkPays(rowsWanted, total: total, of: snapshot.count) {
                page = (walk(order, rowsWanted, total: total) { filter.bucketPasses($0) }, total)
            } else if rowsWanted <= quickRowsMax {
                page = top(filter, rowsWanted) { Ranked(rank: order.ranks[Int($0)], position: $0) }
            } else {
                let passes = filter.bits()
                page = (walk(order, rowsWanted, total: passes.total) { passes.bits.contains($0) }, passes.total)
            }
        } else if let placing = SortOrder.Placing(question.sortKey, snapshot) {
            page = top(filter, rowsWanted) { placing.place($0) }
        } else {
            page = ([], 0)
        }
        return (page.positions.dropFirst(question.offset).map { Int($0) }, page.total)
    }

    /// The order of a key; nil where somebody else is working it out and few rows are wanted of a key that is a number.
    private static func order(_ key: SortKey, _ snapshot: Snapshot, _ rowsWanted: Int) -> SortOrder? {
        if let known = snapshot.knownOrder(key) { return known }
        if snapshot.claimsOrder(key) || rowsWanted > quickRowsMax || key.values(snapshot) == nil {
            return snapshot.order(key)
        }
        return nil
    }

    /// Whether the walk along an order to the last row wanted is shorter than a look at all that pass.
    private static func walkPays(_ rowsWanted: Int, total: Int, of count: Int) -> Bool {
        guard total > 0, rowsWanted <= quickRowsMax else { return true }
        return count / total * min(rowsWanted, total) <= 2 * total
    }

    /// The first clients that pass, along an order.
    private static func walk(
        _ order: SortOrder, _ rowsWanted: Int, total: Int, _ passes: (UInt32) -> Bool
    ) -> [UInt32] {
        var found: [UInt32] = []
        let count = min(rowsWanted, total)
        guard count > 0 else { return found }
        for position in order.positions where passes(position) {
            found.append(position)
            if found.count == count { break }
        }
        return found
    }

    fileprivate struct Ranked: Comparable {
        var rank: UInt32
        var position: UInt32

        static func < (left: Ranked, right: Ranked) -> Bool { left.rank < right.rank }
    }

    /// The first clients among all that pass, and how many pass.
    private static func top<Place: Comparable & Positioned>(
        _ filter: BoundFilter, _ rowsWanted: Int, _ place: (UInt32) -> Place
    ) -> (positions: [UInt32], total: Int) {
        var total = 0
        var best = BoundedHeap<Place>(limit: rowsWanted)
        filter.forEachSelection { selection in
            total += selection.count
            for position in selection { best.offer(place(position)) }
        }
        return (best.sorted.map(\.position), total)
    }
}

/// What has a place in a list and stands for a client.
private protocol Positioned {
    var position: UInt32 { get }
}

extension SortOrder.Place: Positioned {}
extension ClientsPage.Ranked: Positioned {}

/// The least of all elements that were offered, up to a number of them.
struct BoundedHeap<Element: Comparable> {
    private let limit: Int
    /// A heap with the greatest element first.
    private var elements: [Element] = []

    init(limit: Int) { self.limit = max(0, limit) }

    @inline(__always)
    mutating func offer(_ element: Element) {
        if elements.count == limit {
            guard let worst = elements.first, element < worst else { return }
            elements[0] = element
            siftDown()
        } else {
            elements.append(element)
            siftUp()
        }
    }

    private mutating func siftUp() {
        var child = elements.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard elements[parent] < elements[child] else { return }
            elements.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            var greatest = parent
            for child in 2 * parent + 1...2 * parent + 2
            where child < elements.count && elements[greatest] < elements[child] {
                greatest = child
            }
            if greatest == parent { return }
            elements.swapAt(parent, greatest)
            parent = greatest
        }
    }

    /// The elements from the least to the greatest.
    var sorted: [Element] { elements.sorted() }
}
