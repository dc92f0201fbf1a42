import Records

/// The three parts of a condition as it is written: a name, an operator, a value. Read in one pass.
struct ConditionText {
    let name: String
    let comparison: RiskRule.Comparison
    let value: String

    /// Nil where no operator stands. The first one parts name and value: a value may hold others.
    init?(_ text: String) {
        let bytes = text.utf8
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let after = bytes.index(after: index)
            let isFollowedByEqual = after < bytes.endIndex && bytes[after] == UInt8(ascii: "=")
            let found: RiskRule.Comparison? =
                switch bytes[index] {
                case UInt8(ascii: "<"): isFollowedByEqual ? .lessOrEqual : .less
                case UInt8(ascii: ">"): isFollowedByEqual ? .greaterOrEqual : .greater
                case UInt8(ascii: "=") where isFollowedByEqual: .equal
                case UInt8(ascii: "!") where isFollowedByEqual: .notEqual
                default: nil
                }
            if let found {
                name = ConditionText.trimmed(text[..<index])
                comparison = found
                value = ConditionText.trimmed(text[(isFollowedByEqual ? bytes.index(after: after) : after)...])
                return
            }
            index = after
        }
        return nil
    }

    /// Without white space at its ends.
    private static func trimmed(_ part: Substring) -> String {
        var part = part
        while let first = part.first, first.isWhitespace { part.removeFirst() }
        while let last = part.last, last.isWhitespace { part.removeLast() }
        return String(part)
    }
}
