public import Silver

/// The keys of earlier loads, kept in memory.
public final class MemoryKeys: KnownKeys {
    private struct Key: Hashable {
        var prefix: UInt64
        var suffix: UInt32
    }

    private var contents: [Key: UInt32] = [:]
    private var revised: [Key: RevisedKey] = [:]

    public init() {}

    public var count: Int { contents.count }

    /// Takes the new keys of a load.
    public func insert(_ entries: UnsafeBufferPointer<KeyEntry>) {
        for entry in entries { contents[Key(prefix: entry.prefix, suffix: entry.suffix)] = entry.content }
    }

    /// Takes the keys whose rows in force a load has brought with a revision.
    public func insert(_ keys: [RevisedKey]) {
        for key in keys { revised[Key(prefix: key.entry.prefix, suffix: key.entry.suffix)] = key }
    }

    public func revisions(of keys: [KeyEntry]) -> [RevisedKey?] {
        keys.map { revised[Key(prefix: $0.prefix, suffix: $0.suffix)] }
    }

    public func find(
        _ sorted: UnsafeBufferPointer<KeyEntry>, found: (_ position: Int, _ content: UInt32) -> Void
    ) {
        for (position, entry) in sorted.enumerated() {
            if let content = contents[Key(prefix: entry.prefix, suffix: entry.suffix)] { found(position, content) }
        }
    }
}
