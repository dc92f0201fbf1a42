import CAura
import Glibc
public import Records

/// Takes complete files over, by a rename or a copy each, and finds them again after a crash.
public final class Claims: Sendable {
    /// What became of a name that was to be claimed.
    public enum Outcome: Sendable, Hashable {
        /// It is ours: read it, then admit or refuse it.
        case claimed(ClaimedDrop)
        /// It is no readable regular file and now lies in the quarantine.
        case refused(RefusedDrop)
        /// It has changed since it settled, or somebody is writing to it: give it back to the watcher.
        case unsettled
        /// There is no such name any more.
        case gone
        /// It cannot be moved and stays where it is; trying again is of no use before somebody has changed it.
        case left(FileError)
    }

    /// What a start found in the claimed folder.
    public struct Recovery: Sendable, Hashable {
        /// In the order in which they were claimed.
        public var drops: [ClaimedDrop]
        public var refused: [RefusedDrop]
        /// Entries that no claim has made; left alone.
        public var foreignCount: Int
    }

    private let folders: StateFolders
    private let quarantine: Quarantine
    private let sequence: SequenceCounter

    /// - Parameter firstSequence: no smaller number is given; one more than the greatest the ledger knows.
    public init(folders: StateFolders, quarantine: Quarantine, firstSequence: Int64 = 1) throws(FileError) {
        self.folders = folders
        self.quarantine = quarantine
        var next = firstSequence
        let names = try folders.claimed.names() + folders.quarantine.names()
        for name in names {
            if let used = ClaimedName.sequence(name.bytes.prefix(ClaimedName.sequenceWidth)) {
                next = max(next, used + 1)
            }
        }
        sequence = try SequenceCounter(folder: folders.claimed, atLeast: next)
    }

    /// Lists what was claimed and not yet admitted or refused, and removes the leftovers of interrupted work.
    /// To be called once, before anything is claimed.
    /// - Parameter now: written down as the time of refusals.
    public func recover(at now: Instant) throws(FileError) -> Recovery {
        let folder = folders.claimed
        var recovery = Recovery(drops: [], refused: [], foreignCount: 0)
        var claimed: [(name: FileName, parsed: ClaimedName)] = []
        var notes: Set<Int64> = []
        for name in try folder.names() {
            if name.bytes.first == UInt8(ascii: ".") {
                if name.hasSuffix(Array(".tmp".utf8)) { try folder.remove(name) }
            } else if let sequence = ClaimedName.noteSequence(name) {
                notes.insert(sequence)
            } else if let parsed = ClaimedName(name) {
                claimed.append((name, parsed))
            } else {
                recovery.foreignCount += 1
            }
        }
        claimed.sort { ($0.parsed.sequence, $0.name) < ($1.parsed.sequence, $1.name) }
        for note in notes.subtracting(claimed.map(\.parsed.sequence)) {
            try folder.remove(ClaimedName.noteName(note))
        }
        for (claimedName, parsed) in claimed {
            guard let status = try folder.status(of: claimedName) else { continue }
            var drop = ClaimedDrop(
                sequence: parsed.sequence, category: parsed.category, name: parsed.name, isNameWhole: parsed.isWhole,
                claimedName: claimedName, status: status, deliveredNanoseconds: status.changedNanoseconds,
                // A copy is the daemon's, whosever the original was.
                deliveredBy: status.owner == folders.owner ? nil : status.owner)
            if !parsed.isWhole,
                let bytes = try folder.contents(
                    of: ClaimedName.noteName(parsed.sequence), limit: FileName.byteCountMax),
                let name = FileName(bytes)
            {
                drop.name = name
                drop.isNameWhole = true
            }
            // The autoclosure of ?? does not carry the type of an error.
            var refusal = try inspect(&drop)
            if refusal == nil { refusal = try own(&drop) }
            switch refusal {
            case nil: recovery.drops.append(drop)
            case let refusal?: recovery.refused.append(try quarantine.refuse(drop, refusal, at: now))
            }
        }
        return recovery
    }

    /// The numbers of the drops that lie among the claimed.
    public func claimedSequences() throws(FileError) -> [Int64] {
        let names = try folders.claimed.names()
        return names.compactMap { ClaimedName($0)?.sequence }
    }

    /// Takes over a settled name.
    /// - Parameter isInterrupted: asked while a large file is copied; then the name is unsettled.
    /// - Throws: what hinders every claim and may pass: no space, a read-only file system, a missing folder.
    public func claim(
        _ settled: SettledName, at now: Instant, isInterrupted: () -> Bool = { false }
    ) throws(FileError) -> Outcome {
        try claim(
            settled.name, in: settled.category, expecting: settled.status, at: now, isInterrupted: isInterrupted)
    }

    /// Takes over a file that the daemon itself has put into the folder of uploads: nobody else can reach it there, so
    /// that there is nothing to wait for.
    public func claimUpload(_ name: FileName, as category: Category, at now: Instant) throws(FileError) -> Outcome {
        try claim(name, from: folders.uploads, in: category, expecting: nil, at: now, isInterrupted: { false })
    }

