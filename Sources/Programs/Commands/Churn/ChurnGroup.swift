internal import ArgumentParser

/// `aurac churn`
struct ChurnGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "churn",
        abstract: "Show what the churn model has learned and how it holds, train it, choose a version.",
        discussion: """
            EXAMPLES:
              aurac churn model
              aurac churn importance
              aurac churn train --wait
            """,
        subcommands: [ChurnModelGroup.self, ChurnImportance.self, ChurnTrain.self],
        defaultSubcommand: ChurnModelGroup.self)

    /// The command that the words after `churn` name, and how many words that are; nil for a word of no command.
    static func type(_ words: ArraySlice<String>) -> (type: any ClientCommand.Type, wordCount: Int)? {
        switch words.first {
        case "importance": return (ChurnImportance.self, 1)
        case "train": return (ChurnTrain.self, 1)
        case "model":
            switch words.dropFirst().first {
            case "show": return (ChurnModelShow.self, 2)
            case "list": return (ChurnModelList.self, 2)
            case "use": return (ChurnModelUse.self, 2)
            case "export": return (ChurnModelExport.self, 2)
            case "import": return (ChurnModelImport.self, 2)
            default: return (ChurnModelShow.self, 1)
            }
        default: return (ChurnModelShow.self, 0)
        }
    }
}

/// `aurac churn model`
struct ChurnModelGroup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Show the model in force, or list, choose, export and import versions.",
        discussion: """
            EXAMPLES:
              aurac churn model
              aurac churn model list
              aurac churn model use churn-2026-05-31-4f2a90c1
              aurac churn model export model.bin
            """,
        subcommands: [
            ChurnModelShow.self, ChurnModelList.self, ChurnModelUse.self, ChurnModelExport.self, ChurnModelImport.self,
        ],
        defaultSubcommand: ChurnModelShow.self)
}
