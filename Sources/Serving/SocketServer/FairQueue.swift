internal import NIOCore

/// What waits for a turn: the elements of one asker in their order, and the askers in turns, one element each.
///
/// Elements may name work that they share with others. Once such work is begun, those who wait for the same come next,
/// one of each asker and none that came later: what was worked out for one of them is still at hand.
struct FairQueue<Element> {
    fileprivate struct Place {
        let number: UInt64
        let sharing: String?
        let element: Element
    }

    private var lines: [Asker: CircularBuffer<Place>] = [:]
    /// Askers with a line; whoever had a turn goes to the end.
    private var turns = CircularBuffer<Asker>()
    private var nextNumber: UInt64 = 0
    private(set) var count = 0

    /// The work that was begun last.
    private var shared: (name: String, before: UInt64, served: Set<Asker>)?

    func count(of asker: Asker) -> Int { lines[asker]?.count ?? 0 }

    mutating func append(_ element: Element, of asker: Asker, sharing: String? = nil) {
        if lines[asker] == nil { turns.append(asker) }
        lines[asker, default: CircularBuffer()].append(Place(number: nextNumber, sharing: sharing, element: element))
        nextNumber += 1
        count += 1
    }

    /// The next element of those whose askers may have a turn now.
    mutating func next(where mayHaveTurn: (Asker) -> Bool) -> (asker: Asker, element: Element)? {
        if let place = nextOfShared(mayHaveTurn) { return place }
        shared = nil
        guard let turn = turns.firstIndex(where: mayHaveTurn), let place = take(0, of: turns[turn], turn) else {
            return nil
        }
        if let name = place.element.sharing {
            shared = (name, before: nextNumber, served: [place.asker])
        }
        return (place.asker, place.element.element)
    }

    private mutating func nextOfShared(_ mayHaveTurn: (Asker) -> Bool) -> (asker: Asker, element: Element)? {
        guard let shared else { return nil }
        for turn in turns.indices {
            let asker = turns[turn]
            guard !shared.served.contains(asker), mayHaveTurn(asker), let line = lines[asker] else { continue }
            guard let index = line.indices.first(where: { line[$0].sharing == shared.name }),
                line[index].number < shared.before
            else { continue }
            guard let place = take(line.distance(from: line.startIndex, to: index), of: asker, turn) else { continue }
            self.shared?.served.insert(asker)
            return (place.asker, place.element.element)
        }
        return nil
    }

    private mutating func take(
        _ offset: Int, of asker: Asker, _ turn: CircularBuffer<Asker>.Index
    ) -> (asker: Asker, element: Place)? {
        guard var line = lines[asker], offset < line.count else { return nil }
        let place = line.remove(at: line.index(line.startIndex, offsetBy: offset))
        turns.remove(at: turn)
        if line.isEmpty {
            lines[asker] = nil
        } else {
            lines[asker] = line
            turns.append(asker)
        }
        count -= 1
        return (asker, place)
    }

    /// Whether an element that waits for the same work fulfils a condition.
    func contains(sharing name: String, where condition: (Element) -> Bool) -> Bool {
        lines.values.contains { line in line.contains { $0.sharing == name && condition($0.element) } }
    }
}

extension FairQueue: Sendable where Element: Sendable {}
extension FairQueue.Place: Sendable where Element: Sendable {}
