/// A value of a YAML document together with its place.
struct YAMLValue {
    enum Content {
        /// A plain scalar can be a number, a boolean or nothing; a quoted one is always text.
        case scalar(String, isPlain: Bool)
        case list([YAMLValue])
        case mapping([Member])
    }

    /// A key of a mapping and its value.
    struct Member {
        var key: String
        var position: FilePosition
        var value: YAMLValue
    }

    var content: Content
    var position: FilePosition

    var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The text of a scalar that is not null.
    var scalar: String? {
        guard case .scalar(let text, _) = content, !isNull else { return nil }
        return text
    }

    /// The text of a plain scalar: the only one that can be a number.
    var plain: String? {
        guard case .scalar(let text, isPlain: true) = content else { return nil }
        return text
    }

    var boolean: Bool? {
        switch plain {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// The text of a scalar that YAML takes as text too, not as a number, a boolean or nothing.
    var text: String? {
        guard let scalar else { return nil }
        if let plain, boolean != nil || NumberText.decimal(plain) != nil { return nil }
        return scalar
    }

    /// Type and value for a message about a wrong type: `integer 5`, `text "x"`, `a list`.
    var typeAndValue: String {
        switch content {
        case .list: return "a list"
        case .mapping: return "a mapping"
        case .scalar(let text, _):
            if isNull { return "nothing (null)" }
            if let boolean { return "boolean \(boolean)" }
            if let plain, NumberText.isInteger(plain) { return "integer \(plain)" }
            if let plain, NumberText.decimal(plain) != nil { return "number \(plain)" }
            return "text \(Wording.quoted(text))"
        }
    }

    /// The value for a message about a value of the right type.
    var shown: String {
        switch content {
        case .scalar(let text, _) where !isNull: Wording.quoted(text)
        default: typeAndValue
        }
    }
}
