/// A tenant with a daemon of its own: its places and its groups, all of which carry its name. Tenants share no people: who
/// is in the groups of one has nothing at another.
public struct Tenant: Sendable, Equatable {
    public let name: String

    /// What groups of another tenant, or of the daemon without a tenant, could be called by.
    private static let reserved = ["ingest", "admin"]
    /// A group has at most 32 bytes.
    public static let nameBytesMax = 20
    public static let accepted =
        "letters a to z, digits and hyphens, beginning with a letter, at most \(nameBytesMax) of them, and neither "
        + "ingest or admin nor ending in -ingest or -admin, which would be groups of somebody else"

    /// Nil where the name could be mistaken for something else, or leads out of a folder.
    public init?(_ name: String) {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, bytes.count <= Tenant.nameBytesMax, Tenant.isLetter(first),
            bytes.allSatisfy({ Tenant.isLetter($0) || NumberText.isDigit($0) || $0 == UInt8(ascii: "-") }),
            !Tenant.reserved.contains(where: { name == $0 || name.hasSuffix("-\($0)") })
        else { return nil }
        self.name = name
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
    }

    public var configurationDirectory: String { "/etc/aura-\(name)" }
}

/// The groups that a daemon's people are in.
public struct ServiceGroups: Sendable, Equatable {
    /// Who may connect, and read; owns the socket.
    public var readers = "aura"
    /// Who may hand in data; owns the inbox, for it is the group that the daemon runs with.
    public var ingest = "aura-ingest"
    /// Who may do anything.
    public var admins = "aura-admin"

    public init() {}

    public init(of tenant: Tenant?) {
        guard let tenant else { return }
        readers = "aura-\(tenant.name)"
        ingest = "aura-\(tenant.name)-ingest"
        admins = "aura-\(tenant.name)-admin"
    }

    public var all: [String] { [readers, ingest, admins] }
}
