import Glibc

/// The process's standard error, of which there is one.
enum StandardError {
    static let sink = LineSink(descriptor: STDERR_FILENO)

    /// Colour is for terminals that know it and people who want it (https://no-color.org).
    static let showsColour = showsColour(
        isTerminal: isatty(STDERR_FILENO) == 1, noColour: Environment["NO_COLOR"], terminal: Environment["TERM"])

    static func showsColour(isTerminal: Bool, noColour: String?, terminal: String?) -> Bool {
        isTerminal && (noColour ?? "").isEmpty && terminal != "dumb"
    }

    /// Seconds since 1970.
    static func wallSeconds() -> Int64 {
        Int64(time(nil))
    }
}
