internal import ArgumentParser

/// A first word that is no command, and what was probably meant.
enum UnknownCommand {
    /// Nil for a command, and for what is not meant as one.
    static func failure(_ word: String) -> CommandFailure? {
        guard !word.hasPrefix("-"), !names.contains(word) else { return nil }
        let near = names.map { (name: $0, distance: distance(word, $0)) }
            .filter { $0.distance <= 2 || (!word.isEmpty && $0.name.hasPrefix(word)) }
            .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
        let question = near.isEmpty ? "" : "did you mean \(near.prefix(3).map(\.name).joined(separator: " or "))? "
        return CommandFailure(.usage, "no command \"\(word)\"", hint: question + "\"aurac help\" lists the commands")
    }

    private static var names: [String] {
        RootCommand.configuration.groupedSubcommands.flatMap { $0.subcommands }.compactMap {
            $0.configuration.commandName
        }
    }

    /// Letters to insert, delete or exchange until one word is the other (Levenshtein).
    static func distance(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first.utf8.prefix(64)), Array(second.utf8))
        var row = Array(0...second.count)
        for (i, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in second.enumerated() {
                let exchanged = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(exchanged, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[second.count]
    }
}
