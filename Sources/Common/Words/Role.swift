/// What somebody may do.
public enum Permission: String, Sendable, CaseIterable {
    case read
    /// Seeing who to talk to at a client, and how to reach them.
    case contact
    /// Taking whole tables away.
    case export
    /// Handing data over, and taking it back before it is loaded; with it, seeing rows as they were handed over.
    case ingest
    /// Making the daemon work: refresh, verify, train.
    case administer
}

/// Who a caller is to the daemon: a set of permissions with a name. Roles are proven by the peer's user and groups; a role
/// asked for in a request can only narrow what the peer has.
public enum Role: String, Sendable, CaseIterable {
    case viewer
    case accountManager = "account_manager"
    case customerSuccess = "customer_success"
    case retentionSpecialist = "retention_specialist"
    case analyst
    case admin

    public var permissions: Set<Permission> {
        switch self {
        case .viewer: Role.reading
        case .analyst: Role.analysing
        case .accountManager, .customerSuccess, .retentionSpecialist: Role.talkingToClients
        case .admin: Role.everything
        }
    }

    // Made once: they are asked for with every request.
    private static let reading: Set<Permission> = [.read]
    private static let analysing: Set<Permission> = [.read, .export]
    private static let talkingToClients: Set<Permission> = [.read, .contact, .export]
    private static let everything = Set(Permission.allCases)

    /// Other names of a role.
    private static let otherNames = ["business_analyst": Role.analyst]

    /// A role by one of its names.
    public init?(named name: String) {
        guard let role = Role(rawValue: name) ?? Role.otherNames[name] else { return nil }
        self = role
    }

    /// Every name that ``init(named:)`` takes.
    public static let names = allCases.map(\.rawValue) + otherNames.keys.sorted()
}
