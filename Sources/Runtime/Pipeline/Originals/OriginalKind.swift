import Bronze
import Dispatch
import Inbox
import Records

/// What an original is of that no load is on record for: by its content, because nothing else says so.
enum OriginalKind {
    /// The categories that the beginning of an original reads as; empty when it cannot be read, or as none.
    static func categories(of hash: ContentHash, in archive: Archive) -> [Category] {
        Category.allCases.filter { reads(hash, as: $0, archive) }
    }

    /// Whether the first block has rows of a category.
    private static func reads(_ hash: ContentHash, as category: Category, _ archive: Archive) -> Bool {
        let batches = (0..<3).map { _ in BronzeBatch(byteCapacity: BronzeReader.headroom + DropFeed.blockBytes) }
        let feed = DropFeed(batches, queue: DispatchQueue(label: "aura.original-kind", qos: .utility)) {
            () throws(DropReadError) in
            do throws(ArchiveError) {
                return try archive.openOriginal(hash, output: .content)
            } catch {
                throw DropReadError.file(FileError(.missing, "open the original", path: "bronze", detail: "\(error)"))
            }
        }
        defer { feed.close() }
        var reader = BronzeReader(category: category)
        var rows = 0
        do {
            let block = try feed.next()
            reader.begin(block.batch, dataStart: BronzeReader.headroom, isLast: block.isLast)
            while try reader.nextRows(block.batch) { rows += block.batch.rowCount }
            if block.isLast { try reader.finish() }
        } catch {
            return false
        }
        return rows > 0
    }

    /// In words: `demographics`, `demographics or support`.
    static func text(_ categories: [Category]) -> String {
        categories.isEmpty ? "of no known category" : categories.map(\.rawValue).joined(separator: " or ")
    }

    /// What becomes of an original that is handed in again.
    static let handedInAgain =
        "what is handed in again counts as the latest: what it says of clients, tickets and known days wins over files that "
        + "came after it the first time, so hand in a newer file of the same ones after it"
}
