import Settings
import Testing
import Words

/// A tenant's daemon has places and people of its own.
@Suite struct TenantTests {
    @Test(arguments: ["north", "n", "acme-eu", "a2", "ingestion"])
    func isATenant(_ name: String) throws { #expect(Tenant(name)?.name == name) }

    /// Names that lead out of a folder, make too long a group, or a group of somebody else.
    @Test(arguments: [
        "", "../x", "a/b", "North", "2a", "-a", "a b", "é", "abcdefghijklmnopqrstu", "ingest", "admin", "north-ingest",
        "north-admin",
    ])
    func isNone(_ name: String) { #expect(Tenant(name) == nil) }

    @Test func defaultsCarryItsName() throws {
        let tenant = try #require(Tenant("north"))
        var files = TestFiles()
        files.groups = ["aura", "aura-north"]
        let configuration = try Configuration.parse(
            yaml: "", path: "/etc/aura-north/aurad.yaml", tenant: tenant, files: files.access)
        #expect(configuration.stateDirectory == "/var/lib/aura-north")
        #expect(configuration.socket.path == "/run/aura-north/aurad.sock")
        #expect(configuration.socket.group == "aura-north")
        #expect(configuration.roles.ingest == [.group("aura-north-ingest")])
        let theirs = RoleSettings.Peer(uid: 1, gids: [7, 8, 9], groupNames: ["aura", "aura-ingest", "aura-admin"])
        #expect(configuration.roles.roles(of: theirs, daemonUID: 2).isEmpty)
        #expect(configuration.roles.named(theirs).isEmpty)
        func roles(_ group: String) -> [Role] {
            configuration.roles.roles(of: RoleSettings.Peer(uid: 1, gids: [7], groupNames: [group]), daemonUID: 2)
        }
        #expect(roles("aura-north") == [.viewer] && roles("aura-north-admin") == [.admin])
        // Nobody of a tenant is anybody where there is none.
        let plain = Configuration()
        let ours = RoleSettings.Peer(
            uid: 1, gids: [7], groupNames: ["aura-north", "aura-north-ingest", "aura-north-admin"])
        #expect(plain.roles.roles(of: ours, daemonUID: 2).isEmpty && plain.roles.named(ours).isEmpty)
    }

    /// The file and what systemd says win over the name.
    @Test func theFileWins() throws {
        let configuration = try Configuration.parse(
            yaml: "state_dir: /data\nroles: { viewer: [everyone] }\n", path: "/x/aurad.yaml",
            environment: ["RUNTIME_DIRECTORY": "/run/elsewhere"], tenant: Tenant("north"))
        #expect(configuration.stateDirectory == "/data")
        #expect(configuration.socket.path == "/run/elsewhere/aurad.sock")
        #expect(configuration.roles.grantees[.viewer] == [.everyone])
        #expect(configuration.roles.grantees[.admin] == [.group("aura-north-admin"), .uid(0)])
    }

    // MARK: What --check-config prints

    @Test func theReportSaysWhoGetsInAndEndsWithAVerdict() throws {
        var files = TestFiles()
        files.groups = ["aura-north", "aura-north-ingest"]
        let configuration = try Configuration.parse(
            yaml: "chatbot_timeout_seconds: 7\n", path: "/etc/aura-north/aurad.yaml", tenant: Tenant("north"),
            files: files.access)
        let report = configuration.report(file: "/etc/aura-north/aurad.yaml") { files.groups.contains($0) }
        for words in [
            "# aurad, tenant north\n", "/var/lib/aura-north/inbox; group aura-north-ingest",
            "/run/aura-north/aurad.sock; group aura-north, mode 0660", "viewer: group:aura-north\n",
            "admin: group:aura-north-admin, uid:0\n", "analyst: nobody\n", "may hand in    group:aura-north-ingest",
            "# chatbot_timeout_seconds: accepted and has no effect in this version\n",
            "! no group aura-north-admin on this machine: groupadd --system aura-north-admin",
        ] {
            #expect(report.contains(words), "\(words): \(report)")
        }
        #expect(!report.contains("no group aura-north-ingest"))
        let last = report.split(separator: "\n").last ?? ""
        #expect(last.hasPrefix("# The configuration is good") && last.contains("groups are missing"))
        // It is the configuration, to the letter.
        let again = try Configuration.parse(
            yaml: report, path: "/etc/aura-north/aurad.yaml", tenant: Tenant("north"), files: files.access)
        #expect(again == configuration)
        files.groups.insert("aura-north-admin")
        #expect(configuration.report(file: nil) { files.groups.contains($0) }.hasSuffix("what it names.\n"))
    }
}
