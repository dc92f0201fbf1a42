import Contract
import Locks
import Settings
import SocketServer
import Words

/// Works out who asks: by `people:`, `roles:` and, for what the gateway asks, by `behalf`. That of a peer is worked out once
/// and kept until a reload; that of a request only where the gateway asks for somebody.
final class Principals: Sendable {
    /// What the kernel says of a peer but for its process: all connections of a user with the same groups are alike.
    private struct Key: Hashable {
        var uid: UInt32
        var gid: UInt32
        var groups: [UInt32]

        init(_ peer: Peer) {
            uid = peer.uid
            gid = peer.gid
            groups = peer.groups
        }
    }

    /// An object: it is handed out with every request.
    private final class Own: Sendable {
        let principal: Principal
        let isGateway: Bool

        init(principal: Principal, isGateway: Bool) {
            self.principal = principal
            self.isGateway = isGateway
        }
    }

    private struct State {
        var people: PeopleSettings
        var gateway: Grantee?
        /// Counts reloads: what was begun to be worked out before one is not kept after it.
        var version = 0
        var known: [Key: Own] = [:]
    }

    let roles: PeerRoles
    private let state: Guarded<State>
    private static let knownMax = 4096

    init(roles: PeerRoles, people: PeopleSettings, gateway: Grantee?) {
        self.roles = roles
        state = Guarded(State(people: people, gateway: gateway))
    }

    convenience init(_ configuration: Configuration) {
        self.init(
            roles: PeerRoles(configuration.roles), people: configuration.people, gateway: configuration.gateway)
    }

    func reload(_ configuration: Configuration) {
        // First, so that whatever is worked out after the people have changed goes by the new roles too.
        roles.reload(configuration.roles)
        state.withLock { state in
            state = State(
                people: configuration.people, gateway: configuration.gateway, version: state.version + 1)
        }
    }

    /// Who a peer is, asking for itself.
    func principal(of peer: Peer) -> Principal { own(peer).principal }

    /// Who asks a question.
    /// - Throws: `behalf` of anybody but the gateway, and one that cannot be read.
    func principal(of params: JSONObject, from peer: Peer) throws(Problem) -> Principal {
        guard let value = params[Behalf.name] else { return principal(of: peer) }
        let own = own(peer)
        guard own.isGateway else {
            throw Problem(
                .forbidden, "user \(peer.uid) may not ask on behalf of somebody else",
                hint:
                    "ask without \"\(Behalf.name)\"; it is for the gateway alone, the user under gateway: in aurad.yaml"
            )
        }
        return try principal(of: Behalf(value), asking: own.principal)
    }

    /// Whom a question is counted to: cheap, and for what will be refused the peer.
    func asker(of params: JSONObject, from peer: Peer) -> Asker {
        let own = own(peer)
        guard own.isGateway, let person = Behalf.person(params[Behalf.name]) else { return own.principal.asker }
        return Asker(person)
    }

    /// Whether who asks can be told without a look into the databases of users, for which others are not to wait.
    func isAtHand(_ params: JSONObject) -> Bool {
        guard let value = params[Behalf.name], let person = Behalf.person(value) else { return true }
        let uids = state.withLock { $0.people.persons[person]?.uids ?? [] }
        return roles.knowsAccounts(of: uids)
    }

    /// The name to show for what the ledger has noted of who delivered a file.
    func shownName(of key: String) -> String {
        guard let uid = Principals.user(key) else { return key }
        return state.withLock { $0.people.personOfUser[uid] } ?? roles.userName(uid) ?? key
    }

    /// Whether what was noted of somebody means this one: by name, or by a user who is hers by now.
    func isSame(_ key: String, _ principal: Principal) -> Bool {
        if key == principal.key { return true }
        guard let uid = Principals.user(key) else { return false }
        return state.withLock { $0.people.personOfUser[uid] } == principal.key
    }

    private static func user(_ key: String) -> UInt32? {
        guard key.hasPrefix(PeopleSettings.userPrefix) else { return nil }
        return UInt32(key.dropFirst(PeopleSettings.userPrefix.count))
    }

    // MARK: A peer

    private func own(_ peer: Peer) -> Own {
        let key = Key(peer)
        let (known, version) = state.withLock { ($0.known[key], $0.version) }
        if let known { return known }
        let identity = roles.identity(of: peer)
        let standing = roles.standing(of: identity)
        return state.withLock { state in
            let person = state.people.person(of: peer.uid)
            let own = Own(
                principal: Principal(
                    key: state.people.name(ofUser: peer.uid),
                    person: person?.name ?? identity.userName ?? String(peer.uid),
                    access: Access(own: standing.roles, named: standing.named), owner: person?.owner ?? [],
                    team: person?.team, uid: peer.uid, hasRole: !standing.roles.isEmpty),
                isGateway: state.gateway.map { identity.isMeant(by: $0) } ?? false)
            guard state.version == version else { return own }
            // Whoever comes still is worked out anew.
            if state.known.count >= Principals.knownMax { state.known = [:] }
            state.known[key] = own
            return own
        }
    }

    // MARK: Somebody the gateway asks for

    /// Never more than the gateway may itself, nor than the person's own users may.
    private func principal(of behalf: Behalf, asking gateway: Principal) throws(Problem) -> Principal {
        let person = state.withLock { $0.people.persons[behalf.person] }
        var access = gateway.access
        var hasRole = gateway.hasRole
        if let person, !person.uids.isEmpty {
            let standing = roles.standing(ofAccounts: person.uids)
            access = access.within(Access(own: standing.roles, named: standing.named))
            hasRole = hasRole && !standing.roles.isEmpty
        } else if behalf.role == nil {
            throw Problem(
                .invalidParams, "parameter \"\(Behalf.name)\" has no role, and people: names no user of the person",
                hint: "expected \(Behalf.shape)")
        }
        if let role = behalf.role {
            access = access.narrowed(to: role, named: behalf.permissions ?? [])
        } else if let permissions = behalf.permissions {
            access = access.narrowed(to: permissions)
        }
        var owner = behalf.owner ?? person?.owner ?? []
        var team = behalf.team ?? person?.team
        if let person {
            owner = owner.filter(person.owner.contains)
            if let own = person.team, own != team { team = nil }
        }
        return Principal(
            key: behalf.person, person: behalf.person, access: access, owner: owner, team: team, uid: gateway.uid,
            isOnBehalf: true, hasRole: hasRole)
    }
}
