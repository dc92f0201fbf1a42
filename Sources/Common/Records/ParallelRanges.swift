import Dispatch

/// The indices below a count in ranges of a fixed length, which several threads can work on.
public struct ParallelRanges: Sendable {
    public let ranges: [Range<Int>]

    public init(count: Int, length: Int) {
        ranges = stride(from: 0, to: count, by: length).map { $0..<min(count, $0 + length) }
    }

    /// What `body` makes of each range, in their order.
    /// - Parameters:
    ///   - isParallel: whether all cores may take part.
    ///   - body: called once a range, on several threads; it may only read.
    public func map<Part: Sendable>(isParallel: Bool, _ body: @Sendable (Range<Int>) -> Part) -> [Part] {
        if ranges.count <= 1 || !isParallel { return ranges.map(body) }
        var parts = [Part?](repeating: nil, count: ranges.count)
        parts.withUnsafeMutableBufferPointer { buffer in
            // Safe: iteration i alone writes buffer[i], and nobody reads it before all have ended.
            nonisolated(unsafe) let buffer = buffer
            DispatchQueue.concurrentPerform(iterations: ranges.count) { buffer[$0] = body(ranges[$0]) }
        }
        return parts.compactMap { $0 }
    }
}
