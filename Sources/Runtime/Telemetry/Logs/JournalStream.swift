import Glibc

/// Whether a descriptor is connected to the journal, told by `$JOURNAL_STREAM` (systemd.exec(5)): device and inode of
/// the stream the service manager made. A descriptor that was redirected since has others.
struct JournalStream: Sendable, Equatable {
    let device: UInt64
    let inode: UInt64

    /// From `device:inode` in decimal; `nil` for anything else.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return nil }
        self.device = device
        self.inode = inode
    }

    /// Whether `descriptor` is this very stream.
    func isBehind(_ descriptor: Int32) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return false }
        return status.st_dev == device && status.st_ino == inode
    }
}
