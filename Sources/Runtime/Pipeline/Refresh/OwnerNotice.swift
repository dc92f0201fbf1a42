import Records
import Words

/// What the status says where somebody is to own clients under a name that no client has.
enum OwnerNotice {
    static let code = "owners_unknown"
    private static let namesMax = 5

    /// Those of some names that no client has as its owner, in their order; none before there are clients.
    static func unknown(_ names: [String], _ clients: ClientTable) -> [String] {
        guard !names.isEmpty, clients.knownCount > 0 else { return [] }
        let owners = clients[word: .owner]
        // Values stay in the dictionary when the last client that had them has another.
        let inUse = Set(owners.codes)
        return names.filter { name in owners.dictionary.code(of: name).map { !inUse.contains($0) } ?? true }
    }

    /// - Parameter areHidden: not everybody who sees the status may see names of owners.
    static func text(_ unknown: [String], areHidden: Bool) -> String? {
        guard !unknown.isEmpty else { return nil }
        let count = unknown.count
        var text = "people: names \(count) \(count == 1 ? "owner" : "owners") that no client has"
        if !areHidden {
            let named = unknown.prefix(namesMax).map { "\"\($0)\"" }.joined(separator: ", ")
            text += ": \(named)\(count > namesMax ? " and \(count - namesMax) more" : "")"
        }
        return text + "; compare owner: under people: in aurad.yaml with the column owner of the demographics files"
    }
}
