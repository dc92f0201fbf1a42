/// Finds the slices of one client after the other in the segments of a table.
public struct SliceWalker: Sendable {
    @usableFromInline let tables: [ClientSlices]
    /// The slice each segment comes to next.
    @usableFromInline var next: [Int]
    /// The client's slice of each segment, empty where he has none.
    public private(set) var slices: [Range<Int>]

    /// - Parameter firstClient: the first client that will be asked for.
    public init(_ tables: [ClientSlices], firstClient: Int) {
        self.tables = tables
        next = tables.map { $0.clients.firstIndexAtLeast(UInt32(firstClient)) }
        slices = Array(repeating: 0..<0, count: tables.count)
    }

    /// Goes on to a client; clients are asked for in ascending order.
    public mutating func advance(to client: Int) {
        let client = UInt32(client)
        for index in tables.indices {
            let clients = tables[index].clients
            var at = next[index]
            while at < clients.count, clients[at] < client { at += 1 }
            if at < clients.count, clients[at] == client {
                slices[index] = Int(tables[index].starts[at])..<Int(tables[index].starts[at + 1])
                at += 1
            } else {
                slices[index] = 0..<0
            }
            next[index] = at
        }
    }
}

extension [UInt32] {
    /// The position of the first element that is not below `value`, in an ascending array.
    func firstIndexAtLeast(_ value: UInt32) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension UnsafeBufferPointer where Element: Comparable {
    /// The end of the elements below `bound` in an ascending stretch.
    @inlinable
    @inline(__always)
    public func end(of range: Range<Int>, below bound: Element) -> Int {
        var low = range.lowerBound
        var high = range.upperBound
        // Mostly all of them are.
        if low < high, self[high - 1] < bound { return high }
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < bound { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
