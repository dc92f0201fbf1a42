/// What was written: row counts, the injected faults, and what a correct reader must find.
public struct SampleSummary: Hashable, Sendable {
    /// Counts of one file.
    public struct Counts: Hashable, Sendable {
        /// Data rows written, repeated rows included, the header not.
        public var rows = 0
        /// Bytes written, the header included.
        public var bytes = 0
        /// Number of spoiled rows by kind. The sum over all kinds is the number of spoiled rows.
        public var injected: [MessKind: Int] = [:]
        /// Rows that a reader must reject.
        public var rejected = 0
        /// Rows that repeat an accepted key, collisions included.
        public var duplicates = 0
        /// Duplicates whose content differs from the first row of their key.
        public var collisions = 0
        /// Accepted rows whose client is not among the accepted clients, also because the client's own row is rejected.
        public var orphans = 0

        public init() {}

        /// Rows that a reader must accept: rows − rejected − duplicates.
        public var accepted: Int { rows - rejected - duplicates }
    }

    /// One entry per file that was asked for.
    public var counts: [SampleFile: Counts] = [:]
    /// Clients who left inside the window (those who came back included).
    public var churnedClients = 0
    /// Clients who left and came back inside the window.
    public var returnedClients = 0
    /// Clients whose engagement dipped inside the window and recovered.
    public var dippedClients = 0

    public init() {}

    public subscript(file: SampleFile) -> Counts { counts[file] ?? Counts() }
}
