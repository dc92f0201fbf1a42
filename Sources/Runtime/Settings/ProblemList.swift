/// Collects the problems of one file.
struct ProblemList {
    let part: ConfigurationProblem.Part
    let file: String
    private var problems: [ConfigurationProblem] = []
    private var omitted = 0

    init(_ part: ConfigurationProblem.Part, file: String) {
        self.part = part
        self.file = file
    }

    var isEmpty: Bool { problems.isEmpty }

    mutating func add(
        _ kind: ConfigurationProblem.Kind, at position: FilePosition?, _ keyPath: String, found: String,
        expected: String, advice: String? = nil
    ) {
        if problems.count >= ConfigurationError.problemsPerFileMax {
            omitted += 1
            return
        }
        problems.append(
            ConfigurationProblem(
                kind: kind, part: part, file: file, position: position, keyPath: keyPath, found: found,
                expected: expected, advice: advice))
    }

    /// From top to bottom; problems without a place come last.
    var sorted: [ConfigurationProblem] {
        let end = FilePosition(line: .max, column: .max)
        var result = problems.enumerated().sorted {
            ($0.element.position ?? end, $0.offset) < ($1.element.position ?? end, $1.offset)
        }.map(\.element)
        if omitted > 0 {
            result.append(
                ConfigurationProblem(
                    kind: .more, part: part, file: file, found: "\(omitted) more problems", expected: "none",
                    advice: "mend the ones above first"))
        }
        return result
    }
}
