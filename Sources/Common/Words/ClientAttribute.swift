/// What demographics may say of a client beside his id, each column said once: what it is called, what a value looks like,
/// and where it is shown. Reading and checking of files, the table in memory and in `aura.db`, exports, `gold.db`, answers,
/// filters, the client's screens and the page of the protocol are all made of this list.
///
/// Values are checked in this order. People read the columns in that of ``inReadingOrder``.
public enum ClientAttribute: Int, CaseIterable, Sendable {
    case name
    case age
    case gender
    case location
    case subscriptionType
    case creationDay
    case segment
    case region
    case tier
    case product
    case industry
    case owner
    case contractEndDay
    case currency
    case email
    case phone
    case contactName
    case churnDay

    private var entry: Entry {
        switch self {
        case .name: Entry("name", .text, .exported)
        case .age: Entry("age", .number(0...130), .shown)
        case .gender: Entry("gender", .word, .shown)
        case .location: Entry("location", .word, .exported)
        case .subscriptionType: Entry("subscription_type", .word, .exported, title: "subscription")
        case .creationDay:
            Entry(
                "account_creation_date", .day, .exported, title: "client since", stored: "creation_day",
                isRequired: true)
        case .segment: Entry("segment", .word, .grouping)
        case .region: Entry("region", .word, .grouping)
        case .tier: Entry("tier", .word, .grouping)
        case .product: Entry("product", .word, .grouping)
        case .industry: Entry("industry", .word, .exported)
        case .owner: Entry("owner", .word, .exported)
        case .contractEndDay:
            Entry("contract_end_date", .futureDay, .exported, title: "contract until", stored: "contract_end_day")
        case .currency: Entry("currency", .word, .hidden)
        case .email: Entry("email", .text, .contact, member: "email")
        case .phone: Entry("phone", .text, .contact, member: "phone")
        case .contactName: Entry("contact_name", .text, .contact, member: "name")
        // What happens after the day of an answer is not known on it.
        case .churnDay: Entry("churn_date", .knownWhenOver, .exported, title: "left on", stored: "churn_day")
        }
    }

    /// Those that people read first; the others follow as they stand in the list.
    private static let first: [ClientAttribute] = [
        .name, .segment, .region, .tier, .product, .industry, .owner, .location, .subscriptionType,
    ]
}

extension ClientAttribute {
    /// What a value looks like, and with it how values are kept.
    public enum Form: Sendable, Hashable {
        /// One of few words.
        case word
        /// A text that hardly two clients share.
        case text
        case number(ClosedRange<Int>)
        /// A day in the past.
        case day
        /// A day that may lie ahead.
        case futureDay
        /// A day that may lie ahead, and says nothing before it has come.
        case knownWhenOver

        public var isDay: Bool { [.day, .futureDay, .knownWhenOver].contains(self) }
        public var isNumber: Bool { if case .number = self { true } else { false } }
    }

    /// Where it is shown.
    public enum Place: Sendable {
        /// With one client, in exports and in `gold.db`.
        case exported
        /// The same, with the house's defaults; clients are grouped by it.
        case grouping
        /// With one client, and nowhere else.
        case shown
        /// The same, among his contact data.
        case contact
        case hidden
    }

    private struct Entry: Sendable {
        var name: StaticString
        var form: Form
        var place: Place
        var title: String
        var stored: String
        /// Among the contact data.
        var member: StaticString
        var isRequired: Bool
        var meaning: String

        init(
            _ name: StaticString, _ form: Form, _ place: Place, title: String? = nil, stored: String? = nil,
            member: StaticString = "", isRequired: Bool = false, _ meaning: String = ""
        ) {
            self.name = name
            self.form = form
            self.place = place
            self.title = title ?? String(name.description.map { $0 == "_" ? " " : $0 })
            self.stored = stored ?? name.description
            self.member = member
            self.isRequired = isRequired
            self.meaning = meaning
        }
    }

    private static let entries = allCases.map(\.entry)
    private static let names = allCases.map { entries[$0.rawValue].name.description }
    private static let attributeOfName = Dictionary(uniqueKeysWithValues: allCases.map { ($0.name, $0) })

    /// All of them as people read them.
    public static let inReadingOrder = first + allCases.filter { !first.contains($0) }
    /// The columns of exports.
    public static let exported = inReadingOrder.filter { $0.place == .exported || $0.place == .grouping }
    public static let groupings = inReadingOrder.filter { $0.place == .grouping }
    /// What is told of one client, after his name and what he is grouped by.
    public static let told = inReadingOrder.filter { $0 != .name && ($0.place == .exported || $0.place == .shown) }
    public static let contact =
        [.contactName] + inReadingOrder.filter { $0.place == .contact && $0 != .contactName }
    /// By which clients can be asked for with `where`; what they are grouped by has filters of its own.
    public static let filterable = told.filter { $0.form == .word }

    /// The columns that are kept in one way, as they stand in the list.
    public static let words = allCases.filter { $0.form == .word }
    public static let texts = allCases.filter { $0.form == .text }
    public static let numbers = allCases.filter { $0.form.isNumber }
    public static let days = allCases.filter { $0.form.isDay }

    /// In files, answers and exports.
    public var name: String { ClientAttribute.names[rawValue] }
    public var key: StaticString { ClientAttribute.entries[rawValue].name }
    public var form: Form { ClientAttribute.entries[rawValue].form }
    public var place: Place { ClientAttribute.entries[rawValue].place }
    /// For people.
    public var title: String { ClientAttribute.entries[rawValue].title }
    /// The column of `aura.db`.
    public var storedName: String { ClientAttribute.entries[rawValue].stored }
    /// The member of the contact data in an answer.
    public var contactKey: StaticString { ClientAttribute.entries[rawValue].member }
    /// In a sentence without a full stop; empty where the name says it.
    public var meaning: String { ClientAttribute.entries[rawValue].meaning }
    public var isRequired: Bool { ClientAttribute.entries[rawValue].isRequired }

    public init?(name: String) {
        guard let attribute = ClientAttribute.attributeOfName[name] else { return nil }
        self = attribute
    }
}
