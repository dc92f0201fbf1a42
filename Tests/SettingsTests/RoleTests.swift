import Testing

@testable import Settings

@Suite struct RoleTests {
    private let peer = RoleSettings.Peer(uid: 1000, gids: [1000, 50], userName: "anna", groupNames: ["anna", "staff"])

    @Test(arguments: [
        "user:anna", "group:aura-admin", "uid:0", "gid:4294967294", "everyone", "user:a.b$", "user:jürgen",
    ])
    func principalsReadBack(_ text: String) throws {
        #expect(try #require(Principal(text)).description == text)
    }

    @Test(arguments: [
        "", "root", "root:x", "user:", "user:a:b", "user: anna", "user:12", "user:-a", "uid:", "uid:-1", "uid:+1",
        "uid:4294967295", "gid:99999999999", "Everyone", "user:a\u{0}b", "group:a/b", "group:a,b",
    ])
    func whatIsNoPrincipal(_ text: String) { #expect(Principal(text) == nil) }

    @Test func theHighestRoleCounts() {
        var roles = RoleSettings()
        #expect(roles.role(of: peer, daemonUID: 1) == nil)
        roles.principals = [.viewer: [.everyone], .analyst: [.gid(50)], .accountManager: [.user("anna")]]
        #expect(roles.role(of: peer, daemonUID: 1) == .analyst)
        roles.principals[.analyst] = [.uid(7), .group("nobody")]
        #expect(roles.role(of: peer, daemonUID: 1) == .accountManager)
        roles.principals[.retentionSpecialist] = [.group("staff")]
        #expect(roles.role(of: peer, daemonUID: 1) == .retentionSpecialist)
        roles.principals[.admin] = [.uid(1000)]
        #expect(roles.role(of: peer, daemonUID: 1) == .admin)
    }

    @Test func theDaemonsOwnUserIsAdminAlways() {
        var roles = RoleSettings()
        roles.principals = [:]
        roles.ingest = []
        #expect(roles.role(of: peer, daemonUID: 1000) == .admin)
        #expect(roles.mayIngest(peer, daemonUID: 1000))
        #expect(!roles.mayIngest(peer, daemonUID: 1))
    }

    @Test func handingInIsAPermissionOfItsOwn() {
        var roles = RoleSettings()
        roles.ingest = [.group("staff")]
        #expect(roles.mayIngest(peer, daemonUID: 1))
        #expect(roles.role(of: peer, daemonUID: 1) == nil)
        roles.principals[.viewer] = [.everyone]
        #expect(!roles.mayIngest(RoleSettings.Peer(uid: 5, gids: [5]), daemonUID: 1))
        #expect(roles.mayIngest(RoleSettings.Peer(uid: 0, gids: [0]), daemonUID: 1))
    }

    @Test func takingTablesAwayIsAPermissionOfItsOwn() {
        var roles = RoleSettings()
        #expect(roles.export.isEmpty)
        roles.export = [.group("staff")]
        #expect(roles.mayExport(peer, daemonUID: 1))
        #expect(roles.role(of: peer, daemonUID: 1) == nil)
        #expect(!roles.mayExport(RoleSettings.Peer(uid: 5, gids: [5]), daemonUID: 1))
        #expect(roles.mayExport(RoleSettings.Peer(uid: 0, gids: [0]), daemonUID: 1))
    }

    @Test func rolesAreInOrder() {
        #expect(Role.allCases == Role.allCases.sorted())
        #expect(Role.viewer < .admin)
    }
}
