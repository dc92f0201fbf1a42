/// Rows of clients that nobody has introduced yet, by drop. They are entered when all drops of a load are complete: only
/// then is it known which clients the load itself brings.
struct PendingOrphans {
    private var drops: [(dropIndex: Int, rowsOfClient: [UInt32: Int])] = []

    mutating func append(dropIndex: Int, rowsOfClient: [UInt32: Int]) { drops.append((dropIndex, rowsOfClient)) }

    func enter(into load: SilverLoad) {
        for (dropIndex, rowsOfClient) in drops {
            for (client, rows) in rowsOfClient.sorted(by: { $0.key < $1.key }) {
                load.addOrphans(client: client, dropIndex: dropIndex, rows: rows)
            }
        }
    }
}
