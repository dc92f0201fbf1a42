/// Text from bytes.
enum UTF8Text {
    /// Nil after the place of the first byte that is not UTF-8 was reported.
    static func decode(_ bytes: [UInt8], problems: inout ProblemList) -> String? {
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var position = FilePosition(line: 1, column: 1)
        while case .scalarValue(let scalar) = decoder.decode(&iterator) {
            if scalar == "\n" {
                position = FilePosition(line: position.line + 1, column: 1)
            } else {
                position.column += 1
            }
        }
        problems.add(
            .syntax, at: position, "", found: "a byte that is not UTF-8", expected: "UTF-8 text",
            advice: "save the file as UTF-8")
        return nil
    }
}
