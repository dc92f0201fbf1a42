/// All series of one name as read at one instant, ready to be written out.
public struct MetricFamily: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case counter
        case gauge
        case histogram
    }

    public enum Value: Sendable, Equatable {
        case integer(Int64)
        /// Finite.
        case real(Double)
    }

    /// One line of the text.
    public struct Sample: Sendable, Equatable {
        /// What follows the family's name: empty, `_bucket`, `_sum`, `_count`.
        public let suffix: String
        public let labels: [MetricLabel]
        public let value: Value

        public init(suffix: String = "", labels: [MetricLabel] = [], value: Value) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    public let name: String
    public let help: String?
    public let kind: Kind
    public let samples: [Sample]

    public init(name: String, help: String?, kind: Kind, samples: [Sample]) {
        self.name = name
        self.help = help
        self.kind = kind
        self.samples = samples
    }
}

/// A label of a series.
public struct MetricLabel: Sendable, Hashable, Comparable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    public static func < (left: MetricLabel, right: MetricLabel) -> Bool {
        (left.name, left.value) < (right.name, right.value)
    }
}
