import Glibc
import Records

/// Takes off the `'` that stands before a cell a spreadsheet would take for a formula.
///
/// Tables written for people carry it, so that nobody's spreadsheet runs what a client has for a name; when such a table
/// comes back, the cell is again what it was. A `'` before anything else is part of the value.
enum FormulaGuard {
    private static let mark: UInt8 = 39

    /// - Parameters:
    ///   - start: where the text of the batch's rows begins.
    ///   - end: and where it ends.
    static func takeOff(_ batch: BronzeBatch, from start: Int, to end: Int) {
        // Most files have no such mark in any place: that is found out at the speed of memory.
        guard end > start, memchr(batch.bytes + start, Int32(mark), end - start) != nil else { return }
        let bytes = batch.bytes
        for field in 0..<batch.rowCount * batch.columnCount {
            let span = batch.spans[field]
            guard span.count >= 2, bytes[Int(span.start)] == mark else { continue }
            switch bytes[Int(span.start) + 1] {
            // = + - @ tab CR
            case 61, 43, 45, 64, 9, 13: batch.spans[field].start += 1
            default: break
            }
        }
    }
}
