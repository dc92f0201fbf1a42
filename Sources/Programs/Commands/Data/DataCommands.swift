internal import ArgumentParser

/// Commands that hand data over and say what became of it, in the order in which help shows them.
enum DataCommands {
    static let all: [any ParsableCommand.Type] = [
        DataIngest.self, DropsGroup.self, RejectsList.self, RemarksList.self, SampleWrite.self,
    ]
}
