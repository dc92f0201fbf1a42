/// How a command ends, after sysexits.h.
enum ExitStatus: Int32, CaseIterable {
    case done = 0
    /// An error the daemon answered that no other code stands for.
    case failed = 1
    case usage = 64
    case badData = 65
    case noInput = 66
    case unreachable = 69
    case internalError = 70
    case cannotCreate = 73
    case tryLater = 75
    case forbidden = 77

    /// What the code means, for the help topic.
    var explanation: String {
        switch self {
        case .done: "done; also when the reader of the output has gone, and for a delivery that was there already"
        case .failed: "the daemon answered with another error (no such client, a contradiction), or a check failed"
        case .usage: "the command line, or a parameter the daemon looked at, is wrong"
        case .badData: "the data was refused"
        case .noInput: "an input file is missing or cannot be read"
        case .unreachable: "the daemon cannot be reached: no socket, or nobody listens"
        case .internalError: "a mistake of the daemon's or of this program; its log says more"
        case .cannotCreate: "an output file cannot be written"
        case .tryLater:
            "a time limit passed, the disk is full, or the daemon is not ready, busy or restarting; try again later"
        case .forbidden: "the role, or the permissions of the socket, do not allow it"
        }
    }
}
