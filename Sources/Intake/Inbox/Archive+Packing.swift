import CZstd
import Glibc
import Locks

extension Archive {
    /// What a call has done.
    public enum PackingStep: Sendable, Hashable {
        /// There is nothing left to pack.
        case idle
        /// The budget is used up; the next call goes on from here. Every byte counts twice: packed, then read back.
        case paused(ContentHash, doneBytes: Int, totalBytes: Int)
        /// One original is now kept packed.
        case packed(ContentHash, bytesBefore: Int, bytesAfter: Int)
    }

    /// Packs at most one original with zstd, or a part of one: into a temporary file, which is unpacked and compared
    /// with the hash before it takes the place of the plain form. A crash at any moment leaves a whole original; what
    /// it has interrupted is done again.
    ///
    /// Originals that were delivered packed stay as they are. The priority of the thread is the caller's business.
    /// - Parameters:
    ///   - budgetBytes: pause after so many bytes; a piece of 256 KiB is the least that is done.
    ///   - shouldStop: asked between the pieces; true pauses.
    /// - Throws: `.damaged` when the plain form no longer has its hash (it is then left alone, and the next call takes
    ///   another one), `.file` with the code `.noSpace` when there is no room for the packed form beside the plain one.
    public func compressNext(
        budgetBytes: Int = .max, shouldStop: () -> Bool = { false }
    ) throws(ArchiveError) -> PackingStep {
        try packing.withLock { job throws(ArchiveError) in
            do throws(ArchiveError) {
                return try compressNext(&job, budgetBytes: budgetBytes, shouldStop: shouldStop)
            } catch {
                job?.discard()
                job = nil
                throw error
            }
        }
    }

    private func compressNext(
        _ job: inout PackingJob?, budgetBytes: Int, shouldStop: () -> Bool
    ) throws(ArchiveError) -> PackingStep {
        var spentBytes = 0
        while true {
            if job == nil { job = try nextJob() }
            guard let current = job else { return .idle }
            if spentBytes >= budgetBytes || shouldStop() {
                return .paused(
                    current.plain.hash, doneBytes: min(current.doneBytes, 2 * current.bytes),
                    totalBytes: 2 * current.bytes)
            }
            let step: PackingJob.Step
            do throws(ArchiveError) {
                step = try current.step()
            } catch {
                switch error {
                case .damaged, .read, .packer:
                    // Not again and again: `verify` tells about it whenever asked, and a restart tries anew.
                    update(current.plain.hash) { $0.isExemptFromPacking = true }
                case .file, .missing: break
                }
                throw error
            }
            switch step {
            case .more(let bytes): spentBytes += bytes
            case .packedIsDamaged:
                job = nil
                guard current.isInPlace else {
                    current.discard()
                    update(current.plain.hash) { $0.isExemptFromPacking = true }
                    throw .packer(detail: "what was packed could not be read back")
                }
                do throws(FileError) {
                    try folder.remove(current.packedName)
                } catch {
                    throw .file(error)
                }
                update(current.plain.hash) { $0.packed = nil }
            case .finished:
                job = nil
                do throws(FileError) {
                    return try swapForms(current)
                } catch {
                    current.discard()
                    throw .file(error)
                }
            }
        }
    }

    /// Prepares the packing of the next original that gains from it.
    private func nextJob() throws(ArchiveError) -> PackingJob? {
        while let (plain, packed) = nextToPack() {
            let descriptor: Descriptor
            do throws(FileError) {
                descriptor = try folder.open(plain.fileName)
            } catch let error where error.code == .missing {
                update(plain.hash) { $0.plain = nil }
                continue
            } catch {
                throw .file(error)
            }
            let source: FileSource
            do throws(DropReadError) {
                source = try FileSource(descriptor, path: folder.path(of: plain.fileName))
            } catch {
                update(plain.hash) { $0.isExemptFromPacking = true }
                throw .read(error)
            }
            if DropReader.encoding(of: source.peek(4)) == .plain || packed != nil {
                return try PackingJob(plain: plain, source: source, existing: packed, folder: folder)
            }
            update(plain.hash) { $0.isExemptFromPacking = true }
        }
        return nil
    }

    /// Puts the checked packed form in the place of the plain one.
    private func swapForms(_ job: PackingJob) throws(FileError) -> PackingStep {
        var packed = job.plain
        packed.isPacked = true
        if !job.isInPlace {
            try folder.rename(job.packedName, to: folder, as: packed.fileName, replacing: true, operation: "swap")
            try folder.sync()
        } else {
            // The ending of what the crash has left may be another one than the plain form's.
            packed = ArchivedName(job.packedName) ?? packed
        }
        let status = try folder.status(of: packed.fileName)
        // Before the plain form goes: who looks it up now and opens it later finds it gone and looks again.
        update(job.plain.hash) { forms in
            forms.packed = packed
            forms.plain = nil
        }
        try folder.remove(job.plain.fileName)
        try folder.sync()
        return .packed(job.plain.hash, bytesBefore: job.bytes, bytesAfter: status?.bytes ?? 0)
    }
}
