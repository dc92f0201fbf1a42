import Foundation

@testable import Telemetry

/// A pipe whose writing end a sink writes to, and whose reading end a thread empties until the writing end is closed.
final class PipeReader: Sendable {
    let sink: LineSink
    private let writing: Int32
    private let lines = Collector<String>()
    private let finished = DispatchGroup()

    init() throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        let reading = ends[0]
        writing = ends[1]
        sink = LineSink(descriptor: writing)
        finished.enter()
        // Not FileHandle: it ends the process when a signal interrupts the reading, and ended children send signals.
        Thread.detachNewThread { [lines, finished] in
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(reading, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                bytes += buffer[..<count]
            }
            close(reading)
            for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") { lines.append(String(line)) }
            finished.leave()
        }
    }

    /// Closes the writing end and gives all lines that arrived.
    func finish() -> [String] {
        close(writing)
        finished.wait()
        return lines.values
    }
}
