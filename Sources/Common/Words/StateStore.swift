/// Everything in the state directory, and what of it is a client's, each said once. Backups, erasure, `aurac help stores` and
/// a test that looks for marked data in every file go by this list: who keeps something new adds it here.
public enum StateStore: String, CaseIterable, Sendable {
    case ledger
    case successor
    case setAside = "set aside"
    case gold
    case originals
    case journal
    case journalSetAside = "journal set aside"
    case quarantine
    case claimed
    case uploads
    case inboxes
    case models
    case forecasts
    case lock

    private var entry: Entry {
        switch self {
        case .ledger:
            Entry(
                ["aura.db", "aura.db-wal", "aura.db-shm"], Content.all, .derived, .deleteRows, .withoutLoss,
                "deliveries, clients with their history, records, and who asked for what: the last is nowhere else")
        case .successor:
            Entry(
                ["aura.db.next*"], Content.all, .derived, .removeFiles, .never,
                "the database that a rebuild makes; left over, it goes with the next start")
        case .setAside:
            Entry(
                ["aura.db.damaged-*"], Content.all, .derived, .removeFiles, .never,
                "damaged databases, until somebody removes them")
        case .gold:
            Entry(
                ["gold.db", "gold.db-*"], [.ids, .names, .words, .figures], .derived, .makeAnew, .never,
                "the published tables and the past of the clients' health")
        case .originals:
            Entry(
                ["bronze/*"], Content.all.subtracting([.fileNames]), .delivered, .rewriteFiles, .always,
                "every accepted file as it was delivered, named by its content")
        case .journal:
            Entry(
                ["bronze/journal.ndjson"], [.fileNames], .decided, .rewriteFiles, .always,
                "when each original was loaded, and under which name it was delivered")
        case .journalSetAside:
            Entry(
                ["bronze/journal.damaged-*"], [.fileNames], .decided, .removeFiles, .never,
                "damaged journals, until somebody removes them")
        case .quarantine:
            Entry(
                ["quarantine/*"], Content.all, .delivered, .rewriteFiles, .always,
                "refused files and rejected rows with their reasons")
        case .claimed:
            Entry(
                ["claimed/*"], Content.all, .delivered, .removeFiles, .always,
                "files that are taken over and not loaded yet")
        case .uploads:
            Entry(
                ["uploads/*"], Content.all, .delivered, .removeFiles, .never,
                "files that come over the socket, until they are complete; left over, they go with the next start")
        case .inboxes:
            Entry(
                ["inbox/*"], Content.all, .delivered, .removeFiles, .never,
                "files that are not taken over yet: whoever puts them there has them")
        case .models:
            Entry(
                ["models/churn/*"], [.words, .figures], .decided, .makeAnew, .always,
                "churn models, which one is in force, and what became of each")
        case .forecasts:
            Entry(
                ["models/forecasts.afba", "models/.*"], [.ids, .words, .figures], .derived, .makeAnew, .never,
                "the forecasts that are kept, those of single clients among them")
        case .lock: Entry(["aurad.lock"], [], .decided, .nothing, .never, "the number of the daemon's process")
        }
    }
}

extension StateStore {
    /// What is a client's.
    public enum Content: String, CaseIterable, Sendable {
        case ids
        case names
        /// Address, number, and name of a person.
        case contact = "contact data"
        /// Attributes that many clients share, such as segment and plan.
        case words = "attributes"
        /// What somebody has said in his own words.
        case texts
        case figures
        /// Files are named by people, who may name clients.
        case fileNames = "file names"

        public static let all = Set(allCases)
    }

    /// Where it comes from.
    public enum Origin: String, Sendable {
        case delivered
        /// Made anew of the originals and their journal.
        case derived = "derived from the originals"
        /// By the daemon or an operator, at some time.
        case decided = "made, and not derivable"
    }

    /// What makes a client's data go from it.
    public enum Erasure: String, Sendable {
        case deleteRows = "delete his rows"
        case rewriteFiles = "write the files anew without his rows"
        case removeFiles = "remove the files"
        /// Once the originals and the ledger do not have him.
        case makeAnew = "make it anew"
        case nothing = "nothing to do"
    }

    public enum Backup: String, Sendable {
        case always = "yes"
        /// Saves a rebuild, and keeps what cannot be derived.
        case withoutLoss = "yes, or a rebuild, without the audit trail"
        case never = "no"
    }

    private struct Entry {
        var paths: [String]
        var contents: Set<Content>
        var origin: Origin
        var erasure: Erasure
        var backup: Backup
        var meaning: String

        init(
            _ paths: [String], _ contents: Set<Content>, _ origin: Origin, _ erasure: Erasure, _ backup: Backup,
            _ meaning: String
        ) {
            self.paths = paths
            self.contents = contents
            self.origin = origin
            self.erasure = erasure
            self.backup = backup
            self.meaning = meaning
        }
    }

    /// Its files, seen from the state directory; a star at the end stands for whatever follows.
    public var paths: [String] { entry.paths }
    public var contents: Set<Content> { entry.contents }
    public var origin: Origin { entry.origin }
    public var erasure: Erasure { entry.erasure }
    public var backup: Backup { entry.backup }
    /// In a sentence without a full stop.
    public var meaning: String { entry.meaning }

    /// What a file of the state directory belongs to; nil for one that is nothing of the daemon's.
    /// - Parameter path: seen from the state directory.
    public init?(path: String) {
        // The pattern that says the most decides.
        var best: (store: StateStore, length: Int)?
        for store in StateStore.allCases {
            for pattern in store.paths
            where StateStore.matches(path, pattern) && pattern.utf8.count > best?.length ?? -1 {
                best = (store, pattern.utf8.count)
            }
        }
        guard let best else { return nil }
        self = best.store
    }

    private static func matches(_ path: String, _ pattern: String) -> Bool {
        pattern.hasSuffix("*") ? path.hasPrefix(pattern.dropLast()) : path == pattern
    }
}
