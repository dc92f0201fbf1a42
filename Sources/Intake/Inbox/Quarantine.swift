import Glibc
public import Records

/// Where refused drops and rejected rows are kept, each with its reason. Nothing is ever deleted here.
public final class Quarantine: Sendable {
    private let folders: StateFolders
    var folder: Folder { folders.quarantine }

    /// Removes what interrupted writing has left.
    public init(folders: StateFolders) throws(FileError) {
        self.folders = folders
        for name in try folders.quarantine.names()
        where name.bytes.first == UInt8(ascii: ".") && name.hasSuffix(Array(".tmp".utf8)) {
            try folders.quarantine.remove(name)
        }
    }

    private static let reasonEnding = ".reason.json"

    /// Moves a claimed drop into the quarantine as it is, whatever it is, and writes the reason beside it. Survives a
    /// power cut once the call has returned; calling it again after a crash does what is left to do.
    /// - Parameters:
    ///   - dropID: its number in the ledger, if it has one.
    ///   - sha256: of its own bytes, if they could be read.
    ///   - now: written down as the time of the refusal.
    @discardableResult
    public func refuse(
        _ drop: ClaimedDrop, _ refusal: Refusal, dropID: Int64? = nil, sha256: ContentHash? = nil, at now: Instant
    ) throws(FileError) -> RefusedDrop {
        let prefix = "\(zeroPadded(drop.sequence, ClaimedName.sequenceWidth))-"
        let safe = SafeName.encode(
            drop.name, limit: FileName.byteCountMax - prefix.utf8.count - Quarantine.reasonEnding.utf8.count)
        let name = FileName(made: prefix + safe.text)
        // The reason first: a refused drop without a reason must not be possible.
        try folder.replace(
            FileName(made: "\(name)\(Quarantine.reasonEnding)"),
            with: Quarantine.reasonText(drop, refusal, dropID: dropID, sha256: sha256, at: now))
        do throws(FileError) {
            try folders.claimed.rename(drop.claimedName, to: folder, as: name, operation: "move into the quarantine")
        } catch let error where error.code == .missing {
            // Moved before, and the caller did not get to hear of it.
            guard try folder.status(of: name) != nil else { throw error }
        }
        try folder.sync()
        try folders.claimed.sync()
        try folders.forgetNote(of: drop)
        return RefusedDrop(drop: drop, refusal: refusal, quarantinedName: name)
    }

    private static func reasonText(
        _ drop: ClaimedDrop, _ refusal: Refusal, dropID: Int64?, sha256: ContentHash?, at now: Instant
    ) -> [UInt8] {
        var text = Array("{\"drop_id\":".utf8)
        func field(_ name: String) { text.append(contentsOf: ",\"\(name)\":".utf8) }
        if let dropID { JSONText.append(dropID, to: &text) } else { text.append(contentsOf: "null".utf8) }
        field("sequence")
        JSONText.append(drop.sequence, to: &text)
        field("category")
        JSONText.append(drop.category.rawValue, to: &text)
        field("file")
        if !JSONText.append(drop.name.bytes, to: &text) {
            field("file_base64")
            JSONText.appendBase64(drop.name.bytes, to: &text)
        }
        field("kind")
        JSONText.append(drop.status.kind.rawValue, to: &text)
        field("bytes")
        JSONText.append(drop.bytes, to: &text)
        field("sha256")
        if let sha256 { JSONText.append(sha256.description, to: &text) } else { text.append(contentsOf: "null".utf8) }
        field("code")
        JSONText.append(refusal.code, to: &text)
        field("reason")
        JSONText.append(refusal.text, to: &text)
        field("refused_at")
        JSONText.append(now.description, to: &text)
        text.append(contentsOf: "}\n".utf8)
        return text
    }

    // MARK: - Rejected rows

    /// Lists of rows that are kept of a drop.
    public enum RowList: String, Sendable {
        case rejects = ".rejects.ndjson"
        /// Of rows that were not rejected, in the form of those that were.
        case remarks = ".remarks.ndjson"
    }

