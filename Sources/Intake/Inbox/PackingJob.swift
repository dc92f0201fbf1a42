import CZstd
import Glibc

/// The packing of one original, in pieces between which it can rest: pack into a temporary file, read that back and
/// compare. Swapping the forms is the archive's.
///
/// Unchecked, because it holds what one thread at a time may use; that is so, because the archive keeps it in a mutex
/// and
/// never lets it out.
final class PackingJob: @unchecked Sendable {
    let plain: ArchivedName
    let bytes: Int
    /// Where the packed form lies: a temporary file, or the final place when a crash came in the middle of the swap.
    let packedName: FileName
    let isInPlace: Bool
    private let folder: Folder
    private var packer: Packer?
    private var checker: DropReader?
    private let block: UnsafeMutableRawBufferPointer
    /// Bytes packed and bytes checked, together; twice the size of the original in the end.
    private(set) var doneBytes = 0

    /// What a piece of work has led to.
    enum Step {
        case more(bytes: Int)
        case finished
        /// The packed form is not what was packed.
        case packedIsDamaged
    }

    /// - Parameter existing: a packed form that a crash has left beside the plain one; it is only checked.
    init(
        plain: ArchivedName, source: FileSource, existing: ArchivedName?, folder: Folder
    ) throws(ArchiveError) {
        self.plain = plain
        self.folder = folder
        bytes = source.status.bytes
        isInPlace = existing != nil
        packedName = existing?.fileName ?? plain.temporaryName
        block = .allocate(byteCount: FileSource.pieceSize, alignment: 64)
        if existing == nil {
            let target: Descriptor
            do throws(FileError) {
                try folder.remove(packedName)
                target = try folder.open(packedName, flags: O_WRONLY | O_CREAT | O_EXCL, operation: "make")
            } catch {
                throw .file(error)
            }
            _ = fchmod(target.number, 0o400)
            do throws(ArchiveError) {
                packer = try Packer(source, into: target, path: folder.path(of: packedName))
            } catch {
                discard()
                throw error
            }
        } else {
            doneBytes = bytes
            checker = try openPacked()
        }
    }

    deinit {
        block.deallocate()
    }

    private func openPacked() throws(ArchiveError) -> DropReader {
        let descriptor: Descriptor
        do throws(FileError) {
            descriptor = try folder.open(packedName)
        } catch {
            throw .file(error)
        }
        do throws(DropReadError) {
            return try DropReader(
                FileSource(descriptor, path: folder.path(of: packedName)), isStoredAsZstd: true, output: .fileBytes)
        } catch {
            throw .read(error)
        }
    }

    /// Does one piece of the work.
    func step() throws(ArchiveError) -> Step {
        if let packer {
            let count = try packer.packPiece()
            if count > 0 {
                doneBytes += count
                return .more(bytes: count)
            }
            guard packer.hash == plain.hash else { throw .damaged(plain.hash, found: packer.hash) }
            self.packer = nil
            checker = try openPacked()
            return .more(bytes: 0)
        }
        guard let checker else { return .finished }
        do throws(DropReadError) {
            let (count, isLast) = try checker.readBlock(into: block)
            doneBytes += count
            if !isLast { return .more(bytes: count) }
        } catch {
            switch error {
            case .damaged, .truncated: return .packedIsDamaged
            default: throw .read(error)
            }
        }
        return checker.sha256 == plain.hash ? .finished : .packedIsDamaged
    }

    /// Removes the temporary file.
    func discard() {
        if !isInPlace { _ = try? folder.remove(packedName) }
    }
}
