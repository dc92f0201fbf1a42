public import Records

/// A drop that has been taken over: it lies in the claimed folder under a name that carries its number, category and
/// original name, so that nothing else is needed to go on after a crash.
public struct ClaimedDrop: Sendable, Hashable {
    /// Increases with every claim and is never used twice, restarts included.
    public var sequence: Int64
    public var category: Category
    /// The name under which the client dropped it.
    public var name: FileName
    /// False when the original name was too long to be kept whole and the note that held it was lost.
    public var isNameWhole: Bool
    /// The name inside the claimed folder.
    public var claimedName: FileName
    public var status: FileStatus
    /// When it came into the inbox, as far as the file system tells: a rename, a copy and the last write all count as a
    /// change. Nanoseconds since 1970.
    var deliveredNanoseconds: Int64
    /// The user whose file it was when it was claimed; nil where a copy has left no trace of that.
    public internal(set) var deliveredBy: UInt32?

    /// The same drop, whether it was claimed now or found again at a start, where the time of its delivery is that of the
    /// claim.
    public static func == (left: ClaimedDrop, right: ClaimedDrop) -> Bool {
        left.sequence == right.sequence && left.category == right.category && left.name == right.name
            && left.isNameWhole == right.isNameWhole && left.claimedName == right.claimedName
            && left.status == right.status
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(sequence)
        hasher.combine(status)
    }

    public var bytes: Int { status.bytes }

    /// When the client last changed the content.
    public var modified: Instant { ClaimedDrop.instant(status.modifiedNanoseconds) }

    /// When the client delivered it.
    public var delivered: Instant { ClaimedDrop.instant(deliveredNanoseconds) }

    private static func instant(_ nanoseconds: Int64) -> Instant {
        let quotient = nanoseconds / 1_000_000
        return Instant(rawValue: nanoseconds % 1_000_000 < 0 ? quotient - 1 : quotient)
    }
}

/// `<16-digit sequence>.<category>.<original name made safe>`
struct ClaimedName {
    var sequence: Int64
    var category: Category
    var name: FileName
    var isWhole: Bool

    static let sequenceWidth = 16

    /// The file name, and whether it carries all of `name`.
    static func make(sequence: Int64, category: Category, name: FileName) -> (fileName: FileName, isWhole: Bool) {
        let prefix = "\(zeroPadded(sequence, sequenceWidth)).\(category.rawValue)."
        let safe = SafeName.encode(name, limit: FileName.byteCountMax - prefix.utf8.count)
        return (FileName(made: prefix + safe.text), safe.isWhole)
    }

    init?(_ fileName: FileName) {
        let parts = fileName.bytes.split(separator: UInt8(ascii: "."), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let sequence = ClaimedName.sequence(parts[0]),
            let category = Category(rawValue: String(decoding: parts[1], as: UTF8.self)),
            let safe = SafeName.decode(parts[2])
        else { return nil }
        self.sequence = sequence
        self.category = category
        name = safe.name
        isWhole = safe.isWhole
    }

    /// The number at the start of a name that belongs to a drop.
    static func sequence(_ digits: some Collection<UInt8>) -> Int64? {
        guard digits.count >= sequenceWidth,
            digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }

    /// Where the whole original name stands when the claimed name could not hold it.
    static func noteName(_ sequence: Int64) -> FileName {
        FileName(made: "\(zeroPadded(sequence, sequenceWidth)).name")
    }

    /// The number of the drop that a note belongs to.
    static func noteSequence(_ fileName: FileName) -> Int64? {
        guard fileName.hasSuffix(Array(".name".utf8)) else { return nil }
        return sequence(fileName.bytes.dropLast(5))
    }
}