    private static let dropIDWidth = 12

    private static func rejectsPrefix(_ dropID: Int64) -> String { "\(zeroPadded(dropID, dropIDWidth))-" }

    /// Where the rejected rows of a drop are published: `<drop id, 12 digits>-<name made safe>.rejects.ndjson`.
    static func rejectsName(dropID: Int64, name: FileName, list: RowList = .rejects) -> FileName {
        let prefix = rejectsPrefix(dropID)
        // Room for the point and the `.tmp` of the temporary name.
        let rest = FileName.byteCountMax - prefix.utf8.count - list.rawValue.utf8.count - 5
        return FileName(made: prefix + SafeName.encode(name, limit: rest).text + list.rawValue)
    }

    /// Starts the file of a drop's rejected rows.
    /// - Parameter limits: where the list ends.
    public func rejectWriter(
        dropID: Int64, name: FileName, limits: RejectWriter.Limits = RejectWriter.Limits(), list: RowList = .rejects
    ) throws(FileError) -> RejectWriter {
        precondition(dropID >= 0, "drops are numbered from 0")
        return try RejectWriter(
            folder: folder, published: Quarantine.rejectsName(dropID: dropID, name: name, list: list), limits: limits)
    }

    /// Publishes the rejected rows of many drops; they survive a power cut once the call has returned.
    public func commit(_ writers: [RejectWriter]) throws(FileError) {
        for writer in writers { try writer.commit(syncsFolder: false) }
        try folder.sync()
    }

    /// Opens the published rejected rows of a drop; nil when there are none. For more drops than one, see
    /// ``rejectFiles()``.
    public func rejectReader(dropID: Int64) throws(FileError) -> RejectReader? {
        var files = rejectFiles()
        return try files.reader(dropID: dropID)
    }

    /// Opens the rejected rows of one drop after the other.
    public func rejectFiles(_ list: RowList = .rejects) -> RejectFiles { RejectFiles(folder: folder, list: list) }

    /// Finds the files of rejected rows: by the name they have where the drop's name is known, else in a list of the
    /// folder that is made once.
    public struct RejectFiles {
        let folder: Folder
        private let rowList: RowList
        private var listed: [Int64: FileName]?

        init(folder: Folder, list: RowList) {
            self.folder = folder
            rowList = list
        }

        var hasListed: Bool { listed != nil }

        /// - Parameter file: the name under which the drop is known, if it is.
        /// - Returns: nil when no rows of the drop are kept.
        public mutating func reader(dropID: Int64, file: String? = nil) throws(FileError) -> RejectReader? {
            if listed == nil, let file = file.flatMap({ FileName($0) }) {
                let name = Quarantine.rejectsName(dropID: dropID, name: file, list: rowList)
                if try folder.status(of: name) != nil { return try RejectReader(folder: folder, name: name) }
            }
            let names = try list()
            return try names[dropID].map { name throws(FileError) in try RejectReader(folder: folder, name: name) }
        }

        private mutating func list() throws(FileError) -> [Int64: FileName] {
            if let listed { return listed }
            var found: [Int64: FileName] = [:]
            for name in try folder.names() where name.hasSuffix(Array(rowList.rawValue.utf8)) {
                guard let dropID = Quarantine.dropID(ofRejects: name) else { continue }
                // Two files of a drop are not made; if there are, the first by name counts.
                if let other = found[dropID], other < name { continue }
                found[dropID] = name
            }
            listed = found
            return found
        }
    }

    /// The drop whose rejected rows a file holds, as its name tells; nil for any other file.
    private static func dropID(ofRejects name: FileName) -> Int64? {
        let digits = name.bytes.prefix { $0 != UInt8(ascii: "-") }
        guard digits.count >= dropIDWidth, digits.count < name.bytes.count else { return nil }
        return Int64(String(decoding: digits, as: UTF8.self))
    }
}
