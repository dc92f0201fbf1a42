public import Words

/// Whom a line of `roles:` means.
public enum Grantee: Sendable, Hashable, CustomStringConvertible {
    case user(String)
    case group(String)
    case uid(UInt32)
    case gid(UInt32)
    /// Whoever the permissions of the socket let through.
    case everyone

    static let accepted = "user:NAME, group:NAME, uid:N, gid:N or everyone"

    /// `user:NAME`, `group:NAME`, `uid:N`, `gid:N` or `everyone`; nil for anything else.
    public init?(_ text: String) {
        if text == "everyone" {
            self = .everyone
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "user" where Grantee.isAccountName(parts[1]): self = .user(parts[1])
        case "group" where Grantee.isAccountName(parts[1]): self = .group(parts[1])
        case "uid":
            guard let id = Grantee.identifier(parts[1]) else { return nil }
            self = .uid(id)
        case "gid":
            guard let id = Grantee.identifier(parts[1]) else { return nil }
            self = .gid(id)
        default: return nil
        }
    }

    /// What the account databases can hold: no colon, no white space, no control characters, not a number.
    static func isAccountName(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255, !text.utf8.allSatisfy(NumberText.isDigit), !text.hasPrefix("-")
        else {
            return false
        }
        return !text.unicodeScalars.contains {
            $0 == ":" || $0 == "," || $0 == "/" || $0.properties.isWhitespace || Wording.isControl($0)
        }
    }

    /// The greatest value stands for "no such id" in the kernel.
    private static func identifier(_ text: String) -> UInt32? {
        guard text.utf8.allSatisfy(NumberText.isDigit), let id = UInt32(text), id != .max else { return nil }
        return id
    }

    public var description: String {
        switch self {
        case .user(let name): "user:\(name)"
        case .group(let name): "group:\(name)"
        case .uid(let id): "uid:\(id)"
        case .gid(let id): "gid:\(id)"
        case .everyone: "everyone"
        }
    }
}

/// Who has which role, who may hand in data, and who may take tables away.
public struct RoleSettings: Sendable, Equatable {
    /// Who has a role, by role; a role that is missing here belongs to nobody.
    public var grantees: [Role: [Grantee]] = [
        .viewer: [.group("aura")],
        .admin: [.group("aura-admin"), .uid(0)],
    ]
    /// Who may call `data.ingest` and `data.cancel`, whatever the role; admins always may.
    public var ingest: [Grantee] = [.group("aura-ingest")]
    /// Who may call `export.table` beside those whose role has that permission.
    public var export: [Grantee] = []

    public init() {}

    /// The defaults where the people are in these groups.
    public init(_ groups: ServiceGroups) {
        grantees = [.viewer: [.group(groups.readers)], .admin: [.group(groups.admins), .uid(0)]]
        ingest = [.group(groups.ingest)]
    }

    /// The peer of a connection, as the kernel knows it, with its names looked up.
    public struct Peer: Sendable, Equatable {
        public var uid: UInt32
        /// Primary and supplementary groups.
        public var gids: [UInt32]
        /// Nil where the user has no entry.
        public var userName: String?
        public var groupNames: [String]

        public init(uid: UInt32, gids: [UInt32], userName: String? = nil, groupNames: [String] = []) {
            self.uid = uid
            self.gids = gids
            self.userName = userName
            self.groupNames = groupNames
        }

        public func isMeant(by grantee: Grantee) -> Bool {
            switch grantee {
            case .user(let name): userName == name
            case .group(let name): groupNames.contains(name)
            case .uid(let id): uid == id
            case .gid(let id): gids.contains(id)
            case .everyone: true
            }
        }
    }

    /// The roles of a peer, none where it has none. The user the daemon runs as is admin always: it could read the files
    /// anyway.
    public func roles(of peer: Peer, daemonUID: UInt32) -> [Role] {
        if peer.uid == daemonUID { return [.admin] }
        return Role.allCases.filter { role in (grantees[role] ?? []).contains { peer.isMeant(by: $0) } }
    }

    /// What a peer may do beyond its roles, because it is named for it.
    public func named(_ peer: Peer) -> Set<Permission> {
        var named: Set<Permission> = []
        if ingest.contains(where: { peer.isMeant(by: $0) }) { named.insert(.ingest) }
        if export.contains(where: { peer.isMeant(by: $0) }) { named.insert(.export) }
        return named
    }
}
