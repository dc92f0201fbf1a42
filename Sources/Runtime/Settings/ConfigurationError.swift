/// A place in a text file. Lines and columns count from 1; columns count Unicode scalars.
public struct FilePosition: Sendable, Hashable, Comparable {
    public var line: Int
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    public static func < (lhs: FilePosition, rhs: FilePosition) -> Bool {
        (lhs.line, lhs.column) < (rhs.line, rhs.column)
    }
}

/// One thing that is wrong with the configuration: where it stands, what was found and what is accepted.
public struct ConfigurationProblem: Sendable, Equatable, CustomStringConvertible {
    /// What is wrong, for callers that must tell problems apart; texts may change, these do not.
    public enum Kind: String, Sendable, CaseIterable {
        case syntax
        case unknownKey = "unknown_key"
        case duplicateKey = "duplicate_key"
        case missingKey = "missing_key"
        case wrongType = "wrong_type"
        case outOfRange = "out_of_range"
        case notAccepted = "not_accepted"
        /// Two values that are fine alone contradict each other.
        case conflict
        case missingFile = "missing_file"
        case unreadableFile = "unreadable_file"
        /// Stands for the problems beyond ``ConfigurationError/problemsPerFileMax``.
        case more
    }

    /// What of the configuration is wrong, whatever its file is named.
    public enum Part: String, Sendable, CaseIterable {
        case daemon = "aurad.yaml"
        case rules = "rules.yaml"
        case exchangeRates = "fx.csv"
        case holidays = "holidays.csv"
        case environment
    }

    public var kind: Kind
    public var part: Part
    /// The file as it was named, or ``environment``.
    public var file: String
    /// Nil where the problem is about the file as a whole or about an environment variable.
    public var position: FilePosition?
    /// `roles.viewer[0]`; the column of a table; the name of a variable; empty for a file as a whole.
    public var keyPath: String
    public var found: String
    public var expected: String
    /// What to do next, where that does not follow from `expected`.
    public var advice: String?

    /// Stands in ``file`` for the environment of the process.
    public static let environment = "environment"

    public init(
        kind: Kind, part: Part, file: String, position: FilePosition? = nil, keyPath: String = "", found: String,
        expected: String, advice: String? = nil
    ) {
        self.kind = kind
        self.part = part
        self.file = file
        self.position = position
        self.keyPath = keyPath
        self.found = found
        self.expected = expected
        self.advice = advice
    }

    /// One line: `FILE:LINE:COLUMN: KEY: found …, expected …; advice`.
    public var description: String {
        var text = file
        if let position { text += ":\(position.line):\(position.column)" }
        text += ": "
        if !keyPath.isEmpty { text += "\(keyPath): " }
        text += "found \(found), expected \(expected)"
        if let advice { text += "; \(advice)" }
        return text
    }
}

/// Everything that is wrong with the configuration, not only the first of it.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// In the order aurad.yaml, rules.yaml, fx.csv, holidays.csv, environment, and inside a file from top to bottom; never empty.
    public let problems: [ConfigurationProblem]

    /// A file that is wrong as a whole shows this many problems and the number of the others.
    public static let problemsPerFileMax = 100

    public init(problems: [ConfigurationProblem]) { self.problems = problems }

    /// One line for each problem.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
