/// Puts frames together in one growing array: `begin` leaves room for the length, the body is appended, `end` fills the
/// length in. Nothing is copied.
public enum FrameEncoder {
    /// Starts a frame at the end of `bytes`; the result is passed to `end`.
    @inline(__always)
    public static func begin(in bytes: inout [UInt8]) -> Int {
        let start = bytes.count
        bytes.append(0)
        bytes.append(0)
        bytes.append(0)
        bytes.append(0)
        return start
    }

    /// Completes the frame begun at `start`. On an error the frame is taken out again.
    @inline(__always)
    public static func end(_ start: Int, in bytes: inout [UInt8], bodyBytesMax: Int) throws(FrameError) {
        let length = bytes.count - start - FrameFormat.headerBytes
        guard length > 0, length <= bodyBytesMax else {
            bytes.removeSubrange(start...)
            throw length <= 0 ? .emptyFrame : .tooLarge(announced: length, bodyBytesMax: bodyBytesMax)
        }
        bytes[start] = UInt8(truncatingIfNeeded: length >> 24)
        bytes[start + 1] = UInt8(truncatingIfNeeded: length >> 16)
        bytes[start + 2] = UInt8(truncatingIfNeeded: length >> 8)
        bytes[start + 3] = UInt8(truncatingIfNeeded: length)
    }

    /// Appends a whole frame around a body that is there already.
    public static func append(_ body: [UInt8], to bytes: inout [UInt8], bodyBytesMax: Int) throws(FrameError) {
        let start = begin(in: &bytes)
        bytes.append(contentsOf: body)
        try end(start, in: &bytes, bodyBytesMax: bodyBytesMax)
    }
}
