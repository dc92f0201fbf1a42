/// The parts of the configuration.
public enum ConfigurationFile: String, Sendable, CaseIterable {
    case daemon = "aurad.yaml"
    case rules = "rules.yaml"
    case playbooks
    case exchangeRates = "fx.csv"
    case mappings
    case environment
}

/// Configuration, rules and playbooks were read at start.
public struct ConfigurationLoaded: Event {
    public static let kind = EventKind.configurationLoaded

    /// Risk rules in force.
    public let rules: Int
    /// Playbooks in force.
    public let playbooks: Int

    public init(rules: Int, playbooks: Int) {
        self.rules = rules
        self.playbooks = playbooks
    }

    public var message: SafeText { "configuration loaded: \(rules) rules, \(playbooks) playbooks" }

    public var fields: EventFields { [.rules: .count(rules), .playbooks: .count(playbooks)] }
}

/// Configuration, rules and playbooks were read anew and are in force.
public struct ConfigurationReloaded: Event {
    public static let kind = EventKind.configurationReloaded

    /// Risk rules in force.
    public let rules: Int
    /// Playbooks in force.
    public let playbooks: Int
    /// How long it took.
    public let duration: Duration

    public init(rules: Int, playbooks: Int, duration: Duration) {
        self.rules = rules
        self.playbooks = playbooks
        self.duration = duration
    }

    public var message: SafeText { "configuration reloaded: \(rules) rules, \(playbooks) playbooks" }

    public var fields: EventFields {
        [
            .rules: .count(rules), .playbooks: .count(playbooks), .duration: .duration(duration),
        ]
    }

    public var measurements: [EventMeasurement] { [.add(1, to: .configurationReloads, ["outcome": "accepted"])] }
}

/// A file of the configuration has an error. At a reload the former one stays in force.
public struct ConfigurationRejected: Event {
    public static let kind = EventKind.configurationRejected

    /// Which file.
    public let file: ConfigurationFile
    /// The line, from 1, where it is known.
    public let line: Int?
    /// What went wrong.
    public let errorCode: ErrorCode

    public init(file: ConfigurationFile, line: Int? = nil, errorCode: ErrorCode) {
        self.file = file
        self.line = line
        self.errorCode = errorCode
    }

    public var message: SafeText {
        if let line { return "\(SafeText(caseOf: file)) line \(line) rejected: \(errorCode)" }
        return "\(SafeText(caseOf: file)) rejected: \(errorCode)"
    }

    public var fields: EventFields {
        [
            .configuration: .text(SafeText(caseOf: file)), .line: line.map { .count($0) },
            .errorCode: .text(errorCode.text),
        ]
    }

    public var measurements: [EventMeasurement] { [.add(1, to: .configurationReloads, ["outcome": "rejected"])] }
}
