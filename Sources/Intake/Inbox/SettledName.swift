public import Records

/// A file in an inbox that is complete, as far as can be told without touching it; not claimed yet.
public struct SettledName: Sendable, Hashable {
    public var category: Category
    public var name: FileName
    /// What it was when it settled; a claim makes sure that it still is.
    public var status: FileStatus

    public init(category: Category, name: FileName, status: FileStatus) {
        self.category = category
        self.name = name
        self.status = status
    }

    /// The order in which settled names are handed out: by the time of the last change, then by name, then by category.
    static func isOrderedBefore(_ lhs: SettledName, _ rhs: SettledName) -> Bool {
        if lhs.status.modifiedNanoseconds != rhs.status.modifiedNanoseconds {
            return lhs.status.modifiedNanoseconds < rhs.status.modifiedNanoseconds
        }
        return lhs.name == rhs.name ? lhs.category < rhs.category : lhs.name < rhs.name
    }
}
