import Words

/// What one request may do and see: permissions, with the role that they are named after. Roles are sets of permissions and
/// have no order: whatever joins or narrows them, joins or narrows the sets.
struct Access: Sendable, Equatable {
    /// The role the request is answered under.
    let role: Role
    let permissions: Set<Permission>

    /// - Parameters:
    ///   - own: the peer's roles; none for one who is only named for something.
    ///   - named: permissions that the peer has beyond the roles', by name.
    ///   - asked: the role that the request asks to be narrowed to.
    init(own: [Role], named: Set<Permission> = [], asked: Role? = nil) {
        let has = own.reduce(into: named) { $0.formUnion($1.permissions) }
        // Named after the role that leaves least of it unsaid.
        let role = own.min { has.subtracting($0.permissions).count < has.subtracting($1.permissions).count }
        let own = Access(role: role ?? .viewer, permissions: has)
        self = asked.map { own.narrowed(to: $0) } ?? own
    }

    private init(role: Role, permissions: Set<Permission>) {
        self.role = role
        self.permissions = permissions
    }

    /// What is left with a role that is asked for.
    /// - Parameter named: permissions that are asked for beside the role's.
    func narrowed(to asked: Role, named: Set<Permission> = []) -> Access {
        within(Access(role: asked, permissions: asked.permissions.union(named)))
    }

    /// What is left of some permissions.
    func narrowed(to asked: Set<Permission>) -> Access {
        Access(role: role, permissions: permissions.intersection(asked))
    }

    /// What two of them both have.
    func within(_ other: Access) -> Access {
        // One that would widen is not taken, not even in name.
        let keepsName = other.role.permissions.isSuperset(of: role.permissions)
        return Access(role: keepsName ? role : other.role, permissions: permissions.intersection(other.permissions))
    }

    func may(_ permission: Permission) -> Bool { permissions.contains(permission) }

    /// Whether names of contact persons, e-mail addresses and telephone numbers are shown.
    var showsContact: Bool { may(.contact) }

    /// Whether rows are shown as they were handed in, contact data and all.
    var showsRawRows: Bool { may(.contact) || may(.ingest) }
}
