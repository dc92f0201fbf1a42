import Yams

/// Reads YAML text into ``YAMLValue``s. Keys are unique and text afterwards; whatever else YAML offers (tags, several
/// documents, keys that are lists) is a problem with a place.
struct YAMLDocument {
    private let file: String
    private var source: [Unicode.Scalar]
    /// The names of keys that were replaced in `source`, by their place.
    private var renamed: [FilePosition: String] = [:]
    private var valueCount = 0

    /// Far above any real configuration; aliases of aliases could ask for more than any memory.
    static let valueCountMax = 200_000

    /// - Returns: nil for a document without content, and where the syntax does not allow a value.
    static func parse(_ text: String, problems: inout ProblemList) -> YAMLValue? {
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        var document = YAMLDocument(file: problems.file, source: scalars)
        return document.compose(&problems)
    }

    private init(file: String, source: [Unicode.Scalar]) {
        self.file = file
        self.source = source
    }

    /// The parser stops at the first duplicate key and then gives nothing else. So that all problems are found, the
    /// earlier of two equal keys gets a name of its own, as long as before to keep every column, and the text is
    /// parsed again; the names are restored when the values are taken over, and the duplicates are reported there.
    private mutating func compose(_ problems: inout ProblemList) -> YAMLValue? {
        while true {
            do {
                var text = String.UnicodeScalarView()
                text.append(contentsOf: source)
                let parser = try Parser(yaml: String(text), resolver: .basic, encoding: .utf8)
                guard let root = try parser.singleRoot() else { return nil }
                return value(root, path: "", problems: &problems)
            } catch YamlError.duplicatedKeysInMapping(let duplicates, let context) {
                let position = FilePosition(line: context.mark.line, column: context.mark.column)
                guard let name = duplicates.first, rename(name, at: position) else {
                    reportDuplicate(duplicates.first ?? "", at: position, &problems)
                    reportRenamed(&problems)
                    return nil
                }
            } catch {
                report(error, &problems)
                reportRenamed(&problems)
                return nil
            }
        }
    }

    /// Where no values can be taken over, the duplicates found so far are still worth telling.
    private func reportRenamed(_ problems: inout ProblemList) {
        for (position, name) in renamed.sorted(by: { $0.key < $1.key }) {
            reportDuplicate(name, at: position, &problems)
        }
    }

    private func reportDuplicate(_ name: String, at position: FilePosition, _ problems: inout ProblemList) {
        problems.add(
            .duplicateKey, at: position, "", found: "the key \(Wording.quoted(name)), which comes again further down",
            expected: "every key once")
    }

    /// Replaces the key at a place by private-use characters. False when the place does not hold that key as such.
    private mutating func rename(_ name: String, at position: FilePosition) -> Bool {
        let index = renamed.count
        guard index < 1000, let start = offset(of: position), let mark = Unicode.Scalar(0xE000 + UInt32(index)) else {
            return false
        }
        let original = Array(name.unicodeScalars)
        var end = start + original.count
        if source[start] == "'" || source[start] == "\"" { end += 2 }
        guard end <= source.count else { return false }
        let range = source[start] == "'" || source[start] == "\"" ? start + 1..<end - 1 : start..<end
        guard source[range].elementsEqual(original) else { return false }
        for place in start..<end { source[place] = mark }
        renamed[position] = name
        return true
    }

    private func offset(of position: FilePosition) -> Int? {
        var line = 1
        var start = 0
        var index = 0
        while line < position.line, index < source.count {
            let scalar = source[index]
            index += 1
            if scalar == "\r", index < source.count, source[index] == "\n" { index += 1 }
            if ["\r", "\n", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar) {
                line += 1
                start = index
            }
        }
        let offset = start + position.column - 1
        return line == position.line && offset < source.count ? offset : nil
    }

    // MARK: Values

