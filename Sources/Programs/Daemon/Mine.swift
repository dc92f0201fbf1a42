import Contract
import Words

/// A question as it is worked on and kept: whoever asks is left out of it, and what it calls mine has the names of those
/// who own. So nobody's answer, page or cursor is ever taken for somebody else's.
enum Mine {
    /// - Throws: `owner: me` of somebody who owns no clients under any name.
    static func resolved(_ request: Request, _ principal: Principal, takesFilters: Bool) throws(Problem) -> Request {
        let isAsked = request.params[Behalf.name] != nil
        let owner = takesFilters ? request.params[Parameter.owner.name] : nil
        guard isAsked || owner != nil else { return request }
        var request = request
        if isAsked { request.params[Behalf.name] = nil }
        guard let owner, let names = try names(owner, principal) else { return request }
        request.params[Parameter.owner.name] = .array(names.map { .string($0) })
        return request
    }

    /// The owners that are meant; nil where none of them is `me`, or the value is none for a filter, which is said later.
    private static func names(_ value: JSONValue, _ principal: Principal) throws(Problem) -> [String]? {
        let given = value.stringValue.map { [$0] } ?? value.arrayValue?.compactMap(\.stringValue) ?? []
        guard given.contains(Parameter.mine), value.arrayValue.map({ $0.count == given.count }) ?? true else {
            return nil
        }
        guard !principal.owner.isEmpty else {
            throw Problem(
                .invalidParams,
                "parameter \"owner\" is \"\(Parameter.mine)\", and \(principal.person.excerpt) owns clients under no name",
                hint: principal.isOnBehalf
                    ? "an administrator sets the names: people: [{ person: \(principal.person.excerpt), owner: [NAME] }] in "
                        + "aurad.yaml"
                    : "an administrator sets the names: people: [{ uid: \(principal.uid), person: "
                        + "\(principal.person.excerpt), owner: [NAME] }] in aurad.yaml")
        }
        var names: [String] = []
        for name in given.flatMap({ $0 == Parameter.mine ? principal.owner : [$0] }) where !names.contains(name) {
            names.append(name)
        }
        return names
    }
}
