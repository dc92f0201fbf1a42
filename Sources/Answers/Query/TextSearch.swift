import Records
import Snapshots

/// Looks for a text in ids and names, whatever its case.
struct TextSearch {
    /// In lower case.
    private let needle: [UInt8]
    private let isASCII: Bool

    init(_ text: String) {
        needle = Array(text.lowercased().utf8)
        isASCII = needle.allSatisfy { $0 < 0x80 }
    }

    /// Whether a client's id or name contains the text.
    func finds(_ client: Int, _ snapshot: Snapshot) -> Bool {
        if snapshot.silver.clients.id.withBytes(at: client, { TextSearch.contains($0, needle) }) { return true }
        if snapshot.silver.clients.name.withBytes(at: client, { TextSearch.contains($0, needle) }) { return true }
        // Case folding beyond ASCII needs the whole text.
        guard !isASCII, let name = snapshot.silver.clients.name[client] else { return false }
        return Array(name.lowercased().utf8).withUnsafeBufferPointer { TextSearch.contains($0, needle) }
    }

    /// Whether `text`, with ASCII letters in lower case, contains `needle`.
    static func contains(_ text: UnsafeBufferPointer<UInt8>, _ needle: [UInt8]) -> Bool {
        guard let first = needle.first else { return true }
        guard text.count >= needle.count else { return false }
        for start in 0...(text.count - needle.count) where lower(text[start]) == first {
            var offset = 1
            while offset < needle.count, lower(text[start + offset]) == needle[offset] { offset += 1 }
            if offset == needle.count { return true }
        }
        return false
    }

    @inline(__always)
    private static func lower(_ byte: UInt8) -> UInt8 { byte >= 65 && byte <= 90 ? byte + 32 : byte }
}
