/// The fields an event can carry: its whole vocabulary in the journal. The raw value is the name of the journal field,
/// so `journalctl AURA_DROP_ID=12` finds everything about a drop. A name is never reused for something else.
public enum EventField: String, Sendable, CaseIterable {
    /// The SHA-256 of an original, in hexadecimal digits.
    case sha256 = "AURA_SHA256"
    /// The stage of the river: a word of the schedule.
    case stage = "AURA_STAGE"
    /// The number of a drop in the ledger.
    case dropID = "AURA_DROP_ID"
    /// The number of the drop this one repeats.
    case duplicateOf = "AURA_DUPLICATE_OF"
    /// The category of a drop.
    case category = "AURA_CATEGORY"
    /// Data rows read.
    case rows = "AURA_ROWS"
    /// Rows that became records.
    case accepted = "AURA_ACCEPTED"
    /// Rows refused with a reason.
    case rejected = "AURA_REJECTED"
    /// Rows that were there already.
    case duplicates = "AURA_DUPLICATES"
    /// Rows whose client is not known (yet).
    case orphans = "AURA_ORPHANS"
    /// How long it took, in microseconds.
    case duration = "AURA_DURATION_USEC"
    /// How long a part may be silent, in microseconds.
    case limit = "AURA_LIMIT_USEC"
    /// Bytes read, written or published.
    case bytes = "AURA_BYTES"
    /// Bytes before something was made smaller.
    case bytesBefore = "AURA_BYTES_BEFORE"
    /// Bytes free in the file system of the state directory.
    case bytesFree = "AURA_BYTES_FREE"
    /// The number of a published snapshot.
    case snapshot = "AURA_SNAPSHOT"
    /// How many clients there are.
    case clients = "AURA_CLIENTS"
    /// A method of the wire protocol.
    case method = "AURA_METHOD"
    /// What became of a request.
    case outcome = "AURA_OUTCOME"
    /// The user number of the caller as told by the kernel.
    case peerUID = "AURA_PEER_UID"
    /// Open connections.
    case connections = "AURA_CONNECTIONS"
    /// Requests waiting.
    case queued = "AURA_QUEUED"
    /// Requests turned away.
    case refused = "AURA_REFUSED"
    /// The machine-readable name of an error.
    case errorCode = "AURA_ERROR_CODE"
    /// Which file of the configuration.
    case configuration = "AURA_CONFIGURATION"
    /// A line of that file, from 1.
    case line = "AURA_LINE"
    /// How many risk rules are in force.
    case rules = "AURA_RULES"
    /// How many checks ran.
    case checks = "AURA_CHECKS"
    /// How many of them failed.
    case failures = "AURA_FAILURES"
    /// A named part of the daemon that reports that it is alive.
    case part = "AURA_PART"
    /// A model.
    case model = "AURA_MODEL"
    /// The name of a version of a model.
    case modelVersion = "AURA_MODEL_VERSION"
    /// What happened per thousand of what a model expected.
    case observedPerMille = "AURA_OBSERVED_PER_MILLE"
    /// Inputs of a model whose distribution has moved far from that of its training.
    case inputsMoved = "AURA_INPUTS_MOVED"
    /// The version of the program.
    case version = "AURA_VERSION"
    /// The version of the database before a migration.
    case schemaBefore = "AURA_SCHEMA_BEFORE"
    /// The version of the database now.
    case schema = "AURA_SCHEMA"
    /// The signal that asked for the end.
    case signal = "AURA_SIGNAL"
    /// The status the process ends with.
    case exitStatus = "AURA_EXIT_STATUS"

    /// Its name where people read lines: `drop` for `AURA_DROP_ID`, otherwise the journal's in lower case and without
    /// the prefix.
    public var shortName: String {
        switch self {
        case .dropID: "drop"
        case .duration: "duration_usec"
        default: String(rawValue.dropFirst("AURA_".count)).lowercased()
        }
    }

    /// The fields by their short names, with their place in the order of a line.
    static let byShortName: [String: (field: EventField, rank: Int)] = Dictionary(
        uniqueKeysWithValues: allCases.enumerated().map { ($1.shortName, ($1, $0)) })
}
