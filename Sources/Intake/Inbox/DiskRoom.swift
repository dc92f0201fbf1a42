import Glibc

/// Whether a large file may be copied, looked at before rather than when the disk is full for everybody.
enum DiskRoom {
    /// Smaller files are copied without a look: when they do not fit, the disk is full for all purposes.
    static let largeFileBytes = 64 << 20

    /// What a copy leaves to the daemon's own files.
    static func reserve(diskBytes: Int) -> Int { min(1 << 30, diskBytes / 20) }

    /// - Returns: what is wrong; nil when there is room, or the file system does not say.
    static func shortage(for bytes: Int, in folder: Folder, path: String) -> FileError? {
        guard bytes > largeFileBytes else { return nil }
        var status = statvfs()
        guard statvfs(folder.path, &status) == 0 else { return nil }
        let block = Int(clamping: status.f_frsize)
        let free = block.multipliedReportingOverflow(by: Int(clamping: status.f_bavail))
        let whole = block.multipliedReportingOverflow(by: Int(clamping: status.f_blocks))
        if free.overflow || whole.overflow { return nil }
        let room = free.partialValue - reserve(diskBytes: whole.partialValue)
        if bytes <= room { return nil }
        return FileError(
            .noSpace, "copy", path: path,
            detail: "the file has \(bytes) bytes, the disk has room for \(max(0, room)); it waits until there is more")
    }
}
