/// A list of values for each of many clients, in the order of their index. The lists lie side by side in a few blocks, and
/// those of some clients can be put anew without a touch to the others.
public struct ClientLists<Value: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline
    struct Place: BitwiseCopyable, Sendable {
        @usableFromInline var block: UInt32
        @usableFromInline var start: UInt32
        @usableFromInline var count: UInt32

        @usableFromInline
        init(block: UInt32, start: UInt32, count: UInt32) {
            self.block = block
            self.start = start
            self.count = count
        }
    }

    @usableFromInline var blocks: [[Value]] = [[]]
    @usableFromInline var places: [Place] = []

    public init() {}

    public var count: Int { places.count }

    public mutating func reserveCapacity(_ lists: Int) { places.reserveCapacity(lists) }

    @inlinable
    public subscript(client: Int) -> ArraySlice<Value> {
        let place = places[client]
        return blocks[Int(place.block)][Int(place.start)..<Int(place.start + place.count)]
    }

    /// Appends a client's list.
    @inlinable
    public mutating func append(_ values: some Sequence<Value>) {
        let block = blocks.count - 1
        let start = blocks[block].count
        blocks[block].append(contentsOf: values)
        places.append(
            Place(
                block: UInt32(clamping: block), start: UInt32(clamping: start),
                count: UInt32(clamping: blocks[block].count - start)))
    }

    /// Appends the lists of further clients.
    public mutating func append(contentsOf other: ClientLists) {
        let base = UInt32(clamping: blocks.count)
        blocks.append(contentsOf: other.blocks)
        places.append(contentsOf: other.places.map { Place(block: base + $0.block, start: $0.start, count: $0.count) })
    }

    /// Puts the lists of some clients in the place of those they have.
    /// - Parameter clients: one for each list of `lists`; who has no list yet gets empty ones before it.
    public mutating func replace(_ clients: [UInt32], with lists: ClientLists) {
        let base = UInt32(clamping: blocks.count)
        blocks.append(contentsOf: lists.blocks)
        for (client, place) in zip(clients, lists.places) {
            extend(to: Int(client) + 1)
            places[Int(client)] = Place(block: base + place.block, start: place.start, count: place.count)
        }
        // What is appended from here on lies apart.
        blocks.append([])
    }

    /// Empty lists for clients who have none.
    public mutating func extend(to count: Int) {
        guard count > places.count else { return }
        places.append(contentsOf: repeatElement(Place(block: 0, start: 0, count: 0), count: count - places.count))
    }

    /// Whether so much was put anew that it is worth putting all of it together again.
    public var isScattered: Bool { blocks.count > places.count / 1024 + 128 }
}