    /// - Parameter expected: what was seen when the name settled; nil for whatever is there.
    func claim(
        _ name: FileName, in category: Category, expecting expected: FileStatus? = nil, at now: Instant,
        isInterrupted: () -> Bool = { false }
    ) throws(FileError) -> Outcome {
        try claim(
            name, from: folders.openInbox(category), in: category, expecting: expected, at: now,
            isInterrupted: isInterrupted)
    }

    private func claim(
        _ name: FileName, from inbox: Folder, in category: Category, expecting expected: FileStatus?, at now: Instant,
        isInterrupted: () -> Bool
    ) throws(FileError) -> Outcome {
        guard let status = try inbox.status(of: name) else { return .gone }
        if let expected, !expected.hasSameContent(as: status) { return .unsettled }
        if status.kind == .regular, inbox.writer(of: name) == .somebody { return .unsettled }

        let number = try sequence.take()
        let (claimedName, isWhole) = ClaimedName.make(sequence: number, category: category, name: name)
        var drop = ClaimedDrop(
            sequence: number, category: category, name: name, isNameWhole: true, claimedName: claimedName,
            status: status, deliveredNanoseconds: status.changedNanoseconds, deliveredBy: status.owner)
        // Before the drop itself, so that there is no moment at which the name is lost.
        if !isWhole { try folders.claimed.replace(ClaimedName.noteName(number), with: name.bytes) }
        let outcome: Outcome
        do throws(FileError) {
            outcome = try takeOver(&drop, from: inbox, at: now, isInterrupted: isInterrupted)
        } catch {
            if !isWhole { _ = try? folders.claimed.remove(ClaimedName.noteName(number)) }
            throw error
        }
        if !isWhole {
            if case .claimed = outcome { return outcome }
            try folders.claimed.remove(ClaimedName.noteName(number))
        }
        return outcome
    }

    private func takeOver(
        _ drop: inout ClaimedDrop, from inbox: Folder, at now: Instant, isInterrupted: () -> Bool
    ) throws(FileError) -> Outcome {
        // A copy would fill the holes, and the disk: such a file is moved, looked at and refused.
        let isRegular = drop.status.kind == .regular && !inbox.hasHoles(drop.name)
        // The owner of a file can open it for writing whenever he likes, or has it open already; so can whoever reaches it
        // by a second name. What is loaded and kept must be nobody's but the daemon's, so such a file is copied.
        if isRegular, drop.status.owner != folders.owner || drop.status.links > 1,
            let outcome = try copy(&drop, from: inbox, name: drop.name, isInterrupted: isInterrupted)
        {
            return outcome
        }
        do throws(FileError) {
            try inbox.rename(drop.name, to: folders.claimed, as: drop.claimedName, operation: "claim")
        } catch {
            switch error.errorNumber {
            case ENOENT: return .gone
            case EXDEV:
                if isRegular,
                    let outcome = try copy(&drop, from: inbox, name: drop.name, isInterrupted: isInterrupted)
                {
                    return outcome
                }
                return .left(
                    FileError(
                        .differentFileSystem, "claim", path: inbox.path(of: drop.name),
                        detail:
                            "the inbox is on another file system, and only readable regular files without holes can be "
                            + "copied"))
            case EACCES, EPERM: return .left(error)
            default: throw error
            }
        }
        // What was looked at may not be what was renamed: look again, now that nobody else can reach it by name.
        if let refusal = try inspect(&drop) {
            return .refused(try quarantine.refuse(drop, refusal, at: now))
        }
        drop.deliveredBy = drop.status.owner
        // Another file took the name in between.
        if let refusal = try own(&drop) { return .refused(try quarantine.refuse(drop, refusal, at: now)) }
        if folders.claimed.writer(of: drop.claimedName) == .somebody, try putBack(drop) { return .unsettled }
        return .claimed(drop)
    }

    /// Looks at a claimed file. Nil when it can be read, otherwise why it must be refused.
    private func inspect(_ drop: inout ClaimedDrop) throws(FileError) -> Refusal? {
        let folder = folders.claimed
        guard let status = try folder.status(of: drop.claimedName) else {
            throw FileError("look at", path: folder.path(of: drop.claimedName), errorNumber: ENOENT)
        }
        drop.status = status
        guard status.kind == .regular else { return .notARegularFile(status.kind) }
        do throws(FileError) {
            let file = try folder.open(drop.claimedName)
            return file.hasHoles ? .hasHoles : nil
        } catch let error where error.code == .permissionDenied {
            return .unreadable(error)
        }
    }

    /// Makes a claimed file the daemon's own by copying it over itself, where it is somebody else's.
    private func own(_ drop: inout ClaimedDrop) throws(FileError) -> Refusal? {
        guard drop.status.kind == .regular, drop.status.owner != folders.owner || drop.status.links > 1 else {
            return nil
        }
        for _ in 0..<Claims.copyTries {
            let outcome = try copy(&drop, from: folders.claimed, name: drop.claimedName)
            if case .claimed? = outcome { return nil }
            guard let status = try folders.claimed.status(of: drop.claimedName) else { break }
            drop.status = status
        }
        return Refusal(
            code: "changed_while_reading",
            text: "somebody goes on writing to the file; drop it again when it is complete")
    }

