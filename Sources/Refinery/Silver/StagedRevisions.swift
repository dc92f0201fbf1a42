/// The revisions of staged rows. Most loads have none above 0, and need no memory for them.
struct StagedRevisions {
    private var ofRow: [UInt32] = []

    /// Whether any row has one above 0.
    var isEmpty: Bool { ofRow.isEmpty }

    /// That of a row that names none is 0.
    @inline(__always)
    subscript(row: UInt32) -> UInt32 { Int(row) < ofRow.count ? ofRow[Int(row)] : 0 }

    mutating func note(_ revision: UInt32, ofRow row: Int) {
        guard revision > 0 else { return }
        if row >= ofRow.count { ofRow.append(contentsOf: repeatElement(0, count: row + 1 - ofRow.count)) }
        ofRow[row] = revision
    }

    mutating func removeAll() { ofRow = [] }
}

/// A key whose row in force has a revision above 0, and the content of that row.
public struct RevisedKey: Sendable, Equatable {
    /// The key with the content of the row.
    public var entry: KeyEntry
    public var revision: UInt32

    public init(entry: KeyEntry, revision: UInt32) {
        self.entry = entry
        self.revision = revision
    }
}
