import Contract
import Glibc
import Locks
import Settings
import SocketServer

/// Who a peer is to the daemon: the kernel's word on user and groups, mapped by `roles:`. Names are looked up once per
/// user and group and forgotten on reload.
final class PeerRoles: Sendable {
    struct Standing: Sendable, Equatable {
        /// Nil when the peer may do nothing.
        var role: Contract.Role?
        var mayIngest: Bool
    }

    private struct State {
        var settings: RoleSettings
        var userNames: [UInt32: String?] = [:]
        var groupNames: [UInt32: String?] = [:]
    }

    private let state: Guarded<State>
    private let daemonUID = geteuid()

    init(_ settings: RoleSettings) { state = Guarded(State(settings: settings)) }

    func reload(_ settings: RoleSettings) { state.withLock { $0 = State(settings: settings) } }

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
        state.withLock { state in
            let userName = state.userNames[peer.uid] ?? PeerRoles.userName(peer.uid)
            state.userNames[peer.uid] = userName
            var groupNames: [String] = []
            for gid in [peer.gid] + peer.groups {
                let name = state.groupNames[gid] ?? PeerRoles.groupName(gid)
                state.groupNames[gid] = name
                if let name { groupNames.append(name) }
            }
            let identity = RoleSettings.Peer(
                uid: peer.uid, gids: [peer.gid] + peer.groups, userName: userName, groupNames: groupNames)
            let role = state.settings.role(of: identity, daemonUID: daemonUID)
            return Standing(
                role: role.flatMap { Contract.Role(rawValue: $0.rawValue) },
                mayIngest: state.settings.mayIngest(identity, daemonUID: daemonUID))
        }
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
