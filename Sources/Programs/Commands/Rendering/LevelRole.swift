internal import TerminalText

/// How levels look. The word itself is always shown too.
enum LevelRole {
    static func risk(_ level: String?) -> TextRole {
        switch level {
        case "critical", "high": .bad
        case "medium": .warning
        case "low": .good
        default: .muted
        }
    }

    static func health(_ level: String?) -> TextRole {
        switch level {
        case "healthy": .good
        case "watch": .warning
        case "at_risk", "at risk": .bad
        case nil: .muted
        default: .normal
        }
    }

    static func drop(_ state: String?) -> TextRole {
        switch state {
        case "loaded": .good
        case "refused": .bad
        case "queued", "loading": .warning
        default: .muted
        }
    }

    static func stage(_ state: String?) -> TextRole {
        switch state {
        case "running": .good
        case "failed": .bad
        case "waiting": .warning
        case "off": .muted
        default: .normal
        }
    }
}
