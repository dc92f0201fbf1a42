import Gold
import Records

/// What the status says where the data does not tell who has logged in: once, for nothing that is shown of a client does.
enum LoginNotice {
    static let code = "logins_not_measured"

    /// Types that are named, and how much is shown of each.
    private static let typesMax = 5
    private static let typeLengthMax = 40

    /// Nil where there is nothing to say: logins are measured, or the operator has said that there are none.
    static func text(_ measurement: LoginMeasurement, _ silver: SilverTables, _ settings: GoldSettings) -> String? {
        guard !settings.loginEvents.isEmpty else { return nil }
        let configured = settings.loginEvents.sorted().map(shown).joined(separator: ", ")
        let types = "of a type in login_events (\(configured))"
        let what: String? =
            switch measurement {
            case .measured: nil
            case .never: "no event in the data is \(types)"
            case .hardlyAny(let clients, let count): "only \(clients) of \(count) clients ever had an event \(types)"
            case .ended(let lastDay, let clients):
                "no event since \(lastDay) is \(types), though \(clients) clients were seen within 30 days"
            }
        guard let what else { return nil }
        let frequent = FrequentEventTypes.find(silver, count: typesMax).map(shown).joined(separator: ", ")
        return "\(what): days since the last login, and the rules and features that read them, are unknown for every "
            + "client. Name what stands for a login under login_events in aurad.yaml, or say \"login_events: []\" if "
            + "nothing does\(frequent.isEmpty ? "" : "; most frequent in the data: \(frequent)")"
    }

    private static func shown(_ type: String) -> String {
        type.count > typeLengthMax ? "\(type.prefix(typeLengthMax))…" : type
    }
}
