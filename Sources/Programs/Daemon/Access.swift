import Contract

/// What one request may do and see. Made from the peer's own standing; a role asked for in the request takes away and
/// never adds.
struct Access: Sendable, Equatable {
    /// The role the request is answered under.
    let role: Contract.Role
    /// Whether names of contact persons, e-mail addresses and telephone numbers are shown.
    let showsContact: Bool
    /// Whether rows are shown as they were handed in, contact data and all.
    let showsRawRows: Bool
    /// Whether whole tables are given.
    let mayExport: Bool

    /// - Parameters:
    ///   - own: the peer's role.
    ///   - asked: the role that the request asks to be narrowed to.
    ///   - mayIngest: whether the peer is named among those who hand in data.
    ///   - mayExport: whether the peer is named among those who take tables away, whatever the role.
    init(own: Contract.Role, asked: Contract.Role?, mayIngest: Bool, mayExport: Bool = false) {
        let role = min(own, asked ?? own)
        self.role = role
        // An analyst ranks above those who talk to clients and still sees no contact data: narrowed to one of their
        // roles it must not; nor is one of them shown any when narrowed to an analyst.
        showsContact = Access.knowsContacts(own) && Access.knowsContacts(asked ?? own)
        showsRawRows = showsContact || (mayIngest && asked == nil)
        self.mayExport = role > .viewer || (mayExport && asked == nil)
    }

    /// Those who talk to clients, and those who may do anything.
    private static func knowsContacts(_ role: Contract.Role) -> Bool {
        switch role {
        case .accountManager, .retentionSpecialist, .admin: true
        case .viewer, .analyst: false
        }
    }
}
