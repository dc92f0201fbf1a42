public import Contract

/// The elements of a list in an answer, as many as fit a frame: the rest is for the pages to come.
public struct BoundedList: ~Copyable {
    /// Bytes that are left for elements.
    private var room: Int
    private let bytesMax: Int
    private var element = JSONWriter()
    /// Elements written so far.
    public private(set) var count = 0
    /// Whether an element was left out: the list goes on with it.
    public private(set) var isFull = false

    /// What an answer has beside its list: totals, a cursor, names of days and generations.
    private static let restBytes = 4_096

    /// - Parameter bytesMax: what the whole text of the answer may have.
    public init(bytesMax: Int) {
        self.bytesMax = bytesMax
        room = bytesMax - BoundedList.restBytes
    }

    /// Writes an element, unless it does not fit.
    /// - Parameter name: what an element is, to say that not even one alone fits.
    /// - Returns: whether it was written.
    public mutating func write(
        _ name: String, to writer: inout JSONWriter, _ body: (inout JSONWriter) -> Void
    ) throws(Problem) -> Bool {
        guard !isFull else { return false }
        element.removeAll()
        body(&element)
        // The comma before it.
        let bytes = element.count + 1
        guard bytes <= room else {
            guard count > 0 else { throw BoundedList.tooLarge(name, bytes: bytes, bytesMax: bytesMax) }
            isFull = true
            return false
        }
        room -= bytes
        count += 1
        element.withBytes { writer.raw($0) }
        return true
    }

    /// One row alone is more than an answer can hold.
    static func tooLarge(_ name: String, bytes: Int, bytesMax: Int) -> Problem {
        Problem(
            .tooLarge, "\(name) alone has \(bytes) bytes; an answer has \(bytesMax) at most",
            hint: "whoever runs the daemon can raise max_frame_bytes in aurad.yaml",
            data: ["bytes": .integer(Int64(bytes)), "bytes_max": .integer(Int64(bytesMax))])
    }
}
