/// Which row of a drop was the first to speak of a client or a ticket.
///
/// Those that only this drop has are numbered on from those known before it, and mostly come in that order: for them an
/// array does. Of the known ones few are spoken of again.
struct FirstRows {
    private let known: Int
    private var ofKnown: [Int: Int] = [:]
    /// Row + 1; 0 is none.
    private var ofNew: [UInt32] = []

    /// - Parameter known: how many there were before the drop.
    init(known: Int) { self.known = known }

    subscript(number: Int) -> Int? {
        if number < known { return ofKnown[number] }
        let at = number - known
        guard at < ofNew.count, ofNew[at] > 0 else { return nil }
        return Int(ofNew[at]) - 1
    }

    mutating func note(_ number: Int, row: Int) {
        if number < known {
            ofKnown[number] = row
            return
        }
        let at = number - known
        if at >= ofNew.count { ofNew.append(contentsOf: repeatElement(0, count: at + 1 - ofNew.count)) }
        ofNew[at] = UInt32(truncatingIfNeeded: row + 1)
    }
}
