import Glibc
import Locks

/// Writes whole lines to a descriptor: one write(2) per line, and lines of several threads never mix.
///
/// A reader who does not read must not stop the daemon: on a non-blocking descriptor that stays full for a tenth of a
/// second the line is lost, and the next line that gets through is preceded by one that says how many were.
final class LineSink: Sendable {
    private let descriptor: Int32
    private let lost = Guarded(0)

    /// - Parameter descriptor: stays the caller's and open as long as this lives.
    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// - Parameter line: with its line feed.
    func write(_ line: String) {
        lost.withLock { lost in
            if lost > 0, send("(\(lost) lines lost: their reader did not keep up)\n") { lost = 0 }
            if !send(line) { lost += 1 }
        }
    }

    private func send(_ line: String) -> Bool {
        var line = line
        return line.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: sent), bytes.count - sent)
                if count > 0 {
                    sent += count
                } else if count < 0, errno == EINTR {
                    continue
                } else if count < 0, errno == EAGAIN {
                    var readiness = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    guard poll(&readiness, 1, 100) > 0 else { return false }
                } else {
                    return false
                }
            }
            return true
        }
    }
}
