import Words

/// How far the tables reach that grow while a drop's rows are read, before it is known whether the drop is accepted.
public struct SilverMark: Sendable, Equatable {
    public let clients: Int
    fileprivate let clientBytes: Int
    fileprivate let attributes: Int
    /// Cells that the attributes have room for.
    fileprivate let attributeCells: Int
    /// Distinct values of each coded column, the attributes' at the end.
    fileprivate let values: [Int]
    fileprivate let issueTypes: Int
    fileprivate let eventKinds: Int
    fileprivate let transactionKinds: Int
}

extension SilverTables {
    /// The present extent of what reading rows adds to: clients that are mentioned, attributes, distinct values.
    public var mark: SilverMark {
        SilverMark(
            clients: clients.count, clientBytes: clients.id.bytes.count, attributes: clients.attributes.count,
            attributeCells: clients.attributeCells,
            values: ClientAttribute.words.map { clients[word: $0].dictionary.values.count }
                + clients.attributes.map { $0.dictionary.values.count },
            issueTypes: tickets.issueType.dictionary.values.count, eventKinds: events.kinds.kinds.count,
            transactionKinds: transactions.kinds.kinds.count)
    }

    /// Forgets what was added since a mark was taken. Only what reading rows adds may have been added since.
    public mutating func truncate(to mark: SilverMark) {
        guard mark != self.mark else { return }
        clients.truncate(to: mark)
        tickets.issueType.truncate(values: mark.issueTypes)
        events.kinds.truncate(to: mark.eventKinds)
        transactions.kinds.truncate(to: mark.transactionKinds)
    }
}

extension ClientTable {
    fileprivate mutating func truncate(to mark: SilverMark) {
        attributeNames.removeLast(attributeNames.count - mark.attributes)
        attributes.removeLast(attributes.count - mark.attributes)
        truncate(to: mark.clients, idBytes: mark.clientBytes, values: mark.values)
        for index in attributes.indices {
            attributes[index].giveBackRoom()
            attributes[index].truncate(values: mark.values[ClientAttribute.words.count + index])
        }
    }
}
