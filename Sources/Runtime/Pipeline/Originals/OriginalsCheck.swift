import Inbox
public import Records
import Store

/// What a look at the originals has found.
public struct OriginalsReport: Sendable, Equatable {
    /// One original that is not what the ledger says.
    public struct Finding: Sendable, Equatable {
        public var drop: Int64
        public var sha256: String
        public var detail: String
        public var isMissing = false
    }

    /// How many originals the ledger needs, and how many of them were read whole this time.
    public var kept = 0
    public var checked = 0
    public var bytes: Int64 = 0
    public var damaged: [Finding] = []
    public var missing: [Finding] = []
    /// Names in bronze that no loaded drop explains.
    public var unknown: [String] = []
    /// When the oldest original among them was written.
    public var unknownSince: Instant?
    /// What the first of those are that are originals, by their content: each category once.
    public var unknownCategories: [Category] = []
    /// Hashes that were found to be whole.
    public var whole: [String] = []
    /// The check was ended before it was through.
    public var isCutShort = false

    public var isGood: Bool { damaged.isEmpty && missing.isEmpty && unknown.isEmpty }

    /// The findings that keep data from being derived again.
    var lost: [Finding] { damaged + missing }
}

/// Reads originals whole and compares them with the ledger.
struct OriginalsCheck: Sendable {
    let archive: Archive

    /// How much is read.
    enum Share: Sendable {
        /// Every original.
        case whole
        /// The folder alone: what is missing, what nobody knows.
        case listing
        /// So many bytes, at least one original; and whatever was last looked at before `before`.
        case budget(bytes: Int64, before: Int64)

        /// Every original is read within so many days.
        private static let roundDays = 30.0

        /// So much that a round is done in time, and whatever would be read too late with the next share.
        /// - Parameters:
        ///   - bytes: of all originals.
        ///   - days: from one share to the next.
        ///   - now: milliseconds since 1970.
        static func due(bytes: Int64, days: Double, now: Int64) -> Share {
            let share = Double(bytes) * min(1, days / roundDays)
            let latest = max(0, roundDays - days) * 86_400_000
            return .budget(bytes: Int64(share.rounded(.up)), before: now - Int64(latest))
        }
    }

    /// - Parameters:
    ///   - originals: what the ledger needs, the one that is to be read first in front.
    ///   - shouldStop: asked before every original.
    ///   - found: called after every original that was read.
    func run(
        _ originals: [KeptOriginal], share: Share, shouldStop: () -> Bool = { false },
        found: (KeptOriginal, OriginalsReport) -> Void = { _, _ in }
    ) throws(FileError) -> OriginalsReport {
        var report = OriginalsReport()
        report.kept = originals.count
        let foreign = try archive.relist()
        var expected: Set<ContentHash> = []
        for original in originals {
            guard let hash = ContentHash(original.sha256) else {
                report.damaged.append(finding(original, "the ledger holds no SHA-256 of it"))
                continue
            }
            expected.insert(hash)
            guard archive.contains(hash) else {
                report.missing.append(missing(original))
                continue
            }
            let isDue =
                switch share {
                case .whole: true
                case .listing: false
                case .budget(let bytes, let before):
                    report.bytes < bytes || (original.lookedAtMilliseconds ?? .min) < before
                }
            guard isDue, !report.isCutShort else { continue }
            if shouldStop() {
                report.isCutShort = true
                continue
            }
            switch archive.condition(of: hash) {
            case .whole: report.whole.append(original.sha256)
            case .missing: report.missing.append(missing(original))
            case .damaged(let detail): report.damaged.append(finding(original, detail))
            }
            report.checked += 1
            report.bytes += original.bytes
            found(original, report)
        }
        let unknown = archive.hashes.subtracting(expected).sorted()
        report.unknown = foreign.map(\.description) + unknown.map(\.description)
        report.unknownSince = archive.oldest(of: Set(unknown)).map(Instant.init(rawValue:))
        report.unknownCategories = Set(
            unknown.prefix(UnexplainedOriginal.namedMax).flatMap { OriginalKind.categories(of: $0, in: archive) }
        ).sorted()
        return report
    }

    private func missing(_ original: KeptOriginal) -> OriginalsReport.Finding {
        var finding = finding(original, "it is not in bronze")
        finding.isMissing = true
        return finding
    }

    private func finding(_ original: KeptOriginal, _ detail: String) -> OriginalsReport.Finding {
        OriginalsReport.Finding(drop: original.drop, sha256: original.sha256, detail: detail)
    }
}

extension OriginalsReport {
    /// What is wrong, in one sentence with the drops and hashes, for a person; nil when nothing is.
    var problem: String? {
        var parts: [String] = []
        func list(_ findings: [Finding], _ word: String) {
            guard !findings.isEmpty else { return }
            let named = findings.prefix(OriginalsReport.namedMax).map {
                "drop \($0.drop), SHA-256 \($0.sha256) (\($0.detail))"
            }
            let rest = findings.count - named.count
            parts.append(
                "\(findings.count) \(word): \(named.joined(separator: "; "))" + (rest > 0 ? "; and \(rest) more" : ""))
        }
        list(damaged, damaged.count == 1 ? "original is damaged" : "originals are damaged")
        list(missing, missing.count == 1 ? "original is missing" : "originals are missing")
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// The same of files that nobody knows; nil when there are none.
    /// - Parameter lastLoad: the last one that the ledger has.
    func unknownProblem(lastLoad: (drop: Int64, at: Instant)?) -> String? {
        guard !unknown.isEmpty else { return nil }
        let categories = unknownCategories.map(\.rawValue).joined(separator: ", ")
        let kinds = categories.isEmpty ? "" : " (by what is in it: \(categories))"
        let (they, them) = unknown.count == 1 ? ("it", "it") : ("they", "them")
        return "\(unknown.count) \(unknown.count == 1 ? "file" : "files") in bronze that no loaded drop explains"
            + kinds
            + (unknownSince.map { ", \(unknown.count == 1 ? "" : "the oldest of them ")written at \($0)" } ?? "")
            + (lastLoad.map { " (the last load that aura.db knows is drop \($0.drop), at \($0.at))" } ?? "")
            + ", so that the figures do not have \(them). If an older aura.db and an older journal were put back, "
            + "put the newer ones back, both from one backup, with the daemon stopped. Otherwise move \(them) out of "
            + "bronze, and hand in again what is to be loaded: aurac verify names \(them), and what \(they) hold"
            + "\(unknown.count == 1 ? "s" : "") tells where \(they) belong\(unknown.count == 1 ? "s" : ""); "
            + OriginalKind.handedInAgain
    }

    private static let namedMax = 5
}

extension OriginalsReport.Finding {
    /// One line for each: the drop, the hash, `missing` or `damaged`, and the rest in words.
    static func text(_ findings: some Sequence<Self>) -> String {
        findings.map { "\($0.drop) \($0.sha256) \($0.isMissing ? "missing" : "damaged") \($0.detail)" }
            .joined(separator: "\n")
    }

    /// Reads what ``text(_:)`` gives.
    static func read(_ text: String) -> [Self] {
        text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 3)
            guard parts.count == 4, let drop = Int64(parts[0]) else { return nil }
            return Self(
                drop: drop, sha256: String(parts[1]), detail: String(parts[3]), isMissing: parts[2] == "missing")
        }
    }
}
