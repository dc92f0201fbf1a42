import Contract
import Settings
import SocketServer
import Testing
import Words

@testable import Daemon

/// Who asks, worked out of what the kernel, the configuration and the gateway say.
@Suite struct PrincipalTests {
    /// Numbers that no user of the machine has.
    private static let gateway = peer(64_100)
    private static let anna: [UInt32] = [64_201, 64_202]

    private static func peer(_ uid: UInt32) -> Peer { Peer(uid: uid, gid: uid, pid: 1, groups: []) }

    private static func principals(
        _ grantees: [Role: [Grantee]], ingest: [Grantee] = [], people: [PeopleSettings.Entry] = entries
    ) -> Principals {
        var roles = RoleSettings()
        roles.grantees = grantees
        roles.ingest = ingest
        return Principals(roles: PeerRoles(roles), people: PeopleSettings(people), gateway: .uid(gateway.uid))
    }

    private static let entries: [PeopleSettings.Entry] = [
        .init(uid: anna[0], person: "anna", owner: ["Anna Weber"], team: "emea"),
        .init(uid: anna[1], person: "anna", owner: ["A. Weber"]),
        .init(uid: nil, person: "dora", owner: ["Dora"], team: "apac"),
    ]

    private static func problem(_ body: () throws -> Void) -> Problem? {
        do {
            try body()
            return nil
        } catch { return error as? Problem }
    }

    @Test func usersOfOnePersonAreOne() {
        let principals = Self.principals([.viewer: [.everyone]])
        let (first, second) = (
            principals.principal(of: Self.peer(Self.anna[0])), principals.principal(of: Self.peer(Self.anna[1]))
        )
        #expect(first.key == "anna" && second.key == "anna" && first.asker == second.asker)
        #expect(first.owner == ["Anna Weber", "A. Weber"] && second.owner == first.owner && second.team == "emea")
        let unlisted = principals.principal(of: Self.peer(64_999))
        #expect(unlisted.key == "uid:64999" && unlisted.person == "64999" && unlisted.owner.isEmpty)
        #expect(principals.principal(of: Self.peer(0)).person == "root")
        // A user who is called like a person is not that person.
        let root = Self.principals([:], people: [.init(uid: 64_201, person: "root")])
        #expect(root.principal(of: Self.peer(0)).asker != root.principal(of: Self.peer(64_201)).asker)
    }

