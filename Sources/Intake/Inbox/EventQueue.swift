import Glibc

/// The kernel's queue of what happens in watched folders (inotify).
final class EventQueue: Sendable {
    struct Event: Hashable {
        /// Which watch it belongs to; -1 for the queue itself.
        var watch: Int32
        var mask: UInt32
        var name: FileName?

        func has(_ bit: Int) -> Bool { mask & UInt32(truncatingIfNeeded: bit) != 0 }
    }

    let descriptor: Descriptor

    init() throws(FileError) {
        let number = negatedErrorNumber(inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)))
        guard number >= 0 else { throw FileError("watch", path: "folders", errorNumber: -number) }
        descriptor = Descriptor(owning: number)
    }

    /// Watches the folder at `path`, which must not be a symbolic link.
    func add(_ path: String) throws(FileError) -> Int32 {
        let bits =
            IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW
        let watch = negatedErrorNumber(inotify_add_watch(descriptor.number, path, UInt32(truncatingIfNeeded: bits)))
        guard watch >= 0 else {
            var error = FileError("watch", path: path, errorNumber: -watch)
            // Here the kernel means the number of watches, not the disk.
            if watch == -ENOSPC { error.code = .outOfResources }
            throw error
        }
        return watch
    }

    func remove(_ watch: Int32) { _ = inotify_rm_watch(descriptor.number, watch) }

    /// Everything that is in the queue now.
    func drain(into body: (Event) -> Void) {
        // The kernel wants room for at least one event with the longest name.
        withUnsafeTemporaryAllocation(byteCount: 64 * 1024, alignment: 8) { buffer in
            while true {
                let count = read(descriptor.number, buffer.baseAddress, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return }
                EventQueue.parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]), into: body)
            }
        }
    }

    /// `struct inotify_event`: watch, mask, cookie, length of the name (each 4 bytes), then the name, padded with NUL.
    static func parse(_ bytes: UnsafeRawBufferPointer, into body: (Event) -> Void) {
        var position = 0
        while position + 16 <= bytes.count {
            let watch = bytes.loadUnaligned(fromByteOffset: position, as: Int32.self)
            let mask = bytes.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self)
            let length = Int(bytes.loadUnaligned(fromByteOffset: position + 12, as: UInt32.self))
            guard position + 16 + length <= bytes.count else { return }
            let field = bytes[(position + 16)..<(position + 16 + length)]
            body(Event(watch: watch, mask: mask, name: FileName(field.prefix { $0 != 0 })))
            position += 16 + length
        }
    }
}
