import Testing

@testable import Settings

@Suite struct PeopleTests {
    private static func parse(_ yaml: String) throws -> Configuration {
        try Configuration.parse(yaml: yaml, path: "/etc/aura/aurad.yaml", files: TestFiles().access)
    }

    @Test func aPersonWithTwoUsersIsOne() throws {
        let people = try Self.parse(
            """
            people:
              - { uid: 1002, person: anna, owner: [Anna Weber], team: emea }
              - { uid: 1003, person: anna, owner: [A. Weber, Anna Weber] }
              - { uid: 0, person: bert }
              - { person: carla@example.org, owner: [Carla] }
            """
        ).people
        let anna = try #require(people.person(of: 1002))
        #expect(anna.uids == [1002, 1003] && anna.owner == ["Anna Weber", "A. Weber"] && anna.team == "emea")
        #expect(people.person(of: 1003) == anna)
        #expect(people.person(of: 0)?.name == "bert" && people.person(of: 1) == nil)
        #expect(people.persons["carla@example.org"]?.uids == [] && people.persons["carla@example.org"]?.team == nil)
        #expect(people.name(ofUser: 1003) == "anna" && people.name(ofUser: 1) == "uid:1")
    }

    /// A user that is nobody's by the list is never mistaken for somebody of it.
    @Test(arguments: ["uid:7", "", " anna", "anna ", "a\u{7}", String(repeating: "x", count: 201)])
    func whatNobodyIsCalled(_ name: String) { #expect(!PeopleSettings.isName(name)) }

    @Test(arguments: ["anna", "Anna Weber", "anna@example.org", "é", "a:b", "uid", "7"])
    func whatSomebodyMayBeCalled(_ name: String) { #expect(PeopleSettings.isName(name)) }

    @Test func nobodyIsBelievedByDefault() throws {
        #expect(try Self.parse("").gateway == nil)
        #expect(try Self.parse("gateway: { user: null }").gateway == nil)
        #expect(try Self.parse("gateway: { user: aura-web }").gateway == .user("aura-web"))
        #expect(try Self.parse("gateway: { user: 991 }").gateway == .uid(991))
    }
}
