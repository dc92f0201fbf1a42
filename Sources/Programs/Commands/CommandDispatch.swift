internal import ArgumentParser

/// The short way from a command line to its command.
///
/// Laying out the whole tree of commands takes longer than asking the daemon, so the first word picks the one type that
/// reads the rest. It decides nothing: whatever it cannot read (help, versions, mistakes) goes through the whole tree,
/// which alone words the answer.
enum CommandDispatch {
    /// The command a line asks for, complete and valid; nil when the tree has to say what the line means.
    static func command(_ arguments: [String]) -> (any ClientCommand)? {
        // The question people and scripts ask most often, one client at a time.
        if arguments.first == "client", let command = ClientShow(plain: arguments.dropFirst()) { return command }
        guard let (type, wordCount) = type(arguments) else { return nil }
        let parsed = try? type.parseAsRoot(Array(arguments.dropFirst(wordCount)))
        return parsed as? any ClientCommand
    }

    /// The type the first words name, and how many they are.
    static func type(_ arguments: [String]) -> (type: any ClientCommand.Type, wordCount: Int)? {
        guard let noun = arguments.first else { return nil }
        let verb = arguments.count > 1 ? arguments[1] : ""
        switch noun {
        case "churn":
            return ChurnGroup.type(arguments.dropFirst()).map { ($0.type, $0.wordCount + 1) }
        case "client": return (ClientShow.self, 1)
        case "clients": return (ClientsList.self, 1)
        case "cohorts": return (CohortsShow.self, 1)
        case "drops":
            switch verb {
            case "cancel": return (DropsCancel.self, 2)
            case "show": return (DropsShow.self, 2)
            default: return (DropsList.self, verb == "list" ? 2 : 1)
            }
        case "export": return (TableExport.self, 1)
        case "forecast":
            return verb == "backtest" ? (ForecastBacktest.self, 2) : (ForecastShow.self, verb == "show" ? 2 : 1)
        case "heatmap": return (HeatmapShow.self, 1)
        case "ingest": return (DataIngest.self, 1)
        case "kpis": return (KPIsShow.self, 1)
        case "metrics": return (SystemMetrics.self, 1)
        case "mrr": return (MRRShow.self, 1)
        case "refresh": return (SystemRefresh.self, 1)
        case "rejects": return (RejectsList.self, 1)
        case "rules": return verb == "test" ? (RulesTest.self, 2) : (RulesList.self, verb == "list" ? 2 : 1)
        case "sample": return (SampleWrite.self, 1)
        case "status": return (SystemStatus.self, 1)
        case "whoami": return (WhoamiShow.self, 1)
        case "verify": return (SystemVerify.self, 1)
        // Its answers are worded from the tree.
        case "help": return nil
        // What is asked seldom needs no line here.
        default:
            let known = (InsightCommands.all + DataCommands.all + SystemCommands.all).first {
                $0.configuration.commandName == noun && $0.configuration.subcommands.isEmpty
            }
            return (known as? any ClientCommand.Type).map { ($0, 1) }
        }
    }
}
