/// The language area from which the names of people and firms come.
enum Culture: CaseIterable, Sendable {
    case english, german, french, spanish, portuguese, italian, dutch, polish, japanese, indian, arabic
}

/// The words from which the names of one culture are made. All people and firms are invented.
struct NameTable: Sendable {
    let female: [String]
    let male: [String]
    let family: [String]
    /// Lines of business, as they stand in a firm's name.
    let trades: [String]
    /// Syllables of made-up words: beginnings and endings.
    let heads: [String]
    let tails: [String]

    init(female: String, male: String, family: String, trades: String, heads: String, tails: String) {
        self.female = NameTable.words(female)
        self.male = NameTable.words(male)
        self.family = NameTable.words(family)
        self.trades = NameTable.words(trades)
        self.heads = NameTable.words(heads)
        self.tails = NameTable.words(tails)
    }

    /// Words are separated by blanks; an underscore stands for a blank inside one.
    private static func words(_ text: String) -> [String] {
        text.split(separator: " ").map { word in
            String(word.map { $0 == "_" ? " " : $0 })
        }
    }
}
