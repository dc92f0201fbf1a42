import Logging

/// One entry of the log, gathered from the logger, its metadata and the event, before it is written somewhere.
struct LogRecord: Sendable {
    struct Field: Sendable, Equatable {
        /// Valid as the name of a field of the journal.
        let journalName: String
        /// For people.
        let shortName: String
        let value: String
    }

    /// Fields beyond these are left out.
    static let fieldsMax = 96

    let level: Logger.Level
    let label: String
    let message: String
    /// Set when the entry reports an event of the closed set.
    let kind: EventKind?
    /// Event fields in their order, then the others by name.
    let fields: [Field]
    let file: String
    let function: String
    let line: UInt

    /// - Parameters:
    ///   - metadata: the logger's own; the entry's win over it.
    ///   - showsErrorText: the text of a thrown error may quote data, its type may not: the text is shown only to an
    ///     operator who asked for details.
    init(_ event: LogEvent, label: String, metadata: Logger.Metadata, showsErrorText: Bool) {
        level = event.level
        self.label = label
        message = TextSafety.capped(event.message.description, bytesMax: TextSafety.messageBytesMax)
        file = event.file
        function = event.function
        line = event.line

        var kind: EventKind?
        var known: [(rank: Int, field: Field)] = []
        var others: [Field] = []
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
            if case .stringConvertible(let content) = value {
                if key == EventLog.kindKey, let eventKind = content as? EventKind {
                    kind = eventKind
                    continue
                }
                if content is EventValue, let (field, rank) = EventField.byShortName[key] {
                    known.append(
                        (rank, Field(journalName: field.rawValue, shortName: key, value: content.description)))
                    continue
                }
            }
            Self.flatten(key, value, depth: 0, into: &others)
        }
        if let error = event.error {
            others.append(Self.field("error.type", String(reflecting: type(of: error))))
            if showsErrorText { others.append(Self.field("error.text", String(describing: error))) }
        }
        // Values are sorted too, so that a list's order does not depend on the dictionary's.
        let ordered = others.sorted { ($0.shortName, $0.value) < ($1.shortName, $1.value) }
        self.kind = kind
        fields = Array((known.sorted { $0.rank < $1.rank }.map(\.field) + ordered).prefix(Self.fieldsMax))
    }

    /// Dictionaries become fields with dotted names; the elements of a list become fields of one name, which the
    /// journal allows.
    private static func flatten(_ key: String, _ value: Logger.MetadataValue, depth: Int, into fields: inout [Field]) {
        guard depth < 8, fields.count < 2 * fieldsMax else { return }
        switch value {
        case .string(let text): fields.append(field(key, text))
        case .stringConvertible(let content): fields.append(field(key, content.description))
        case .dictionary(let members):
            for (name, member) in members { flatten("\(key).\(name)", member, depth: depth + 1, into: &fields) }
        case .array(let elements):
            for element in elements { flatten(key, element, depth: depth + 1, into: &fields) }
        }
    }

    private static func field(_ key: String, _ value: String) -> Field {
        Field(
            journalName: FieldName.journal(key), shortName: FieldName.short(key),
            value: TextSafety.capped(value, bytesMax: TextSafety.valueBytesMax))
    }
}
