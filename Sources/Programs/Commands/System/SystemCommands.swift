internal import ArgumentParser

/// Commands that are about the daemon itself, in the order in which help shows them.
enum SystemCommands {
    static let all: [any ParsableCommand.Type] = [
        SystemStatus.self, WhoamiShow.self, SystemRefresh.self, SystemVerify.self, SystemMetrics.self, HelpShow.self,
    ]
}