    private mutating func value(_ node: Node, path: String, problems: inout ProblemList) -> YAMLValue? {
        let position = position(node)
        valueCount += 1
        if valueCount > YAMLDocument.valueCountMax {
            if valueCount == YAMLDocument.valueCountMax + 1 {
                problems.add(
                    .syntax, at: position, path, found: "more than \(YAMLDocument.valueCountMax) values",
                    expected: "a configuration that fits in memory", advice: "write values out instead of using aliases"
                )
            }
            return nil
        }
        let tag = node.tag.description
        if !["", "!"].contains(tag), ![Tag.Name.str, .seq, .map].contains(where: { $0.rawValue == tag }) {
            problems.add(
                .syntax, at: position, path, found: "the tag \(Wording.quoted(tag))", expected: "a value without a tag")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let isPlain = scalar.style == .plain || scalar.style == .any
            return YAMLValue(content: .scalar(scalar.string, isPlain: isPlain), position: position)
        case .sequence(let sequence):
            var list: [YAMLValue] = []
            for (index, element) in sequence.enumerated() {
                if let element = value(element, path: "\(path)[\(index)]", problems: &problems) { list.append(element) }
            }
            return YAMLValue(content: .list(list), position: position)
        case .mapping(let mapping):
            return YAMLValue(content: .mapping(members(mapping, path: path, problems: &problems)), position: position)
        case .alias:
            // The parser has put the values in the place of their aliases.
            return nil
        }
    }

    private mutating func members(
        _ mapping: Node.Mapping, path: String, problems: inout ProblemList
    ) -> [YAMLValue.Member] {
        var members: [YAMLValue.Member] = []
        var firstPosition: [String: FilePosition] = [:]
        for (keyNode, valueNode) in mapping {
            let position = position(keyNode)
            guard case .scalar(let scalar) = keyNode else {
                problems.add(
                    .syntax, at: position, path, found: "a list or mapping as a key", expected: "a name as a key")
                continue
            }
            let key = renamed[position] ?? scalar.string
            let keyPath = Wording.keyPath(path, key)
            if let first = firstPosition[key] {
                problems.add(
                    .duplicateKey, at: position, keyPath, found: "the key \(Wording.quoted(key)) again",
                    expected: "every key once", advice: "it stands in line \(first.line) already")
                continue
            }
            firstPosition[key] = position
            if let value = value(valueNode, path: keyPath, problems: &problems) {
                members.append(.init(key: key, position: position, value: value))
            }
        }
        return members
    }

    private func position(_ node: Node) -> FilePosition {
        node.mark.map { FilePosition(line: $0.line, column: $0.column) } ?? FilePosition(line: 1, column: 1)
    }

    // MARK: Syntax errors

    private func report(_ error: any Error, _ problems: inout ProblemList) {
        let expected = "valid YAML"
        switch error {
        case YamlError.scanner(let context, let problem, let mark, _),
            YamlError.parser(let context, let problem, let mark, _):
            var text = problem.hasPrefix("found ") ? String(problem.dropFirst(6)) : problem
            if let context, !context.text.isEmpty {
                text += " \(context.text)"
                // An unclosed quote or bracket is noticed far from where it was opened.
                if context.mark.line != mark.line {
                    text += " that starts at \(context.mark.line):\(context.mark.column)"
                }
            }
            problems.add(
                .syntax, at: FilePosition(line: mark.line, column: mark.column), "", found: "invalid YAML (\(text))",
                expected: expected, advice: syntaxAdvice(problem))
        case YamlError.composer(_, let problem, let mark, _):
            let isAlias = problem.contains("alias")
            problems.add(
                .syntax, at: FilePosition(line: mark.line, column: mark.column), "",
                found: isAlias ? "an alias without its anchor" : "a second document",
                expected: isAlias ? "an anchor further up, or text in quotes" : "one document")
        case YamlError.reader(let problem, let offset, let value, let yaml):
            let scalars = yaml.prefix(offset ?? 0).unicodeScalars
            let line = scalars.reduce(1) { $1 == "\n" ? $0 + 1 : $0 }
            let column = scalars.reversed().prefix { $0 != "\n" }.count + 1
            let code = value > 0 ? " (U+\(String(value, radix: 16).uppercased()))" : ""
            problems.add(
                .syntax, at: offset == nil ? nil : FilePosition(line: line, column: column), "",
                found: "invalid YAML (\(problem))\(code)", expected: expected)
        default:
            problems.add(.syntax, at: nil, "", found: "text that cannot be read as YAML (\(error))", expected: expected)
        }
    }

    private func syntaxAdvice(_ problem: String) -> String? {
        if problem.contains("cannot start any token") {
            return "indent with spaces, not with tabs, and quote text that starts with a special character"
        }
        if problem.contains("mapping values are not allowed") {
            return "look for a missing line break, wrong indentation, or text with a colon that needs quotes"
        }
        return nil
    }
}
