/// What the place the text goes to can show: how wide it is, which colours, which characters.
///
/// Every renderer of this module is a function of its values and one of these.
public struct TerminalStyle: Sendable, Hashable {
    /// How many colours may be used.
    public enum ColorDepth: UInt8, Sendable, Hashable, CaseIterable {
        /// No escape sequences at all.
        case none
        /// The 16 colours every terminal has (SGR 30–37 and 90–97).
        case ansi16
        /// The 256-colour palette (SGR 38;5 and 48;5), needed for shaded tables.
        case ansi256
    }

    /// Columns that may be used; `nil` when the text does not go to a terminal, and then nothing is shortened or
    /// wrapped.
    public var width: Int?
    /// The colours that may be used.
    public var color: ColorDepth
    /// Whether characters beyond ASCII may be written. When false the output is ASCII whatever the data holds.
    public var unicode: Bool

    /// A style by its three properties. A width below 1 counts as 1.
    public init(width: Int?, color: ColorDepth, unicode: Bool) {
        self.width = width.map { max(1, $0) }
        self.color = color
        self.unicode = unicode
    }

    /// Uncoloured UTF-8 of any length: what a pipe or a file gets.
    public static let plain = TerminalStyle(width: nil, color: .none, unicode: true)

    /// The columns for what needs a definite width, such as a plot: the given width, or 80.
    public var columns: Int { width ?? 80 }

    /// Chooses a style from a process environment, following the customs of Unix terminals.
    ///
    /// - Parameters:
    ///   - environment: the variables of the process. `NO_COLOR` (when not empty) and `TERM=dumb` turn colours off;
    ///     `COLORTERM` or a `TERM` with `256color` or `direct` in it allows 256; the first of `LC_ALL`, `LC_CTYPE`,
    ///     `LANG` that is not empty decides about characters beyond ASCII.
    ///   - isTerminal: whether the output is a terminal; if not there is neither colour nor width.
    ///   - columns: the width the terminal reports, if it does (otherwise `COLUMNS`, otherwise 80).
    ///   - colorAllowed: false for `--no-color`.
    public init(environment: [String: String], isTerminal: Bool, columns: Int?, colorAllowed: Bool = true) {
        let locale =
            ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "C"
        let foldedLocale = locale.lowercased()
        let term = environment["TERM"] ?? ""

        var depth = ColorDepth.none
        if isTerminal, colorAllowed, (environment["NO_COLOR"] ?? "").isEmpty, term != "dumb", !term.isEmpty {
            let isRich =
                !(environment["COLORTERM"] ?? "").isEmpty || term.contains("256color") || term.contains("direct")
            depth = isRich ? .ansi256 : .ansi16
        }
        var width: Int?
        if isTerminal {
            let reported = [columns, environment["COLUMNS"].flatMap { Int($0) }]
            width = reported.lazy.compactMap { $0 }.first { $0 > 0 } ?? 80
        }
        self.init(
            width: width, color: depth, unicode: foldedLocale.contains("utf-8") || foldedLocale.contains("utf8"))
    }
}
