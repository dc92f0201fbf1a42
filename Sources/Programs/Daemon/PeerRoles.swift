import Contract
import Glibc
import Locks
import Settings
import SocketServer
import Words

/// Who a peer is to the daemon: the kernel's word on user and groups, mapped by `roles:`. Names are looked up once per
/// user and group, and anew on reload. A directory service may take its time for that: nobody else waits meanwhile.
final class PeerRoles: Sendable {
    struct Standing: Sendable, Equatable {
        /// All that the peer has; none where it may do no more than what it is named for.
        var roles: [Role]
        /// What the peer is named for, whatever the roles.
        var named: Set<Permission>
    }

    private struct State {
        var settings: RoleSettings
        var userNames: [UInt32: String?] = [:]
        var groupNames: [UInt32: String?] = [:]
        /// What users may who have not connected themselves, by what the databases of users say of them.
        var accounts: [UInt32: Standing] = [:]
    }

    private let state: Guarded<State>
    private let daemonUID = geteuid()

    init(_ settings: RoleSettings) { state = Guarded(State(settings: settings)) }

    func reload(_ settings: RoleSettings) {
        // Here, so that no question has to wait for it.
        let (users, groups) = state.withLock { (Array($0.userNames.keys), Array($0.groupNames.keys)) }
        let accounts = state.withLock { Array($0.accounts.keys) }
        var names = State(settings: settings)
        for uid in users { names.userNames[uid] = .some(PeerRoles.userName(uid)) }
        for gid in groups { names.groupNames[gid] = .some(PeerRoles.groupName(gid)) }
        for uid in accounts {
            names.accounts[uid] = standing(of: PeerRoles.account(uid), settings)
        }
        let new = names
        state.withLock { $0 = new }
    }

    /// What somebody without a role can do about it.
    var hintForStrangers: String {
        let readers = state.withLock { $0.settings.grantees[.viewer] ?? [] }
        return "an administrator gives roles under roles: in aurad.yaml; viewer is for \(PeerRoles.text(readers))"
    }

    /// What somebody who lacks a permission can do about it.
    func hint(for permission: Permission) -> String {
        switch permission {
        case .read, .contact, .administer: "ask an administrator"
        case .export: "an administrator names who may export under roles: export: in aurad.yaml"
        case .ingest:
            "roles.ingest in aurad.yaml is for \(PeerRoles.text(state.withLock { $0.settings.ingest })), and admins"
        }
    }

    private static func text(_ grantees: [Grantee]) -> String {
        grantees.isEmpty ? "nobody" : grantees.map(\.description).joined(separator: ", ")
    }

    func standing(of peer: Peer) -> Standing { standing(of: identity(of: peer)) }

    func standing(of identity: RoleSettings.Peer) -> Standing {
        standing(of: identity, state.withLock { $0.settings })
    }

    /// A peer with its names.
    func identity(of peer: Peer) -> RoleSettings.Peer {
        let gids = [peer.gid] + peer.groups
        let known = state.withLock { state in PeerRoles.identity(peer, gids, state) }
        if let known { return known }
        let (newUser, newGroups) = state.withLock { state in
            (state.userNames[peer.uid] == nil, gids.filter { state.groupNames[$0] == nil })
        }
        let userName = newUser ? PeerRoles.userName(peer.uid) : nil
        let groupNames = newGroups.map { ($0, PeerRoles.groupName($0)) }
        return state.withLock { state in
            if newUser { state.userNames[peer.uid] = .some(userName) }
            for (gid, name) in groupNames { state.groupNames[gid] = .some(name) }
            return PeerRoles.identity(peer, gids, state) ?? RoleSettings.Peer(uid: peer.uid, gids: gids)
        }
    }

    /// The name of a user; nil where there is none.
    func userName(_ uid: UInt32) -> String? {
        if let known = state.withLock({ $0.userNames[uid] }) { return known }
        let name = PeerRoles.userName(uid)
        state.withLock { $0.userNames[uid] = .some(name) }
        return name
    }

    // MARK: Users who are not there

    /// What any of some users may if they connected, as far as the databases of users tell their groups.
    func standing(ofAccounts uids: [UInt32]) -> Standing {
        var whole = Standing(roles: [], named: [])
        for uid in uids {
            let standing = standing(ofAccount: uid)
            whole.roles += standing.roles.filter { !whole.roles.contains($0) }
            whole.named.formUnion(standing.named)
        }
        return whole
    }

    /// Whether that is known without a look at the databases.
    func knowsAccounts(of uids: [UInt32]) -> Bool {
        state.withLock { state in uids.allSatisfy { state.accounts[$0] != nil } }
    }

    private func standing(ofAccount uid: UInt32) -> Standing {
        let (known, settings) = state.withLock { ($0.accounts[uid], $0.settings) }
        if let known { return known }
        let standing = standing(of: PeerRoles.account(uid), settings)
        // Not by settings that have gone meanwhile.
        state.withLock { if $0.settings == settings { $0.accounts[uid] = standing } }
        return standing
    }

    /// A user as it would connect.
    private static func account(_ uid: UInt32) -> RoleSettings.Peer {
        guard let user = entry(uid) else { return RoleSettings.Peer(uid: uid, gids: []) }
        var gids = [gid_t](repeating: 0, count: 64)
        var count = Int32(gids.count)
        while getgrouplist(user.name, user.gid, &gids, &count) < 0, Int(count) > gids.count {
            gids = [gid_t](repeating: 0, count: Int(count))
        }
        gids.removeSubrange(min(max(0, Int(count)), gids.count)...)
        return RoleSettings.Peer(
            uid: uid, gids: gids, userName: user.name, groupNames: gids.compactMap { groupName($0) })
    }

    /// The peer with its names; nil where one was not looked up yet.
    private static func identity(_ peer: Peer, _ gids: [UInt32], _ state: State) -> RoleSettings.Peer? {
        guard let userName = state.userNames[peer.uid] else { return nil }
        var groupNames: [String] = []
        for gid in gids {
            guard let name = state.groupNames[gid] else { return nil }
            if let name { groupNames.append(name) }
        }
        return RoleSettings.Peer(uid: peer.uid, gids: gids, userName: userName, groupNames: groupNames)
    }

    private func standing(of identity: RoleSettings.Peer, _ settings: RoleSettings) -> Standing {
        Standing(roles: settings.roles(of: identity, daemonUID: daemonUID), named: settings.named(identity))
    }

    private static func userName(_ uid: UInt32) -> String? { entry(uid)?.name }

    private static func entry(_ uid: UInt32) -> (name: String, gid: UInt32)? {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(uid, &entry, &buffer, buffer.count, &result) == 0, result != nil, let name = entry.pw_name
        else {
            return nil
        }
        return (String(cString: name), entry.pw_gid)
    }

    private static func groupName(_ gid: UInt32) -> String? {
        var entry = group()
        var result: UnsafeMutablePointer<group>?
        var buffer = [CChar](repeating: 0, count: 65_536)
        guard getgrgid_r(gid, &entry, &buffer, buffer.count, &result) == 0, result != nil, let name = entry.gr_name
        else {
            return nil
        }
        return String(cString: name)
    }
}