    private static let copyTries = 3

    /// Claims by copy and removal. Nil when the file cannot be read, which a rename may still be able to move.
    private func copy(
        _ drop: inout ClaimedDrop, from folder: Folder, name: FileName, isInterrupted: () -> Bool = { false }
    ) throws(FileError) -> Outcome? {
        let source: Descriptor
        do throws(FileError) {
            source = try folder.open(name)
        } catch let error where error.errorNumber == ENOENT {
            return .gone
        } catch let error where error.code == .permissionDenied {
            return nil
        }
        let sourcePath = folder.path(of: name)
        guard let before = source.status, before.hasSameContent(as: drop.status) else { return .unsettled }
        let claimed = folders.claimed
        let isClaimed = folder === claimed
        let temporary = FileName(made: ".copy-\(zeroPadded(drop.sequence, ClaimedName.sequenceWidth)).tmp")
        do throws(FileError) {
            try claimed.remove(temporary)
            let target = try claimed.open(temporary, flags: O_WRONLY | O_CREAT | O_EXCL, operation: "make")
            let count: Int
            if aura_clone(source.number, target.number) == 0 {
                count = target.status?.bytes ?? -1
            } else {
                if let shortage = DiskRoom.shortage(for: before.bytes, in: claimed, path: sourcePath) {
                    try claimed.remove(temporary)
                    return .left(shortage)
                }
                count = try Claims.copy(
                    source, sourcePath, to: target, claimed.path(of: temporary), isInterrupted: isInterrupted)
            }
            guard let after = source.status, after.hasSameContent(as: before), count == before.bytes,
                source.writer != .somebody
            else {
                try claimed.remove(temporary)
                return .unsettled
            }
            var times = [timespec(before.modifiedNanoseconds), timespec(before.modifiedNanoseconds)]
            // Only for the order and display; a file system without it loses nothing that counts.
            _ = futimens(target.number, &times)
            try target.sync(path: claimed.path(of: temporary))
            try claimed.rename(temporary, to: claimed, as: drop.claimedName, replacing: isClaimed, operation: "claim")
            try claimed.sync()
        } catch {
            _ = try? claimed.remove(temporary)
            throw error
        }
        // The copy is safe. Remove the original, unless another file has taken its name in the meantime.
        if !isClaimed, let current = try folder.status(of: name), current.isSameFile(as: before) {
            do throws(FileError) {
                try folder.remove(name)
            } catch {
                // It will be claimed again, so the copy must not be loaded as well.
                _ = try? claimed.remove(drop.claimedName)
                if error.code == .permissionDenied { return .left(error) }
                throw error
            }
        }
        if let status = try claimed.status(of: drop.claimedName) { drop.status = status }
        return .claimed(drop)
    }

    private static func copy(
        _ source: borrowing Descriptor, _ sourcePath: String, to target: borrowing Descriptor, _ targetPath: String,
        isInterrupted: () -> Bool
    ) throws(FileError) -> Int {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
        defer { buffer.deallocate() }
        var total = 0
        while true {
            let count = try source.read(into: buffer, path: sourcePath)
            // What is not copied whole has another size, and counts as not settled.
            if count == 0 || isInterrupted() { return total }
            try target.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]), path: targetPath)
            total += count
        }
    }

    /// Renames a claimed drop back into its inbox, for a file that turned out to be still written to. Tell the watcher
    /// first (`expectPutBack`), otherwise it takes the rename for a delivery.
    /// - Returns: false when another file has taken the name or the inbox is on another file system; the drop then
    /// stays
    ///   claimed, to be read again later as what `lookAgain` returns.
    public func putBack(_ drop: ClaimedDrop) throws(FileError) -> Bool {
        let inbox = try folders.openInbox(drop.category)
        do throws(FileError) {
            try folders.claimed.rename(drop.claimedName, to: inbox, as: drop.name, operation: "put back")
        } catch let error where error.code == .alreadyExists || error.code == .differentFileSystem {
            return false
        }
        try folders.forgetNote(of: drop)
        return true
    }

    /// A claimed drop as it is now, for reading one again that changed and could not be put back; nil when it is no
    /// longer among the claimed.
    public func lookAgain(at drop: ClaimedDrop) throws(FileError) -> ClaimedDrop? {
        guard let status = try folders.claimed.status(of: drop.claimedName) else { return nil }
        var drop = drop
        drop.status = status
        return drop
    }
}

extension StateFolders {
    /// Removes the note of a long name once the drop has left the claimed folder. Does nothing for others.
    func forgetNote(of drop: ClaimedDrop) throws(FileError) {
        guard let parsed = ClaimedName(drop.claimedName), !parsed.isWhole else { return }
        try claimed.remove(ClaimedName.noteName(drop.sequence))
    }
}

extension timespec {
    init(_ nanoseconds: Int64) {
        let (quotient, remainder) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(
            tv_sec: Int(remainder < 0 ? quotient - 1 : quotient),
            tv_nsec: Int(remainder < 0 ? remainder + 1_000_000_000 : remainder))
    }
}
