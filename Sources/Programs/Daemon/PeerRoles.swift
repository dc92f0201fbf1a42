import Contract
import Glibc
import Locks
import Settings
import SocketServer

/// Who a peer is to the daemon: the kernel's word on user and groups, mapped by `roles:`. Names are looked up once per
/// user and group, and anew on reload. A directory service may take its time for that: nobody else waits meanwhile.
final class PeerRoles: Sendable {
    struct Standing: Sendable, Equatable {
        /// Nil when the peer may do nothing.
        var role: Contract.Role?
        var mayIngest: Bool
        /// Named among those who take tables away, whatever the role.
        var mayExport: Bool
    }

    private struct State {
        var settings: RoleSettings
        var userNames: [UInt32: String?] = [:]
        var groupNames: [UInt32: String?] = [:]
    }

    private let state: Guarded<State>
    private let daemonUID = geteuid()

    init(_ settings: RoleSettings) { state = Guarded(State(settings: settings)) }

    func reload(_ settings: RoleSettings) {
        // Here, so that no question has to wait for it.
        let (users, groups) = state.withLock { (Array($0.userNames.keys), Array($0.groupNames.keys)) }
        var names = State(settings: settings)
        for uid in users { names.userNames[uid] = .some(PeerRoles.userName(uid)) }
        for gid in groups { names.groupNames[gid] = .some(PeerRoles.groupName(gid)) }
        let new = names
        state.withLock { $0 = new }
    }

    /// What somebody without a role can do about it.
    var hintForStrangers: String {
        let readers = state.withLock { $0.settings.principals[.viewer] ?? [] }
        return "an administrator gives roles under roles: in aurad.yaml; viewer is for \(PeerRoles.text(readers))"
    }

    /// Who may hand in data.
    var hintForIngest: String {
        "roles.ingest in aurad.yaml is for \(PeerRoles.text(state.withLock { $0.settings.ingest })), and admins"
    }

    private static func text(_ principals: [Principal]) -> String {
        principals.isEmpty ? "nobody" : principals.map(\.description).joined(separator: ", ")
    }

    func standing(of peer: Peer) -> Standing {
        let gids = [peer.gid] + peer.groups
        let known = state.withLock { state in PeerRoles.identity(peer, gids, state).map { (state.settings, $0) } }
        if let (settings, identity) = known { return standing(of: identity, settings) }
        let (newUser, newGroups) = state.withLock { state in
            (state.userNames[peer.uid] == nil, gids.filter { state.groupNames[$0] == nil })
        }
        let userName = newUser ? PeerRoles.userName(peer.uid) : nil
        let groupNames = newGroups.map { ($0, PeerRoles.groupName($0)) }
        let (settings, identity) = state.withLock { state in
            if newUser { state.userNames[peer.uid] = .some(userName) }
            for (gid, name) in groupNames { state.groupNames[gid] = .some(name) }
            let identity = PeerRoles.identity(peer, gids, state)
            return (state.settings, identity ?? RoleSettings.Peer(uid: peer.uid, gids: gids))
        }
        return standing(of: identity, settings)
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
        Standing(
            role: settings.role(of: identity, daemonUID: daemonUID).flatMap { Contract.Role(rawValue: $0.rawValue) },
            mayIngest: settings.mayIngest(identity, daemonUID: daemonUID),
            mayExport: settings.mayExport(identity, daemonUID: daemonUID))
    }

    private static func userName(_ uid: UInt32) -> String? {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwuid_r(uid, &entry, &buffer, buffer.count, &result) == 0, result != nil, let name = entry.pw_name
        else {
            return nil
        }
        return String(cString: name)
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
