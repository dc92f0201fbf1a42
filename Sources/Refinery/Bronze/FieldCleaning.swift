import CAura
import Records
import Words

/// Takes blanks off around values, and makes empty what other programs write where they have nothing.
///
/// Blanks inside quotes of delimited text were put there on purpose and stay; what stands in a JSON string without any purpose
/// of its own is cleaned as a value without quotes is. The raw text of a row stays as it came.
enum FieldCleaning {
    /// Cleans the values of the rows of a batch of delimited text.
    /// - Parameters:
    ///   - start: where the text of the rows begins.
    ///   - end: and where it ends.
    ///   - dataEnd: where the block ends; behind it stand copies of quoted values.
    static func clean(_ batch: BronzeBatch, from start: Int, to end: Int, dataEnd: Int, delimiter: UInt8) {
        // Most files have nothing to clean: that is found out at the speed of memory.
        guard end > start, batch.rowCount > 0,
            aura_has_untidy_edges(batch.bytes + start, UInt64(end - start), delimiter) != 0
        else { return }
        let bytes = batch.bytes
        let columnCount = batch.columnCount
        for row in 0..<batch.rowCount {
            let rowStart = Int(batch.rows[row].start)
            let spans = batch.spans + row * columnCount
            for column in 0..<columnCount where spans[column].count > 0 {
                let first = Int(spans[column].start)
                if first > rowStart ? bytes[first - 1] != 34 && first < dataEnd : true {
                    trim(&spans[column], bytes) { $0 == 32 || $0 == 9 }
                }
                if isNothing(bytes + Int(spans[column].start), spans[column].count) {
                    spans[column].end = spans[column].start
                }
            }
        }
    }

    /// The same of the value of a JSON string.
    static func cleaned(_ span: FieldSpan, _ batch: BronzeBatch) -> FieldSpan {
        var span = span
        trim(&span, batch.bytes) { $0 == 32 || ($0 >= 9 && $0 <= 13) }
        if isNothing(batch.bytes + Int(span.start), span.count) { span.end = span.start }
        return span
    }

    @inline(__always)
    private static func trim(
        _ span: inout FieldSpan, _ bytes: UnsafeMutablePointer<UInt8>, _ isBlank: (UInt8) -> Bool
    ) {
        while span.end > span.start, isBlank(bytes[Int(span.end) - 1]) { span.end -= 1 }
        while span.start < span.end, isBlank(bytes[Int(span.start)]) { span.start += 1 }
    }

    private static let words = FileReading.wordsForNothing.map { Array($0.utf8) }

    /// Whether a value is a word that databases, spreadsheets and other programs write for nothing.
    @inline(__always)
    static func isNothing(_ text: UnsafeMutablePointer<UInt8>, _ count: Int) -> Bool {
        guard count > 0, count <= 4 else { return false }
        switch text[0] {
        // - \ < # N n
        case 45, 92, 60, 35, 78, 110: break
        default: return false
        }
        let value = UnsafeBufferPointer(start: text, count: count)
        return words.contains { $0.elementsEqual(value) }
    }
}