    /// All roles of the gateway, all of the person's own users, and all that can be asked for.
    @Test(arguments: Role.allCases, Role.allCases)
    func behalfNeverWidens(gateway: Role, own: Role) throws {
        let principals = Self.principals(
            [gateway: [.uid(Self.gateway.uid)]].merging([own: [.uid(Self.anna[1])]]) { $0 + $1 })
        let gatewayMay = principals.principal(of: Self.gateway).access.permissions
        #expect(gatewayMay == gateway.permissions)
        for asked in Role.allCases {
            for named in [Set<Permission>?.none] + Permission.allCases.map({ [$0] }) + [Set(Permission.allCases)] {
                var members: JSONObject = ["person": "anna", "role": .string(asked.rawValue)]
                if let named { members["permissions"] = .array(named.map { .string($0.rawValue) }) }
                let access = try principals.principal(of: ["behalf": .object(members)], from: Self.gateway).access
                #expect(
                    access.permissions
                        == gatewayMay.intersection(own.permissions).intersection(asked.permissions.union(named ?? [])))
                // Not even in name.
                #expect(access.role.permissions.isStrictSuperset(of: gateway.permissions) == false)
                #expect(access.role.permissions.isStrictSuperset(of: own.permissions) == false)
                members["person"] = "dora"
                let dora = try principals.principal(of: ["behalf": .object(members)], from: Self.gateway).access
                #expect(dora.permissions == gatewayMay.intersection(asked.permissions.union(named ?? [])))
            }
        }
        let whole = try principals.principal(of: ["behalf": .object(["person": "anna"])], from: Self.gateway).access
        #expect(whole.permissions == gatewayMay.intersection(own.permissions))
    }

    @Test func aPersonWhoseUsersMayNothingMayNothing() throws {
        let principals = Self.principals([.admin: [.uid(Self.gateway.uid)]])
        let anna = try principals.principal(
            of: ["behalf": .object(["person": "anna", "role": "admin"])], from: Self.gateway)
        #expect(anna.access.permissions.isEmpty && !anna.hasRole)
    }

    @Test func namesAndTeamsAreNarrowedToo() throws {
        let principals = Self.principals([.admin: [.uid(Self.gateway.uid)], .viewer: [.uid(Self.anna[0])]])
        func asked(_ members: JSONObject) throws -> Principal {
            try principals.principal(of: ["behalf": .object(members)], from: Self.gateway)
        }
        let anna = try asked(["person": "anna"])
        #expect(anna.owner == ["Anna Weber", "A. Weber"] && anna.team == "emea" && anna.isOnBehalf)
        #expect(anna.asker == principals.principal(of: Self.peer(Self.anna[0])).asker)
        #expect(anna.asker != principals.principal(of: Self.gateway).asker && anna.uid == Self.gateway.uid)
        let less = try asked(["person": "anna", "owner": .array(["Bert", "A. Weber"]), "team": "apac"])
        #expect(less.owner == ["A. Weber"] && less.team == nil)
        #expect(try asked(["person": "anna", "owner": .array([])]).owner.isEmpty)
        let guest = try asked(["person": "gast", "role": "viewer", "owner": .array(["Gast"]), "team": "x"])
        #expect(guest.owner == ["Gast"] && guest.team == "x" && guest.key == "gast")
    }

    @Test func nobodyElseIsBelieved() throws {
        let principals = Self.principals([.admin: [.everyone]])
        let values: [JSONValue] = [.object(["person": "anna", "role": "viewer"]), .null, 5, .object([:]), .array([])]
        for value in values {
            let problem = Self.problem { _ = try principals.principal(of: ["behalf": value], from: Self.peer(64_999)) }
            #expect(problem?.code == .forbidden && problem?.hint?.contains("gateway:") == true)
            #expect(principals.asker(of: ["behalf": value], from: Self.peer(64_999)) == Asker("uid:64999"))
        }
        // By default nobody is.
        let none = Principals(roles: PeerRoles(RoleSettings()), people: PeopleSettings(), gateway: nil)
        #expect(
            Self.problem { _ = try none.principal(of: ["behalf": values[0]], from: Self.gateway) }?.code == .forbidden)
        // By the name of the user, too.
        let named = Principals(roles: PeerRoles(RoleSettings()), people: PeopleSettings(), gateway: .user("root"))
        #expect(try named.principal(of: ["behalf": values[0]], from: Self.peer(0)).key == "anna")
        #expect(
            Self.problem { _ = try named.principal(of: ["behalf": values[0]], from: Self.gateway) }?.code == .forbidden)
    }

    private static let wrong: [JSONValue] = [
        .null, 5, "anna", .array([]), .object([:]), .object(["role": "viewer"]),
        .object(["person": 5, "role": "viewer"]),
        .object(["person": "", "role": "viewer"]), .object(["person": "uid:0", "role": "viewer"]),
        .object(["person": " anna", "role": "viewer"]), .object(["person": "gast"]), .object(["person": "dora"]),
        .object(["person": "anna", "role": "king"]), .object(["person": "anna", "role": 5]),
        .object(["person": "anna", "roles": .array(["viewer"])]), .object(["person": "anna", "owner": "Anna Weber"]),
        .object(["person": "anna", "owner": .array([5])]), .object(["person": "anna", "owner": .array([""])]),
        .object(["person": "anna", "permissions": .array(["everything"])]),
        .object(["person": "anna", "permissions": "read"]),
        .object(["person": "anna", "team": 5]), .object(["person": "anna", "team": ""]),
        .object(["person": "anna", "owner": .array((0...100).map { .string("\($0)") })]),
    ]

    @Test(arguments: wrong)
    func whatCannotBeReadIsRefused(_ value: JSONValue) {
        let principals = Self.principals([.admin: [.uid(Self.gateway.uid)], .viewer: [.uid(Self.anna[0])]])
        let problem = Self.problem { _ = try principals.principal(of: ["behalf": value], from: Self.gateway) }
        #expect(problem?.code == .invalidParams && problem?.hint?.hasPrefix("expected ") == true, "\(value)")
    }

    @Test func aReloadCountsAtOnce() {
        var configuration = Configuration()
        configuration.roles.grantees = [.viewer: [.uid(64_999)]]
        let principals = Principals(configuration)
        let peer = Self.peer(64_999)
        #expect(principals.principal(of: peer).key == "uid:64999")
        configuration.people = PeopleSettings([.init(uid: 64_999, person: "erik", owner: ["Erik"])])
        configuration.roles.grantees = [.analyst: [.uid(64_999)]]
        principals.reload(configuration)
        let erik = principals.principal(of: peer)
        #expect(erik.key == "erik" && erik.owner == ["Erik"] && erik.access.role == .analyst)
        // What was noted of the user before is hers.
        #expect(principals.isSame("uid:64999", erik) && principals.isSame("erik", erik))
        #expect(!principals.isSame("uid:64998", erik) && !principals.isSame("uid:", erik))
        #expect(principals.shownName(of: "uid:64999") == "erik" && principals.shownName(of: "uid:0") == "root")
        #expect(principals.shownName(of: "uid:64998") == "uid:64998" && principals.shownName(of: "gast") == "gast")
    }

    @Test func mineHasTheNamesOfWhoeverAsks() throws {
        func resolved(_ owner: JSONValue, _ names: [String]) throws -> JSONValue? {
            var principal = Principal.of("anna")
            principal.owner = names
            let request = Request(id: nil, method: "clients.list", params: ["owner": owner])
            return try Mine.resolved(request, principal, takesFilters: true).params["owner"]
        }
        #expect(try resolved("me", ["A", "B"]) == .array(["A", "B"]))
        #expect(try resolved(.array(["C", "me", "A"]), ["A", "B"]) == .array(["C", "A", "B"]))
        // Somebody who owns clients under that name asks for just that.
        #expect(try resolved("me", ["me"]) == .array(["me"]))
        for other in ["Me", "A", 5, .null, .array(["me", 5]), .array([])] as [JSONValue] {
            #expect(try resolved(other, ["A"]) == other)
            #expect(try resolved(other, []) == other)
        }
        let problem = Self.problem { _ = try resolved("me", []) }
        #expect(
            problem?.code == .invalidParams
                && problem?.hint?.contains("people: [{ uid: 4711, person: anna, owner: [") == true)
    }
}
