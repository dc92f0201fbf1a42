import Words

extension Configuration {
    /// What `--check-config` prints: who gets in and where, everything in force, and a verdict. All but the settings are
    /// comments, so that the whole reads back as the configuration.
    ///
    /// - Parameters:
    ///   - file: the configuration file; nil where there is none.
    ///   - groupExists: whether the machine knows a group.
    ///   - userExists: whether it knows a user, `user` or `uid`.
    ///   - stored: what a look at the stored data has told, in a line each.
    public func report(
        file: String?, groupExists: (String) -> Bool, userExists: (Grantee) -> Bool = { _ in true },
        stored: [String] = []
    ) -> String {
        var lines = [
            "aurad" + (tenant.map { ", tenant \($0.name)" } ?? ""),
            "configuration  \(file ?? "none: every key has its default")",
            "state          \(stateDirectory)",
            "inbox          \(stateDirectory)/inbox; group \(groups.ingest), the group that \(unit).service runs with",
            "socket         \(socket.path); group \(socket.group ?? "of the daemon"), mode \(Self.octal(socket.mode)), "
                + "unless \(unit).socket passes one",
        ]
        for role in Role.allCases {
            lines.append("role           \(role.rawValue): \(Self.people(roles.grantees[role] ?? []))")
        }
        lines.append("may hand in    \(Self.people(roles.ingest)), and every admin")
        lines.append(
            "gateway        \(gateway.map(\.description) ?? "nobody: no request is believed to be for another")")
        let missing = groupsNamed.filter { !groupExists($0) }
        for group in missing { lines.append("! no group \(group) on this machine: groupadd --system \(group)") }
        let strangers = unknownUsers(isKnown: userExists)
        for user in strangers { lines.append("! no such user on this machine: \(user)") }
        lines += stored
        var text = lines.map { "# \($0)\n" }.joined() + "\n" + render() + "\n"
        for key in keysWithoutEffect { text += "# \(key): \(ConfigurationChange.Effect.unused.text)\n" }
        text += "# The configuration is good: no mistake in \(file ?? "the defaults") or what it names"
        let gaps = [missing.isEmpty ? nil : "groups", strangers.isEmpty ? nil : "users"].compactMap { $0 }
        text += gaps.isEmpty ? ".\n" : "; \(gaps.joined(separator: " and ")) are missing, see above.\n"
        return text
    }

    private static func people(_ grantees: [Grantee]) -> String {
        grantees.isEmpty ? "nobody" : grantees.map(\.description).joined(separator: ", ")
    }

    /// Every group that is to let somebody in.
    private var groupsNamed: [String] {
        let named = (Role.allCases.flatMap { roles.grantees[$0] ?? [] } + roles.ingest).compactMap { grantee in
            if case .group(let name) = grantee { name } else { nil }
        }
        return Set(named + [groups.ingest, groups.readers]).sorted()
    }
}
