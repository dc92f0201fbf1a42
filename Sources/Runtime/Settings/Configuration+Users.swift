import Glibc
import Words

extension Configuration {
    /// Users that are named and that the machine does not have, each with the places that name it: a misspelt one has no
    /// rights, and nobody finds out why.
    /// - Parameter isKnown: whether the machine has a user, `user` or `uid`.
    public func unknownUsers(isKnown: (Grantee) -> Bool) -> [String] {
        var places: [(grantee: Grantee, place: String)] = []
        for role in Role.allCases {
            places += (roles.grantees[role] ?? []).map { ($0, "roles.\(role.rawValue)") }
        }
        places += roles.ingest.map { ($0, "roles.ingest") }
        places += roles.export.map { ($0, "roles.export") }
        if let gateway { places.append((gateway, "gateway.user")) }
        places += people.entries.compactMap { entry in entry.uid.map { (.uid($0), "people: \(entry.person)") } }
        var known: [Grantee: Bool] = [:]
        var order: [Grantee] = []
        var named: [Grantee: [String]] = [:]
        for (grantee, place) in places {
            switch grantee {
            case .user, .uid: break
            case .group, .gid, .everyone: continue
            }
            let isThere = known[grantee] ?? isKnown(grantee)
            known[grantee] = isThere
            if isThere { continue }
            if named[grantee] == nil { order.append(grantee) }
            named[grantee, default: []].append(place)
        }
        return order.map { "\($0) (\((named[$0] ?? []).joined(separator: ", ")))" }
    }
}

extension FileAccess {
    /// Whether the machine has a user. Where its databases of users do not answer, a user counts as there: nothing is known
    /// against it.
    public static func userExists(_ grantee: Grantee) -> Bool {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var size = 4096
        while size <= 1 << 20 {
            var buffer = [CChar](repeating: 0, count: size)
            let status: Int32
            switch grantee {
            case .user(let name): status = getpwnam_r(name, &entry, &buffer, size, &result)
            case .uid(let id): status = getpwuid_r(id, &entry, &buffer, size, &result)
            case .group, .gid, .everyone: return true
            }
            switch status {
            case 0, ENOENT, ESRCH: return result != nil
            case ERANGE: size *= 4
            default: return true
            }
        }
        return true
    }
}
