internal import CAura

/// Who is at the other end of a connection, as the kernel knows it: read once, when the connection was accepted.
public struct Peer: Sendable, Equatable {
    public let uid: UInt32
    /// The effective group.
    public let gid: UInt32
    /// The process that connected; it may have passed the connection on or ended since.
    public let pid: Int32
    /// All supplementary groups, in the kernel's order.
    public let groups: [UInt32]

    public init(uid: UInt32, gid: UInt32, pid: Int32, groups: [UInt32]) {
        self.uid = uid
        self.gid = gid
        self.pid = pid
        self.groups = groups
    }

    /// Reads SO_PEERCRED and SO_PEERGROUPS of a connected Unix socket.
    init(connectedTo descriptor: Int32) throws(ServerError) {
        var uid: UInt32 = 0
        var gid: UInt32 = 0
        var pid: Int32 = 0
        let read = aura_peer_credentials(descriptor, &uid, &gid, &pid)
        guard read >= 0 else { throw .system(operation: "read the peer's credentials", path: nil, errno: -read) }
        var groups = [UInt32](repeating: 0, count: 32)
        while true {
            let count = aura_peer_groups(descriptor, &groups, UInt32(groups.count))
            guard count >= 0 else { throw .system(operation: "read the peer's groups", path: nil, errno: -count) }
            if Int(count) <= groups.count {
                groups.removeSubrange(Int(count)...)
                break
            }
            groups = [UInt32](repeating: 0, count: Int(count))
        }
        self.init(uid: uid, gid: gid, pid: pid, groups: groups)
    }
}
