/// The parts of the configuration, by the names that their files have where nobody gives them others.
public enum ConfigurationFile: String, Sendable, CaseIterable {
    case daemon = "aurad.yaml"
    case rules = "rules.yaml"
    case exchangeRates = "fx.csv"
    case holidays = "holidays.csv"
    case environment
}

/// Configuration and rules were read at start.
public struct ConfigurationLoaded: Event {
    public static let kind = EventKind.configurationLoaded

    /// Risk rules in force.
    public let rules: Int

    public init(rules: Int) {
        self.rules = rules
    }

    public var message: SafeText { "configuration loaded: \(rules) rules" }

    public var fields: EventFields { [.rules: .count(rules)] }
}

/// Configuration and rules were read anew and are in force.
public struct ConfigurationReloaded: Event {
    public static let kind = EventKind.configurationReloaded

    /// Risk rules in force.
    public let rules: Int
    /// How long it took.
    public let duration: Duration

    public init(rules: Int, duration: Duration) {
        self.rules = rules
        self.duration = duration
    }

    public var message: SafeText { "configuration reloaded: \(rules) rules" }

    public var fields: EventFields {
        [.rules: .count(rules), .duration: .duration(duration)]
    }

    public var measurements: [EventMeasurement] { [.add(1, to: .configurationReloads, ["outcome": "accepted"])] }
}

/// A file of the configuration has an error. At a reload the former one stays in force.
public struct ConfigurationRejected: Event {
    public static let kind = EventKind.configurationRejected

    /// Which file.
    public let file: ConfigurationFile
    /// Where it is, as it was named; nil where there is none.
    public let path: SafeText?
    /// The line, from 1, where it is known.
    public let line: Int?
    /// What went wrong.
    public let errorCode: ErrorCode

    public init(file: ConfigurationFile, path: SafeText? = nil, line: Int? = nil, errorCode: ErrorCode) {
        self.file = file
        self.path = path
        self.line = line
        self.errorCode = errorCode
    }

    private var name: SafeText { path ?? SafeText(caseOf: file) }

    public var message: SafeText {
        if let line { return "\(name) line \(line) rejected: \(errorCode)" }
        return "\(name) rejected: \(errorCode)"
    }

    public var fields: EventFields {
        [
            .configuration: .text(name), .line: line.map { .count($0) },
            .errorCode: .text(errorCode.text),
        ]
    }

    public var measurements: [EventMeasurement] { [.add(1, to: .configurationReloads, ["outcome": "rejected"])] }
}
