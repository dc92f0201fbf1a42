import Records

/// Decides which names of one inbox are complete. A value without I/O or clock of its own: listings, hints from the
/// kernel and the time go in, settled names come out.
///
/// A name is settled when nobody is known to write to it and
/// - it was closed after writing or renamed into the folder, or
/// - its size and time of change have stayed the same for the settle delay, or
/// - it was there at the first listing and had not changed for the settle delay.
struct SettleTracker {
    /// What the kernel said about a name since the last listing.
    struct Hints: OptionSet, Hashable {
        let rawValue: UInt8
        static let created = Hints(rawValue: 1)
        static let closed = Hints(rawValue: 2)
        static let movedIn = Hints(rawValue: 4)
    }

    /// Whether a file is open for writing.
    enum Writer { case nobody, somebody, unknown }

    private enum State { case waiting, settled, handedOut }

    private struct Entry {
        var status: FileStatus
        var state = State.waiting
        /// Since when nothing has changed, monotonic.
        var quietSince: Int64
        /// A close or rename was seen for the file as it is.
        var isClosed = false
        /// It was seen being made by somebody who writes to it, so a close will follow.
        var isCloseExpected = false
        /// When to look again, monotonic; only while waiting.
        var due: Int64
        var listing = 0
    }

    let category: Category
    private(set) var settleNanoseconds: Int64
    private var entries: [FileName: Entry] = [:]
    /// Names that are about to be put back and are to wait until they are quiet.
    private var putBack: Set<FileName> = []
    private var listingCount = 0
    /// When the next name may settle without a new event, monotonic; nil when none waits.
    private(set) var due: Int64?
    private(set) var settledCount = 0

    /// A file that was seen being made but never closed is given up waiting for after this many settle delays, when the
    /// kernel does not tell whether it is still open.
    static let closePatience: Int64 = 30

    init(category: Category, settleNanoseconds: Int64) {
        self.category = category
        self.settleNanoseconds = max(1, settleNanoseconds)
    }

    /// Another settle delay, from now on for the names that wait as well.
    mutating func setSettle(nanoseconds: Int64) {
        settleNanoseconds = max(1, nanoseconds)
        due = nil
        for (name, entry) in entries where entry.state == .waiting {
            let next = entry.quietSince + settleNanoseconds
            entries[name]?.due = next
            due = min(due ?? .max, next)
        }
    }

    var waitingCount: Int { entries.values.count { $0.state == .waiting } }

    /// Takes in a listing and the hints that came before it.
    /// - Parameters:
    ///   - isFirst: nothing was watched before this listing (start, or the folder was replaced).
    ///   - now: nanoseconds of a clock that never jumps.
    ///   - wall: nanoseconds since 1970, comparable with the files' times.
    ///   - writer: asked only for regular files that would settle otherwise.
    /// - Returns: how many names have newly settled.
    mutating func update(
        _ listing: [(name: FileName, status: FileStatus)], hints: [FileName: Hints], isFirst: Bool, now: Int64,
        wall: Int64, writer: (FileName) -> Writer
    ) -> Int {
        listingCount += 1
        var newlySettled = 0
        due = nil
        settledCount = 0
        for (name, status) in listing {
            let hint = hints[name] ?? []
            var entry: Entry
            if let known = entries[name], known.state != .handedOut {
                entry = known
                if !known.status.hasSameContent(as: status) {
                    entry.state = .waiting
                    entry.isClosed = false
                    entry.quietSince = now
                    entry.due = now + settleNanoseconds
                }
                entry.status = status
            } else if var known = entries[name], known.status == status, hint.isEmpty {
                known.listing = listingCount
                entries[name] = known
                continue
            } else {
                let isOld = isFirst && SettleTracker.difference(wall, status.modifiedNanoseconds) >= settleNanoseconds
                let quietSince = isOld ? now - settleNanoseconds : now
                entry = Entry(status: status, quietSince: quietSince, due: quietSince + settleNanoseconds)
            }
            entry.listing = listingCount
            apply(hint, to: &entry, name: name)
            if entry.state == .waiting {
                settle(&entry, name: name, now: now, writer: writer)
                if entry.state == .settled { newlySettled += 1 }
            }
            if entry.state == .waiting { due = min(due ?? .max, entry.due) }
            if entry.state == .settled { settledCount += 1 }
            entries[name] = entry
        }
        let current = listingCount
        if entries.count != listing.count { entries = entries.filter { $0.value.listing == current } }
        return newlySettled
    }

    private mutating func apply(_ hint: Hints, to entry: inout Entry, name: FileName) {
        if hint.contains(.created) {
            // Another name for an existing file is created as well, but nobody will close it.
            entry.isCloseExpected = entry.status.kind == .regular && entry.status.links == 1
        }
        if hint.contains(.movedIn) {
            if putBack.remove(name) == nil { entry.isClosed = true }
            entry.isCloseExpected = false
        }
        if hint.contains(.closed) {
            entry.isClosed = true
        }
    }

    private func settle(_ entry: inout Entry, name: FileName, now: Int64, writer: (FileName) -> Writer) {
        guard entry.isClosed || now >= entry.due else { return }
        guard entry.status.kind == .regular else {
            entry.state = .settled
            return
        }
        switch writer(name) {
        case .nobody:
            entry.state = .settled
        case .somebody:
            entry.isClosed = false
            entry.quietSince = now
            entry.due = now + settleNanoseconds
        case .unknown:
            let patience = settleNanoseconds.multipliedReportingOverflow(by: SettleTracker.closePatience)
            let lastDue = patience.overflow ? .max : entry.quietSince + patience.partialValue
            if entry.isClosed || !entry.isCloseExpected || now >= lastDue {
                entry.state = .settled
            } else {
                entry.due = lastDue
            }
        }
    }

    /// The kernel has dropped events: a close that was expected may have been among them.
    mutating func hintsWereLost() {
        for name in entries.keys { entries[name]?.isCloseExpected = false }
    }

    /// All settled names.
    var settled: [SettledName] {
        entries.compactMap { name, entry in
            entry.state == .settled ? SettledName(category: category, name: name, status: entry.status) : nil
        }
    }

    /// Marks a name as handed out; false when it has changed or gone since it settled.
    mutating func take(_ settled: SettledName) -> Bool {
        guard var entry = entries[settled.name], entry.state == .settled, entry.status == settled.status else {
            return false
        }
        entry.state = .handedOut
        entries[settled.name] = entry
        settledCount -= 1
        return true
    }

    /// A name that was handed out and not taken: it settles again after a quiet settle delay.
    mutating func release(_ name: FileName, now: Int64) {
        guard var entry = entries[name], entry.state == .handedOut else { return }
        entry.state = .waiting
        entry.isClosed = false
        entry.quietSince = now
        entry.due = now + settleNanoseconds
        entries[name] = entry
        due = min(due ?? .max, entry.due)
    }

    /// A file is about to be renamed back into the folder: this rename does not mean that it is complete.
    mutating func expectPutBack(_ name: FileName) { putBack.insert(name) }

    /// The folder is gone; whatever comes instead is looked at afresh.
    mutating func forgetAll() {
        entries = [:]
        putBack = []
        due = nil
        settledCount = 0
    }

    private static func difference(_ lhs: Int64, _ rhs: Int64) -> Int64 {
        let (value, overflow) = lhs.subtractingReportingOverflow(rhs)
        return overflow ? (lhs < rhs ? .min : .max) : value
    }
}
