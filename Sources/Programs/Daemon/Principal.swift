import Answers
import Contract
import Settings
import SocketServer
import Words

/// Who asks. Every question has exactly one: the person behind the peer, or the one that the gateway asks for. Turns, limits,
/// the audit trail, what is kept, and what is somebody's own go by it, and not by users of the machine.
struct Principal: Sendable, Equatable {
    /// What tells persons apart: the name of the person, or `uid:N` where the list of people has none for the user. Nobody is
    /// called the latter, so that no user is mistaken for a person of that name.
    var key: String
    /// The name to show: the person's, else the user's, else the number of the user.
    var person: String
    var access: Access
    /// The names under which the person owns clients.
    var owner: [String] = []
    var team: String?
    /// Of the process that asks.
    var uid: UInt32
    /// Whether the gateway asks for somebody.
    var isOnBehalf = false
    /// Whether there is a role at all, and not only something that the user is named for.
    var hasRole: Bool

    var asker: Asker { Asker(key) }
}

/// What the gateway says of whom it asks for, as it stands in `params` of a request:
/// `{"person": "anna", "role": "account_manager", "permissions": ["ingest"], "owner": ["Anna Weber"], "team": "emea"}`.
struct Behalf: Sendable, Equatable {
    static let name = "behalf"
    static let shape =
        "an object with person (text), role (one of \(Role.names.joined(separator: ", "))), and if wanted permissions "
        + "(array of \(Permission.allCases.map(\.rawValue).joined(separator: ", "))), owner (array of texts) and team (text)"

    private static let members = ["person", "role", "permissions", "owner", "team"]
    private static let permissionsExpected =
        "permissions: an array of \(Permission.allCases.map(\.rawValue).joined(separator: ", "))"
    private static let ownerExpected =
        "owner: an array of at most \(PeopleSettings.ownerNamesMax) texts, names in the column owner"

    var person: String
    /// Nil for the roles of the person's own users.
    var role: Role?
    /// Beside the role's.
    var permissions: Set<Permission>?
    /// Nil for the names that the list of people has.
    var owner: [String]?
    var team: String?

    /// Whom it names, without a look at the rest, which may be wrong; nil where it names nobody.
    static func person(_ value: JSONValue?) -> String? {
        guard let name = value?.objectValue?["person"]?.stringValue, PeopleSettings.isName(name) else { return nil }
        return name
    }

    init(_ value: JSONValue) throws(Problem) {
        func wrong(_ what: String, _ expected: String = Behalf.shape) -> Problem {
            Problem(.invalidParams, "parameter \"\(Behalf.name)\" \(what)", hint: "expected \(expected)")
        }
        guard let members = value.objectValue else { throw wrong("is \(value.typeName)") }
        for member in members.members where !Behalf.members.contains(member.key) {
            throw wrong("has the unknown member \"\(member.key.excerpt)\"")
        }
        func given(_ name: String) -> JSONValue? { members[name].flatMap { $0.isNull ? nil : $0 } }
        func texts(_ name: String, _ expected: String) throws(Problem) -> [String]? {
            guard let value = given(name) else { return nil }
            guard let array = value.arrayValue, array.count <= PeopleSettings.ownerNamesMax else {
                throw wrong("has \(name) that is no such array", expected)
            }
            var texts: [String] = []
            for element in array {
                guard let text = element.stringValue, !text.isEmpty,
                    text.utf8.count <= PeopleSettings.ownerNameBytesMax
                else { throw wrong("has \(name) that is no such array", expected) }
                texts.append(text)
            }
            return texts
        }
        guard let name = Behalf.person(value) else {
            throw wrong("has no person that is a name", "person: \(PeopleSettings.nameExpected)")
        }
        person = name
        if let value = given("role") {
            guard let role = value.stringValue.flatMap({ Role(named: $0) }) else {
                throw wrong("has no role that is known", "role: one of \(Role.names.joined(separator: ", "))")
            }
            self.role = role
        }
        if let named = try texts("permissions", Behalf.permissionsExpected) {
            var set: Set<Permission> = []
            for word in named {
                guard let permission = Permission(rawValue: word) else {
                    throw wrong("has the unknown permission \"\(word.excerpt)\"", Behalf.permissionsExpected)
                }
                set.insert(permission)
            }
            permissions = set
        }
        owner = try texts("owner", Behalf.ownerExpected)
        if let value = given("team") {
            guard let text = value.stringValue, !text.isEmpty, text.utf8.count <= PeopleSettings.ownerNameBytesMax
            else {
                throw wrong("has no team that is a text", "team: the name of a team")
            }
            team = text
        }
    }
}
