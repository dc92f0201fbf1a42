import Contract
import Records
import Snapshots

/// The reasons of rules in words.
enum RuleText {
    /// Writes the text of a rule with `{value}`, `{threshold}` and `{percent}` filled in from its first condition.
    static func writeReason(_ rule: Int, _ snapshot: Snapshot, _ position: Int, to writer: inout JSONWriter) {
        let observed = snapshot.ruleInputs[rule].observed(position)
        var text = snapshot.assessments.rules.rules[rule].text
        writer.beginString()
        text.withUTF8 { text in
            var start = 0
            while let open = index(of: UInt8(ascii: "{"), in: text, from: start),
                let close = index(of: UInt8(ascii: "}"), in: text, from: open)
            {
                writer.piece(UnsafeBufferPointer(rebasing: text[start..<open]))
                let placeholder = UnsafeBufferPointer(rebasing: text[open...close])
                if placeholder.elementsEqual("{value}".utf8) {
                    writer.piece(rounded: observed)
                } else if placeholder.elementsEqual("{threshold}".utf8) {
                    let condition = snapshot.assessments.rules.rules[rule].conditions.first
                    writer.piece(rounded: condition?.threshold ?? .nan)
                } else if placeholder.elementsEqual("{percent}".utf8) {
                    if observed.isNaN {
                        writer.piece("an unknown share")
                    } else {
                        writer.piece(rounded: (observed * 1000).rounded() / 10)
                        writer.piece(" %")
                    }
                } else {
                    writer.piece(placeholder)
                }
                start = close + 1
            }
            writer.piece(UnsafeBufferPointer(rebasing: text[start...]))
        }
        writer.endString()
    }

    private static func index(of byte: UInt8, in text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        var at = start
        while at < text.count, text[at] != byte { at += 1 }
        return at < text.count ? at : nil
    }
}
