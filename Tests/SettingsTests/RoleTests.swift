import Testing
import Words

@testable import Settings

@Suite struct RoleTests {
    private let peer = RoleSettings.Peer(uid: 1000, gids: [1000, 50], userName: "anna", groupNames: ["anna", "staff"])

    @Test(arguments: [
        "user:anna", "group:aura-admin", "uid:0", "gid:4294967294", "everyone", "user:a.b$", "user:jürgen",
    ])
    func granteesReadBack(_ text: String) throws {
        #expect(try #require(Grantee(text)).description == text)
    }

    @Test(arguments: [
        "", "root", "root:x", "user:", "user:a:b", "user: anna", "user:12", "user:-a", "uid:", "uid:-1", "uid:+1",
        "uid:4294967295", "gid:99999999999", "Everyone", "user:a\u{0}b", "group:a/b", "group:a,b",
    ])
    func whatIsNoGrantee(_ text: String) { #expect(Grantee(text) == nil) }

    @Test func everyRoleOfAPeerCounts() {
        var roles = RoleSettings()
        #expect(roles.roles(of: peer, daemonUID: 1).isEmpty)
        roles.grantees = [.viewer: [.everyone], .analyst: [.gid(50)], .accountManager: [.user("anna")]]
        #expect(roles.roles(of: peer, daemonUID: 1) == [.viewer, .accountManager, .analyst])
        roles.grantees[.analyst] = [.uid(7), .group("nobody")]
        #expect(roles.roles(of: peer, daemonUID: 1) == [.viewer, .accountManager])
        roles.grantees[.admin] = [.uid(1000)]
        #expect(roles.roles(of: peer, daemonUID: 1).contains(.admin))
    }

    @Test func theDaemonsOwnUserIsAdminAlways() {
        var roles = RoleSettings()
        roles.grantees = [:]
        roles.ingest = []
        #expect(roles.roles(of: peer, daemonUID: 1000) == [.admin])
        #expect(roles.roles(of: peer, daemonUID: 1).isEmpty)
    }

    @Test func somePermissionsAreGivenByName() {
        var roles = RoleSettings()
        #expect(roles.export.isEmpty)
        let others = RoleSettings.Peer(uid: 5, gids: [5])
        roles.ingest = [.group("staff")]
        #expect(roles.named(peer) == [.ingest] && roles.named(others).isEmpty)
        roles.export = [.everyone]
        #expect(roles.named(peer) == [.ingest, .export] && roles.named(others) == [.export])
        #expect(roles.roles(of: peer, daemonUID: 1).isEmpty)
    }

    @Test func rolesAreSetsOfPermissions() {
        #expect(Role.admin.permissions == Set(Permission.allCases))
        #expect(Role.allCases.allSatisfy { $0.permissions.contains(.read) })
        #expect(Role.customerSuccess.permissions == Role.accountManager.permissions)
        #expect(!Role.analyst.permissions.contains(.contact) && !Role.accountManager.permissions.contains(.ingest))
        #expect(Role(named: "business_analyst") == .analyst && Role(named: "king") == nil)
        #expect(Set(Role.names.compactMap { Role(named: $0) }) == Set(Role.allCases))
    }

    @Test func anotherNameOfARoleAddsToIt() throws {
        let yaml = "roles: { analyst: [uid:1], business_analyst: [uid:2], customer_success: [uid:3], viewer: [] }\n"
        let roles = try Configuration.parse(yaml: yaml, path: "/x/aurad.yaml").roles
        #expect(roles.grantees[.analyst] == [.uid(1), .uid(2)] && roles.grantees[.customerSuccess] == [.uid(3)])
        #expect(roles.grantees[.viewer] == nil)
    }
}
