internal import TerminalText

/// How far a long operation is, on the errors: a line that repaints itself on a terminal, and plain lines now and then
/// otherwise.
final class ProgressLine {
    private let console: Console
    private let style: TerminalStyle
    private let isLive: Bool
    private var isShown = false
    private var lastPaint: Double
    private var lastPlainText = ""

    /// Repaints are a tenth of a second apart at least, plain lines ten seconds.
    private static let liveIntervalSeconds = 0.1
    private static let plainIntervalSeconds = 10.0

    init(_ console: Console, style: TerminalStyle) {
        self.console = console
        self.style = style
        isLive = console.errors.isTerminal && console.environment["TERM"] != "dumb"
        // What takes no time needs no line.
        lastPaint = console.now
    }

    /// Shows a state.
    ///
    /// - Parameter isNews: whether it is worth a plain line of its own.
    func show(_ bar: ProgressBar, isNews: Bool = false) {
        let elapsed = console.now - lastPaint
        if isLive {
            guard isNews || elapsed >= Self.liveIntervalSeconds else { return }
            lastPaint = console.now
            paint { bar.line($0) }
        } else if isNews || elapsed >= Self.plainIntervalSeconds {
            lastPaint = console.now
            plain(bar.line(style).text)
        }
    }

    /// Shows a line of text.
    func show(_ text: String) {
        guard isLive else { return plain(text) }
        paint { WrappedText(text, TextAttributes(.muted)).lines($0).first }
    }

    private func paint(_ line: (TerminalStyle) -> StyledLine?) {
        // The last column would make some terminals wrap.
        var narrow = style
        narrow.width = max(1, style.columns - 1)
        var bytes = Array("\r".utf8) + [line(narrow) ?? StyledLine()].encoded(narrow)
        // The cursor stays on the line.
        if bytes.last == 0x0A { bytes.removeLast() }
        isShown = true
        console.writeMessage(bytes + Array("\u{1B}[K".utf8))
    }

    private func plain(_ text: String) {
        guard text != lastPlainText else { return }
        lastPlainText = text
        console.complain(text)
    }

    /// Takes the line away: what follows says how it ended.
    func clear() {
        guard isShown else { return }
        isShown = false
        console.writeMessage(Array("\r\u{1B}[K".utf8))
    }
}
