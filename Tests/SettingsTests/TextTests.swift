import Testing

@testable import Settings

@Suite struct TextTests {
    // MARK: Numbers

    @Test(arguments: [("0", 0), ("-5", -5), ("+7", 7), ("1_000", 1000), ("9223372036854775807", Int.max)])
    func integers(_ text: String, _ number: Int) { #expect(NumberText.integer(text) == number) }

    @Test(arguments: ["", "-", "01", "1_", "_1", "1.0", "0x10", "1e3", " 1", "１", "9223372036854775808"])
    func noIntegers(_ text: String) { #expect(NumberText.integer(text) == nil) }

    @Test(arguments: [("0.5", 0.5), ("-2", -2), ("1e-06", 1e-6), ("+1.5E2", 150), ("007", 7)])
    func decimals(_ text: String, _ number: Double) { #expect(NumberText.decimal(text) == number) }

    @Test(arguments: ["", ".5", "5.", "1e", "e5", "nan", "inf", ".inf", "0x1p3", "1e999", "1,5", "1 "])
    func noDecimals(_ text: String) { #expect(NumberText.decimal(text) == nil) }

    @Test(arguments: [("0", 0), ("16 MiB", 16 << 20), ("1GiB", 1 << 30), ("64 KiB", 65_536), ("1000", 1000)])
    func bytes(_ text: String, _ count: Int) {
        #expect(NumberText.bytes(text) == count)
        #expect(NumberText.bytes(NumberText.byteText(count)) == count)
    }

    @Test(arguments: ["MiB", "1.5 MiB", "1 MB", "1  MiB", "9223372036854775807 GiB", "x KiB"])
    func noBytes(_ text: String) { #expect(NumberText.bytes(text) == nil) }

    // MARK: Names

    @Test(arguments: [
        ("roels", "roles"), ("as-of", "as_of"), ("Base Currency", "base_currency"),
        ("chatbot_timeout", "chatbot_timeout_seconds"),
        ("contract_term", "contract_terms"), ("data_refresh_minuets", "data_refresh_minutes"),
    ])
    func slipsAreUnderstood(_ name: String, _ meant: String) {
        let names = [
            "roles", "rules", "as_of", "base_currency", "chatbot_timeout_seconds", "contract_terms",
            "data_refresh_minutes",
        ]
        #expect(NearestName.find(name, in: names) == meant)
    }

    @Test func whatIsFarIsNotSuggested() {
        #expect(NearestName.find("zebra", in: ["roles", "rules"]) == nil)
        #expect(NearestName.find("", in: ["roles"]) == nil)
        #expect(NearestName.advice("x", in: []) == nil)
    }

    @Test func distanceIsAMetricOnSamples() {
        let words = ["", "a", "ab", "ba", "roles", "roels", "rules"].map { Array($0.utf8) }
        for a in words {
            #expect(NearestName.distance(a, a) == 0)
            for b in words {
                #expect(NearestName.distance(a, b) == NearestName.distance(b, a))
                #expect((NearestName.distance(a, b) == 0) == (a == b))
            }
        }
        #expect(NearestName.distance(Array("roles".utf8), Array("roels".utf8)) == 1)
    }

    // MARK: Wording

    @Test func messagesStayOnOneLine() {
        #expect(Wording.quoted("a\"b\\c\nd\re\tf\u{0}\u{202E}") == #""a\"b\\c\nd\re\tf\u{0}\u{202e}""#)
        #expect(Wording.quoted(String(repeating: "x", count: 200)).unicodeScalars.count == 83)
        #expect(Wording.alternatives([]) == "nothing")
        #expect(Wording.alternatives(["a"]) == "a")
        #expect(Wording.alternatives(["a", "b", "c"]) == "a, b or c")
        #expect(Wording.keyPath("regions", "NORTH AMERICA") == "regions[\"NORTH AMERICA\"]")
        #expect(Wording.keyPath("", "") == "[\"\"]")
    }

    @Test(arguments: [
        "basic", "a b", "yes", "null", "", " a", "a ", "1", "1.5", "*@*.*", "a: b", "#x", "ä", "\"", "\\", "a\nb",
        "[x]",
        "~", "user:anna", "2020-01-01", "\u{E000}", "\u{7F}", "é\u{301}", "/etc/x y", "-a", "true",
    ])
    func yamlTextReadsBack(_ text: String) throws {
        var problems = ProblemList(.daemon, file: "x")
        let root = YAMLDocument.parse("k: [\(YAMLText.scalar(text))]\n", problems: &problems)
        #expect(problems.isEmpty)
        guard case .mapping(let members) = try #require(root).content,
            case .list(let list) = try #require(members.first).value.content
        else {
            Issue.record("not a list")
            return
        }
        #expect(list.first?.text == text)
    }

    // MARK: Paths

    @Test func pathsAreRelativeToTheFile() {
        #expect(FilePath.directory(of: "/etc/aura/aurad.yaml") == "/etc/aura")
        #expect(FilePath.directory(of: "/aurad.yaml") == "/")
        #expect(FilePath.directory(of: "aurad.yaml") == ".")
        #expect(FilePath.resolve("fx.csv", in: "/") == "/fx.csv")
        #expect(FilePath.resolve("././fx.csv", in: "/etc") == "/etc/fx.csv")
        #expect(FilePath.resolve(".", in: "/etc") == "/etc")
        #expect(FilePath.resolve("/x", in: "/etc") == "/x")
    }

    // MARK: Countries

    @Test func everyCountryHasOneRegion() {
        var keys: Set<String> = []
        var codes: Set<String> = []
        for (_, countries) in CountryTable.regions {
            for country in countries {
                #expect(country.code.utf8.count == 2 && country.code == country.code.uppercased())
                #expect(codes.insert(country.code).inserted)
                #expect(!country.names.isEmpty)
                for key in CountryTable.keys(of: country) { #expect(keys.insert(key).inserted, "\(key) twice") }
            }
        }
        // The 249 codes of ISO 3166-1 without Antarctica, and Kosovo.
        #expect(codes.count == 249)
        #expect(keys == Set(CountryTable.regionOfCountry.keys))
    }

    @Test(arguments: [
        ("Germany", "EMEA"), ("DE", "EMEA"), ("UK", "EMEA"), ("United States", "NA"), ("us", "NA"), ("Brazil", "LATAM"),
        ("Mexico", "LATAM"), ("Japan", "APAC"), ("India", "APAC"), ("South Africa", "EMEA"),
        ("United Arab Emirates", "EMEA"),
        ("Côte d'Ivoire", "EMEA"), ("Ivory Coast", "EMEA"), ("Türkiye", "EMEA"), ("Korea, Republic of", "APAC"),
    ])
    func regionsOfWellKnownCountries(_ country: String, _ region: String) {
        #expect(CountryTable.regionOfCountry[country.lowercased()] == region)
    }
}
