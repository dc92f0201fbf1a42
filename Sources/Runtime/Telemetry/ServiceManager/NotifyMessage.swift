/// A message to the service manager: assignments, one per line (sd_notify(3)).
struct NotifyMessage: Sendable, Equatable {
    private(set) var text = ""

    init(_ assignments: KeyValuePairs<String, String>) {
        for (name, value) in assignments { append(name, value) }
    }

    /// A value is one line: what would begin another assignment becomes a space.
    mutating func append(_ name: String, _ value: String) {
        if !text.isEmpty { text += "\n" }
        text += "\(name)="
        for scalar in value.unicodeScalars {
            text.unicodeScalars.append(scalar.value < 0x20 || scalar.value == 0x7F ? " " : scalar)
        }
    }
}
