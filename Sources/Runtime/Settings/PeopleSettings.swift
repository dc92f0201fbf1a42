/// Who is behind the users of the machine, by `people:`.
public struct PeopleSettings: Sendable, Equatable {
    /// One line of the list. A person may have several, one for each user.
    public struct Entry: Sendable, Hashable {
        /// Nil for somebody who comes by the gateway alone.
        public var uid: UInt32?
        public var person: String
        /// The names under which the person owns clients.
        public var owner: [String]
        public var team: String?

        public init(uid: UInt32?, person: String, owner: [String] = [], team: String? = nil) {
            self.uid = uid
            self.person = person
            self.owner = owner
            self.team = team
        }
    }

    /// All entries of one person together.
    public struct Person: Sendable, Hashable {
        public var name: String
        public var uids: [UInt32] = []
        public var owner: [String] = []
        public var team: String?
    }

    public var entries: [Entry] {
        didSet { join() }
    }

    /// Every person, by name.
    public private(set) var persons: [String: Person] = [:]
    /// The name of the person behind a user.
    public private(set) var personOfUser: [UInt32: String] = [:]

    public init(_ entries: [Entry] = []) {
        self.entries = entries
        join()
    }

    private mutating func join() {
        persons = [:]
        personOfUser = [:]
        for entry in entries {
            var person = persons[entry.person] ?? Person(name: entry.person)
            if let uid = entry.uid, personOfUser[uid] == nil {
                personOfUser[uid] = entry.person
                person.uids.append(uid)
            }
            person.owner += entry.owner.filter { !person.owner.contains($0) }
            person.team = person.team ?? entry.team
            persons[entry.person] = person
        }
    }

    /// All names under which somebody owns clients, each once.
    public var ownerNames: [String] { Set(entries.flatMap(\.owner)).sorted() }

    /// The person behind a user, where there is an entry.
    public func person(of uid: UInt32) -> Person? { personOfUser[uid].flatMap { persons[$0] } }

    /// What stands before the number of a user who is nobody's by the list. No person is named so.
    public static let userPrefix = "uid:"
    public static let nameBytesMax = 200
    public static let ownerNamesMax = 100
    public static let ownerNameBytesMax = 1_024
    public static let nameExpected =
        "the name of a person, at most \(nameBytesMax) bytes, not beginning with \"\(userPrefix)\""

    /// Whether a person can be called so.
    public static func isName(_ text: String) -> Bool {
        guard let first = text.first, let last = text.last, !first.isWhitespace, !last.isWhitespace else {
            return false
        }
        return text.utf8.count <= nameBytesMax && !text.hasPrefix(userPrefix)
            && !text.unicodeScalars.contains(where: Wording.isControl)
    }

    /// What stands for a user: the name of the person, or the number of a user that is nobody's by the list.
    public func name(ofUser uid: UInt32) -> String { personOfUser[uid] ?? "\(PeopleSettings.userPrefix)\(uid)" }
}
