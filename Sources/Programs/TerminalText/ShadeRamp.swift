/// Shades from low to high for the cells of heat maps: colours where there are 256, otherwise characters.
enum ShadeRamp {
    /// How one cell is shaded.
    struct Shade: Hashable {
        /// The character that stands for the shade where there is no background.
        var character: String
        /// Background and a legible text colour on it; plain without 256 colours.
        var attributes: TextAttributes
    }

    // From dark blue over green to yellow: equal steps of lightness, also for colour-blind readers and in grey print.
    private static let palette: [UInt8] = [17, 18, 24, 30, 36, 71, 149, 220]
    private static let unicodeCharacters = ["·", "░", "▒", "▓", "█"]
    private static let asciiCharacters = [".", ":", "-", "=", "+", "*", "%", "#"]

    /// How many different shades there are.
    static func count(_ style: TerminalStyle) -> Int {
        if style.color == .ansi256 { return palette.count }
        return style.unicode ? unicodeCharacters.count : asciiCharacters.count
    }

    /// The shade of a share.
    ///
    /// - Parameter share: 0…1; limited to that range. The lowest shade is for exactly 0 if there are only characters,
    ///   so that nothing and little look different.
    static func shade(_ share: Double, _ style: TerminalStyle) -> Shade {
        let share = share.isNaN ? 0 : min(max(share, 0), 1)
        let count = count(style)
        guard style.color == .ansi256 else {
            let level = share == 0 ? 0 : min(count - 1, 1 + Int(share * Double(count - 1)))
            return Shade(
                character: (style.unicode ? unicodeCharacters : asciiCharacters)[level], attributes: .plain)
        }
        let level = min(count - 1, Int(share * Double(count)))
        return Shade(
            character: " ",
            attributes: TextAttributes(foreground: level < 5 ? 231 : 16, background: palette[level]))
    }

    /// The ramp from low to high, for legends.
    static func legend(_ style: TerminalStyle) -> StyledLine {
        var line = StyledLine()
        for level in 0..<count(style) {
            let share =
                style.color == .ansi256
                ? (Double(level) + 0.5) / Double(count(style)) : Double(level) / Double(count(style) - 1) - 1e-9
            let shade = shade(max(0, share), style)
            let isColored = shade.attributes.background != nil
            line.append(
                clean: isColored ? "  " : shade.character, width: isColored ? 2 : 1, shade.attributes)
        }
        return line
    }
}
