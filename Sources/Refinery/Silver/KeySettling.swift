import Records

/// Which rows of a load are in force where rows have revisions: one with a higher revision than the row before it takes
/// its place, whether that came with the same load or an earlier one; one with a lower revision is late, and one with the
/// same repeats it. It counts as if each row had been loaded by itself.
struct KeySettling {
    /// The row in force.
    private(set) var row: UInt32?
    private(set) var revision: UInt32
    private(set) var content: UInt32

    init(row: UInt32?, revision: UInt32, content: UInt32) {
        (self.row, self.revision, self.content) = (row, revision, content)
    }

    mutating func see(row: UInt32, revision: UInt32, content: UInt32, _ outcome: inout KeyDeduplication.Outcome) {
        guard revision > self.revision else {
            outcome.duplicates.append(
                KeyDeduplication.Duplicate(
                    row: row, isCollision: revision == self.revision && content != self.content))
            return
        }
        if let former = self.row { outcome.replaced.append(former) }
        outcome.updates.append(row)
        self = KeySettling(row: row, revision: revision, content: content)
    }
}
