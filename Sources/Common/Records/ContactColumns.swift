/// Which of a client's attributes beyond the schema hold contact data, told by their names.
///
/// A word of the list speaks of an attribute when it is the attribute's name, or when one of the parts of the name,
/// which underscores part, begins or ends with it: `mail` speaks of `mail`, `billing_email` and `mailing_list`, and not
/// of `hotmailer`. One that stands between underscores speaks of whole parts alone: `_tel_` of `tel` and `tel_2`, and not of
/// `hotel`.
public struct ContactColumns: Sendable, Hashable {
    /// In lower case; none is empty.
    public let words: [String]

    /// What holds without a configuration.
    public static let standard = ContactColumns([
        "_tel_", "address", "adresse", "contact", "fax", "kontakt", "mail", "mails", "mobile", "phone", "telefon",
    ])

    public init(_ words: [String]) { self.words = words.map { $0.lowercased() }.filter { !$0.isEmpty } }

    public func contains(_ attribute: String) -> Bool {
        let name = attribute.lowercased()
        let parts = name.split(separator: "_")
        return words.contains { word in
            if word.count > 2, word.first == "_", word.last == "_" {
                return parts.contains(word.dropFirst().dropLast())
            }
            return word == name || parts.contains { $0.hasPrefix(word) || $0.hasSuffix(word) }
        }
    }
}
