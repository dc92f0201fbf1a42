internal import ArgumentParser
internal import Contract
internal import TerminalText

/// `aurac whoami`
struct WhoamiShow: QueryCommand {
    static let configuration = CommandConfiguration(
        commandName: "whoami",
        abstract: "Show who the daemon takes you for, and what you may do.",
        discussion: """
            The daemon knows which user asks; people: in its configuration says who that is, and roles: what he or she may \
            do. With ndjson and csv: one record.

            EXAMPLES:
              aurac whoami
              aurac whoami -o json | jq -r .role
            """)

    @OptionGroup var output: OutputOptions
    @OptionGroup var connection: ConnectionOptions

    var endpoint: Endpoint { .systemWhoami }

    func records(_ result: Answer) -> [Answer] { [result] }

    func report(_ result: Answer, on page: inout ReportPage) {
        let owner = result[at: "owner"].elements
        let uid = page.identifier(result[at: "uid"])
        var pairs: [KeyValueBlock.Pair] = [
            .init("person", Table.Cell(page.shown(result[at: "person"]))),
            .init("role", Table.Cell(page.shown(result[at: "role"]))),
            .init("permissions", Table.Cell(Self.list(result[at: "permissions"].elements, page))),
            .init("owner names", Table.Cell(owner.isEmpty ? "none" : Self.list(owner, page))),
            .init("team", Table.Cell(page.shown(result[at: "team"]))),
            .init("user", Table.Cell(result[at: "user"].stringValue.map { "\($0) (\(uid))" } ?? uid)),
        ]
        if result[at: "on_behalf_of"].stringValue != nil {
            pairs.append(.init("on behalf of", Table.Cell(page.shown(result[at: "on_behalf_of"]))))
        }
        page.add(KeyValueBlock([.init(pairs: pairs)], columnCountMax: 1))
        let unknown = result[at: "owner_unknown"].elements
        if !unknown.isEmpty {
            page.blank()
            page.text(
                "no client has the owner \(Self.list(unknown, page)): an administrator compares people: in aurad.yaml with "
                    + "the column owner of the clients", .warning)
        }
        if owner.isEmpty {
            page.blank()
            page.text(
                "--owner me has no meaning without names; an administrator sets them under people: in aurad.yaml",
                .muted)
        }
    }

    private static func list(_ values: [Answer], _ page: ReportPage) -> String {
        values.map { page.shown($0) }.joined(separator: ", ")
    }
}
