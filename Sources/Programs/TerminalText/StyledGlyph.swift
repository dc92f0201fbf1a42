/// One grapheme cluster of clean text with its attributes, for text of mixed looks that is going to be wrapped.
struct StyledGlyph: Hashable {
    var character: Character
    var attributes: TextAttributes

    /// The glyphs of clean text.
    static func glyphs(_ text: String, _ attributes: TextAttributes = .plain) -> [StyledGlyph] {
        text.map { StyledGlyph(character: $0, attributes: attributes) }
    }
}
