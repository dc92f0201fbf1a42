internal import Glibc

/// A system call that failed.
struct SystemFailure: Error {
    let number: Int32

    /// The error of the last call on this thread.
    static var last: SystemFailure { SystemFailure(number: errno) }

    /// The system's words, such as `No such file or directory`.
    var text: String { strerror(number).map { String(cString: $0) } ?? "error \(number)" }
}

/// Whole buffers from and to file descriptors.
enum FileBytes {
    /// Writes all bytes.
    static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemFailure) {
        let failure: SystemFailure? = bytes.withUnsafeBytes { write($0, to: descriptor) }
        if let failure { throw failure }
    }

    /// Writes all bytes; nil when that succeeded.
    static func write(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> SystemFailure? {
        var offset = 0
        while offset < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            if count >= 0 {
                offset += count
            } else if errno == EAGAIN {
                // A descriptor shared with a program that made it non-blocking.
                var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&entry, 1, -1)
            } else if errno != EINTR {
                return .last
            }
        }
        return nil
    }

    /// Reads until `count` bytes are there or the file ends.
    static func read(_ descriptor: Int32, count: Int) throws(SystemFailure) -> [UInt8] {
        var failure: SystemFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            while length < count {
                let got = Glibc.read(descriptor, buffer.baseAddress.map { $0 + length }, count - length)
                if got > 0 {
                    length += got
                } else if got == 0 {
                    return
                } else if errno == EAGAIN {
                    var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                    _ = poll(&entry, 1, -1)
                } else if errno != EINTR {
                    failure = .last
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
