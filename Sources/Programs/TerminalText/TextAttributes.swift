/// What a piece of text means. The colour follows from it; the meaning must also be in the words, because colours
/// are not always there.
public enum TextRole: UInt8, Sendable, Hashable, CaseIterable {
    /// Ordinary text.
    case normal
    /// A good value.
    case good
    /// A value that deserves a look.
    case warning
    /// A value that demands action.
    case bad
    /// Secondary text: rules, units, notes.
    case muted
    /// Emphasised text: titles, totals.
    case strong
    /// Something that can be opened: an address or a command.
    case link
    /// Text quoted from code or a command line.
    case code
    /// Measured values in a chart.
    case history
    /// Predicted values in a chart.
    case forecast
    /// A first further series in a chart.
    case secondary
    /// The selected item of a full-screen view.
    case selected
}

/// How a piece of text looks: its role, and where a palette is at hand the colours of a shaded cell.
public struct TextAttributes: Sendable, Hashable {
    /// The meaning of the text.
    public var role: TextRole
    /// Whether the text is bold besides what its role says.
    public var isBold: Bool
    /// Whether the text is in italics where the terminal has them.
    public var isItalic: Bool
    /// Index of the text colour in the 256-colour palette; replaces the colour of the role. Used with `.ansi256` only.
    public var foreground: UInt8?
    /// Index of the background colour in the 256-colour palette. Used with `.ansi256` only.
    public var background: UInt8?

    /// Attributes by their parts.
    public init(
        _ role: TextRole = .normal, isBold: Bool = false, isItalic: Bool = false, foreground: UInt8? = nil,
        background: UInt8? = nil
    ) {
        self.role = role
        self.isBold = isBold
        self.isItalic = isItalic
        self.foreground = foreground
        self.background = background
    }

    /// Ordinary text.
    public static let plain = TextAttributes()

    /// The parameters of the SGR sequence that selects these attributes (ECMA-48, 8.3.117), without the leading reset;
    /// empty for plain text and without colours.
    func sgrParameters(_ depth: TerminalStyle.ColorDepth) -> String {
        guard depth != .none else { return "" }
        var parameters = isBold && role != .strong ? "1" : ""
        func add(_ parameter: String) {
            guard !parameter.isEmpty else { return }
            parameters += parameters.isEmpty ? parameter : ";" + parameter
        }
        if isItalic { add("3") }
        let isPalette = depth == .ansi256
        if isPalette, let foreground {
            add("38;5;\(foreground)")
        } else {
            add(isPalette ? Self.paletteParameters(role) : Self.basicParameters(role))
        }
        if isPalette, let background { add("48;5;\(background)") }
        return parameters
    }

    private static func basicParameters(_ role: TextRole) -> String {
        switch role {
        case .normal: ""
        case .good: "32"
        case .warning: "33"
        case .bad: "31"
        case .muted: "90"
        case .strong: "1"
        case .link: "4;36"
        case .code: "36"
        case .history: "36"
        case .forecast: "35"
        case .secondary: "33"
        case .selected: "7"
        }
    }

    /// Tones that are legible on dark and on light backgrounds alike.
    private static func paletteParameters(_ role: TextRole) -> String {
        switch role {
        case .normal: ""
        case .good: "38;5;35"
        case .warning: "38;5;172"
        case .bad: "38;5;196"
        case .muted: "38;5;244"
        case .strong: "1"
        case .link: "4;38;5;32"
        case .code: "38;5;37"
        case .history: "38;5;32"
        case .forecast: "38;5;170"
        case .secondary: "38;5;172"
        case .selected: "7"
        }
    }
}
