internal import Contract
internal import TerminalText

/// An answer for people as it grows, line by line.
struct ReportPage {
    let style: TerminalStyle
    let number: HumanNumber
    /// Seconds since 1970-01-01 UTC, for ages.
    let now: Double
    private(set) var lines: [StyledLine] = []

    init(_ style: TerminalStyle, now: Double) {
        self.style = style
        self.now = now
        number = HumanNumber(style)
    }

    var encoded: [UInt8] { lines.encoded(style) }

    mutating func add(_ block: some TerminalRenderable) { lines += block.lines(style) }

    /// A line of several styles; where it is too long it wraps and loses them.
    mutating func add(_ line: StyledLine) {
        if let width = style.width, line.width > width {
            text(line.text, hanging: 2)
        } else {
            lines.append(line)
        }
    }

    mutating func add(_ lines: [StyledLine]) { self.lines += lines }

    /// A line of text that wraps.
    mutating func text(_ text: String, _ role: TextRole = .normal, indentation: Int = 0, hanging: Int? = nil) {
        add(WrappedText(text, TextAttributes(role), indentation: indentation, hangingIndentation: hanging))
    }

    /// The heading of a part, with an empty line before it.
    mutating func heading(_ title: String) {
        if !lines.isEmpty { lines.append(StyledLine()) }
        text(title, .strong)
    }

    mutating func blank() { lines.append(StyledLine()) }

    /// What every page of data ends with: the day and the generation it was answered from.
    /// What a reader has to know before the figures: feeds that have stopped coming.
    mutating func notices(_ result: Answer) {
        let texts = Self.notices(of: result)
        for text in texts { self.text("! " + text, .warning, hanging: 2) }
        if !texts.isEmpty { blank() }
    }

    static func notices(of result: Answer) -> [String] {
        result[ifSaid: "stale"].elements.compactMap { $0[ifSaid: "text"].stringValue }
    }

    mutating func origin(_ result: Answer, _ remarks: [String] = []) {
        var parts = remarks
        if let day = result[ifSaid: "as_of"].stringValue { parts.append("as of \(day)") }
        if let currency = result[ifSaid: "currency"].stringValue { parts.append("amounts in \(currency)") }
        if let snapshot = result[ifSaid: "snapshot"].stringValue { parts.append("snapshot \(snapshot)") }
        if !parts.isEmpty { text(parts.joined(separator: ", "), .muted) }
    }

    // MARK: Values

    /// As ``shown(_:)``, for what files bring: whatever is longer than anybody reads in a line of others is cut.
    func brief(_ value: Answer) -> String { ReportPage.cut(shown(value)) }

    static func cut(_ text: String) -> String {
        let head = text.prefix(briefMax)
        return head.endIndex == text.endIndex ? text : head.dropLast() + "…"
    }

    /// Characters of a name or another attribute of a client.
    private static let briefMax = 100

    /// A text, or the sign for unknown.
    func shown(_ value: Answer) -> String {
        switch value.value {
        case .null: number.unknown
        case .string(let text): text.isEmpty ? number.unknown : text
        case .bool(let flag): flag ? "yes" : "no"
        case .integer, .double: number.decimal(value.doubleValue, fractionDigits: value.int == nil ? 2 : 0)
        case .array, .object: String(decoding: JSONWriter.bytes(of: value.value), as: UTF8.self)
        }
    }

    func integer(_ value: Answer) -> String {
        value.int.map { number.integer($0) } ?? number.decimal(value.doubleValue, fractionDigits: 0)
    }

    /// How long ago an instant was.
    func age(_ instant: Answer) -> String {
        guard let text = instant.stringValue else { return number.unknown }
        guard let seconds = CalendarText.seconds(instant: text) else { return text }
        return number.age(seconds: now - seconds)
    }

    /// How long it is until an instant; one that has just passed is `now`.
    func wait(_ instant: Answer) -> String {
        guard let text = instant.stringValue, let seconds = CalendarText.seconds(instant: text) else {
            return age(instant)
        }
        let left = seconds - now
        return left.magnitude < 1 ? "now" : left > 0 && left < 45 ? "in \(Int(left)) s" : age(instant)
    }

    func duration(milliseconds: Answer) -> String {
        number.duration(seconds: milliseconds.doubleValue.map { $0 / 1_000 })
    }

    /// A money amount: whole units where cents do not matter.
    func amount(_ value: Answer) -> String { amount(value.doubleValue) }

    func amount(_ value: Double?) -> String {
        number.decimal(value, fractionDigits: (value?.magnitude ?? 0) >= 1_000 ? 0 : 2)
    }

    /// A number of days: `12 d`.
    func days(_ value: Answer) -> String { value.int == nil ? number.unknown : integer(value) + " d" }
}
