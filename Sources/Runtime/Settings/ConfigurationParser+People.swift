/// Who asks: the people behind users, and the gateway that asks for others.
extension ConfigurationParser {
    private static let uids = 0...Int(UInt32.max) - 1

    mutating func parsePeople(_ reader: inout MappingReader) {
        if let value = reader.take("people") { parsePeople(value) }
        reader.section("gateway", &problems) { section, problems in
            guard let value = section.take("user"), !value.isNull else { return }
            let path = section.path("user")
            let expected = "the name or number of a user, or null for no gateway"
            if value.plain.map(NumberText.isInteger) == true {
                let uid = ValueReader.integer(value, Self.uids, path: path, problems: &problems)
                configuration.gateway = uid.map { .uid(UInt32($0)) }
            } else if let name = value.text {
                guard Grantee.isAccountName(name) else {
                    problems.add(.notAccepted, at: value.position, path, found: value.shown, expected: expected)
                    return
                }
                configuration.gateway = .user(name)
            } else {
                ValueReader.wrongType(value, path, expected, &problems)
            }
        }
    }

    private mutating func parsePeople(_ value: YAMLValue) {
        let expected = "a list of { uid: N, person: NAME, owner: [NAMES], team: NAME }"
        guard let elements = ValueReader.list(value, path: "people", expected: expected, problems: &problems) else {
            return
        }
        var entries: [PeopleSettings.Entry] = []
        var pathOfUser: [UInt32: String] = [:]
        var teams: [String: (team: String, path: String)] = [:]
        for (path, element) in elements {
            guard var reader = MappingReader(element, path: path, problems: &problems) else { continue }
            let entry = entry(&reader)
            reader.finish(&problems)
            guard let entry else { continue }
            if let uid = entry.uid {
                if let first = pathOfUser[uid] {
                    problems.add(
                        .conflict, at: reader.position(of: "uid"), reader.path("uid"), found: String(uid),
                        expected: "every user once", advice: "it stands in \(first) already")
                    continue
                }
                pathOfUser[uid] = reader.path("uid")
            }
            if let team = entry.team {
                if let first = teams[entry.person], first.team != team {
                    problems.add(
                        .conflict, at: reader.position(of: "team"), reader.path("team"), found: Wording.quoted(team),
                        expected: "every person in one team",
                        advice: "\(entry.person) is in \(Wording.quoted(first.team)) by \(first.path)")
                    continue
                }
                teams[entry.person] = (team, reader.path("team"))
            }
            entries.append(entry)
        }
        configuration.people = PeopleSettings(entries)
    }

    /// Nil where it has no person, which has been reported.
    private mutating func entry(_ reader: inout MappingReader) -> PeopleSettings.Entry? {
        var uid: UInt32?
        if let value = reader.take("uid") {
            uid = ValueReader.integer(value, Self.uids, path: reader.path("uid"), problems: &problems).map {
                UInt32($0)
            }
        }
        let person = reader.take("person").map { self.name($0, path: reader.path("person")) }
        if person == nil {
            problems.add(
                .missingKey, at: reader.start, reader.path("person"), found: "no person",
                expected: PeopleSettings.nameExpected)
        }
        let owner = reader.take("owner").flatMap { ownerNames($0, path: reader.path("owner")) }
        let team = reader.take("team").flatMap {
            ValueReader.dataText($0, path: reader.path("team"), expected: "the name of a team", problems: &problems)
        }
        guard let person, let person else { return nil }
        return PeopleSettings.Entry(uid: uid, person: person, owner: owner ?? [], team: team)
    }

    private mutating func name(_ value: YAMLValue, path: String) -> String? {
        let expected = PeopleSettings.nameExpected
        guard let text = ValueReader.text(value, path: path, expected: expected, problems: &problems) else {
            return nil
        }
        guard PeopleSettings.isName(text) else {
            problems.add(.notAccepted, at: value.position, path, found: value.shown, expected: expected)
            return nil
        }
        return text
    }

    private mutating func ownerNames(_ value: YAMLValue, path: String) -> [String]? {
        let names = textList(
            value, path: path, expected: "a list of the names that stand in the column owner", element: "a name")
        guard let names else { return nil }
        guard names.count <= PeopleSettings.ownerNamesMax else {
            problems.add(
                .outOfRange, at: value.position, path, found: "\(names.count) names",
                expected: "at most \(PeopleSettings.ownerNamesMax)")
            return nil
        }
        for name in names where name.text.utf8.count > PeopleSettings.ownerNameBytesMax {
            problems.add(
                .outOfRange, at: name.value.position, name.path, found: "a name of \(name.text.utf8.count) bytes",
                expected: "at most \(PeopleSettings.ownerNameBytesMax) bytes")
            return nil
        }
        return names.map(\.text)
    }
}
