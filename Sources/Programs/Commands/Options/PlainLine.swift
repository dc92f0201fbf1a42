/// A command line in its plainest form: positional words, `--name value` and flags, nothing repeated or abbreviated.
///
/// The full parser looks its options up by reflection, which takes longer than everything else a short command does.
/// This reader only ever says yes: a line with anything unusual in it is left to the full parser, which also words every
/// complaint.
struct PlainLine {
    private(set) var positionals: [String] = []
    private var values: [String: String] = [:]
    private var flags: Set<String> = []

    /// The parts of a line; nil when it is not a plain one.
    ///
    /// - Parameters:
    ///   - valueNames: options that take a value, with their dashes.
    ///   - flagNames: options that take none.
    init?(_ words: some Sequence<String>, valueNames: Set<String>, flagNames: Set<String>) {
        var rest = words.makeIterator()
        while let word = rest.next() {
            if word.utf8.first != UInt8(ascii: "-") {
                positionals.append(word)
            } else if flagNames.contains(word) {
                flags.insert(word)
            } else {
                guard valueNames.contains(word), values[word] == nil, let value = rest.next(), !value.isEmpty,
                    value.utf8.first != UInt8(ascii: "-")
                else { return nil }
                values[word] = value
            }
        }
    }

    func has(_ flag: String) -> Bool { flags.contains(flag) }

    func text(_ name: String) -> String? { values[name] }

    /// The value of an option that reads it in its own way; nil inside when it was not given, nil when it is unreadable.
    func value<Value>(_ name: String, _ read: (String) -> Value?) -> Value?? {
        guard let text = values[name] else { return .some(nil) }
        return read(text).map { .some($0) }
    }
}

extension ConnectionOptions {
    static let plainValueNames: Set<String> = ["--socket", "--timeout"]

    init?(_ line: PlainLine) {
        guard let seconds = line.value("--timeout", { Double($0) }) else { return nil }
        self.init()
        socket = line.text("--socket")
        timeoutSeconds = seconds
        guard (try? validate()) != nil else { return nil }
    }
}

extension OutputOptions {
    static let plainValueNames: Set<String> = ["-o", "--output"]
    static let plainFlagNames: Set<String> = ["--no-color", "--raw"]

    init?(_ line: PlainLine) {
        guard line.text("-o") == nil || line.text("--output") == nil,
            let format = line.value(line.text("-o") == nil ? "--output" : "-o", OutputFormat.init(rawValue:))
        else { return nil }
        self.init()
        self.format = format ?? .table
        withoutColor = line.has("--no-color")
        raw = line.has("--raw")
    }
}

extension AsOfOptions {
    static let plainValueNames: Set<String> = ["--as-of"]

    init?(_ line: PlainLine) {
        guard let day = line.value("--as-of", DayArgument.init(argument:)) else { return nil }
        self.init()
        self.day = day
    }
}

extension ClientShow {
    /// The command of a plain line: the words after `client`.
    init?(plain words: some Sequence<String>) {
        let valueNames = ConnectionOptions.plainValueNames.union(OutputOptions.plainValueNames)
            .union(AsOfOptions.plainValueNames).union(["--timeline"])
        guard let line = PlainLine(words, valueNames: valueNames, flagNames: OutputOptions.plainFlagNames),
            line.positionals.count == 1, let connection = ConnectionOptions(line), let output = OutputOptions(line),
            let asOf = AsOfOptions(line), let timeline = line.value("--timeline", { Int($0) })
        else { return nil }
        self.init()
        customerID = line.positionals[0]
        self.timeline = timeline
        self.connection = connection
        self.output = output
        self.asOf = asOf
    }
}
