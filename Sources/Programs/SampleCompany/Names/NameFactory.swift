/// Invents firms and the people to talk to there.
struct NameFactory: Sendable {
    struct Identity: Sendable {
        let firm: String
        let contact: String
        /// `F`, `M`, `X` or empty when unknown.
        let gender: String
        let email: String
    }

    private static let legalForms: [String: [String]] = [
        "US": ["Inc.", "LLC", "Corp.", "Co."], "CA": ["Inc.", "Ltd."], "GB": ["Ltd", "plc", "LLP", "Limited"],
        "IE": ["Ltd", "DAC"], "DE": ["GmbH", "AG", "KG", "GmbH & Co. KG"], "AT": ["GmbH", "AG"],
        "FR": ["SARL", "SAS", "SA"], "ES": ["S.L.", "S.A."], "IT": ["S.r.l.", "S.p.A."], "NL": ["B.V.", "N.V."],
        "PL": ["Sp. z o.o.", "S.A."], "AE": ["FZ-LLC", "LLC"], "ZA": ["(Pty) Ltd"], "JP": ["K.K.", "G.K."],
        "IN": ["Pvt. Ltd.", "Ltd."], "SG": ["Pte. Ltd."], "AU": ["Pty Ltd"], "BR": ["Ltda.", "S.A."],
        "MX": ["S.A. de C.V.", "S. de R.L."],
    ]

    static func identity(client: Client, seed: UInt64) -> Identity {
        var stream = RandomStream(seed: seed, concern: .name, entity: client.index)
        let country = Country.all[client.country]
        let table = NameTable.table(of: country.culture)
        let firm = firmName(country: country, table: table, stream: &stream)
        let isFemale = stream.chance(0.5)
        // Some people work abroad.
        let personTable =
            stream.chance(0.1) ? NameTable.table(of: stream.pick(Culture.allCases)) : table
        let first = stream.pick(isFemale ? personTable.female : personTable.male)
        let last = stream.pick(personTable.family)
        let genderDraw = stream.unit()
        let gender = genderDraw < 0.06 ? "" : genderDraw < 0.08 ? "X" : isFemale ? "F" : "M"
        let host = slug(firm.core, limit: 24)
        let domain = stream.pick(["example.com", "example.com", "example.net", "example.org"])
        return Identity(
            firm: firm.name, contact: first + " " + last, gender: gender,
            email: slug(first, limit: 16) + "." + slug(last, limit: 20) + "@" + host + "." + domain)
    }

    private static func firmName(
        country: Country, table: NameTable, stream: inout RandomStream
    ) -> (name: String, core: String) {
        let legal = stream.pick(legalForms[country.code] ?? ["Ltd."])
        let trade = stream.pick(table.trades)
        let coined = coinedWord(table: table, stream: &stream)
        let family = stream.pick(table.family)
        switch stream.unit() {
        case ..<0.34: return ("\(coined) \(trade) \(legal)", coined)
        case ..<0.5: return ("\(coined) \(legal)", coined)
        case ..<0.64: return ("\(family) \(trade) \(legal)", family)
        case ..<0.72: return ("\(family) & \(coined) \(legal)", family + " " + coined)
        case ..<0.8:
            // Only in English a comma stands before the legal form.
            return ("\(coined) \(trade)\(country.culture == .english ? "," : "") \(legal)", coined)
        case ..<0.86:
            let others = table.family.filter { $0 != family }
            let second = stream.pick(others)
            return ("\(family), \(second) \(partners(country.culture))", family + " " + second)
        case ..<0.9: return ("\"\(coined)\" \(trade) \(legal)", coined)
        case ..<0.94: return ("\(family) \(trade) (\(country.code))", family)
        default: return ("\(coined)\(1 + stream.below(99)) \(trade)", coined)
        }
    }

    private static func partners(_ culture: Culture) -> String {
        switch culture {
        case .german: "& Partner"
        case .french: "& Associés"
        case .spanish: "y Asociados"
        case .portuguese: "e Associados"
        case .italian: "e Associati"
        case .dutch: "& Vennoten"
        case .polish: "i Wspólnicy"
        case .english, .japanese, .indian, .arabic: "& Partners"
        }
    }

    private static func coinedWord(table: NameTable, stream: inout RandomStream) -> String {
        let head = stream.pick(table.heads)
        let tail = stream.pick(table.tails)
        if stream.chance(0.35) {
            // A second syllable in between makes words that nobody has seen.
            let middle = stream.pick(["a", "e", "i", "o", "al", "en", "or", "is", "um", "el", "ar", "on"])
            return head + middle + tail
        }
        return head + tail
    }

    /// Lower-case ASCII letters and digits, words joined by hyphens.
    static func slug(_ text: String, limit: Int) -> String {
        var slug = ""
        var pendingHyphen = false
        for scalar in text.lowercased().unicodeScalars {
            let folded = foldedLetter(scalar)
            if folded.isEmpty {
                pendingHyphen = !slug.isEmpty
                continue
            }
            if slug.utf8.count + folded.utf8.count + (pendingHyphen ? 1 : 0) > limit { break }
            if pendingHyphen { slug += "-" }
            pendingHyphen = false
            slug += folded
        }
        return slug.isEmpty ? "client" : slug
    }

    private static func foldedLetter(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "a"..."z", "0"..."9": String(Character(scalar))
        case "à", "á", "â", "ã", "å", "ą": "a"
        case "ä": "ae"
        case "ç", "ć": "c"
        case "è", "é", "ê", "ë", "ę": "e"
        case "ì", "í", "î", "ï": "i"
        case "ł": "l"
        case "ñ", "ń": "n"
        case "ò", "ó", "ô", "õ": "o"
        case "ö": "oe"
        case "œ": "oe"
        case "ś": "s"
        case "ß": "ss"
        case "ù", "ú", "û": "u"
        case "ü": "ue"
        case "ÿ": "y"
        case "ź", "ż": "z"
        default: ""
        }
    }
}
