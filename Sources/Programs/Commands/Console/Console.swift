internal import Glibc
internal import TerminalText

/// The world a command line lives in: environment, streams, terminal, clock. Belongs to one thread.
public final class Console {
    /// A file descriptor to write to, and the terminal behind it if there is one.
    public struct Stream: Sendable {
        /// Where the bytes go.
        public let descriptor: Int32
        /// Whether a terminal shows them.
        public let isTerminal: Bool
        /// Columns the terminal reports, if it does.
        public let columns: Int?

        /// A stream whose properties are known.
        public init(descriptor: Int32, isTerminal: Bool, columns: Int? = nil) {
            self.descriptor = descriptor
            self.isTerminal = isTerminal
            self.columns = columns
        }

        /// A stream whose properties are asked for: isatty(3), and TIOCGWINSZ of ioctl(2).
        public init(detecting descriptor: Int32) {
            self.descriptor = descriptor
            isTerminal = isatty(descriptor) == 1
            var size = winsize()
            columns =
                isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
                ? Int(size.ws_col) : nil
        }
    }

    /// Variables that change what a command does.
    private static let variableNames = [
        "AURA_SOCKET", "COLORTERM", "COLUMNS", "LANG", "LC_ALL", "LC_CTYPE", "NO_COLOR", "TERM",
    ]

    let environment: [String: String]
    let input: Int32
    let output: Stream
    let errors: Stream
    /// Seconds since 1970-01-01 UTC.
    private let clock: () -> Double
    private let sleeper: (Int) -> Void
    /// Output that is not written yet.
    private var pending: [UInt8] = []
    /// Whether any output has left the program.
    private(set) var hasWritten = false
    private static let pendingBytesMax = 64 << 10

    /// A console of given parts.
    ///
    /// - Parameters:
    ///   - environment: the variables of the process.
    ///   - input: the descriptor that `-` reads.
    ///   - output: where answers go.
    ///   - errors: where messages and progress go.
    ///   - clock: seconds since 1970-01-01 UTC.
    ///   - pause: waits for so many milliseconds.
    public init(
        environment: [String: String], input: Int32, output: Stream, errors: Stream,
        clock: @escaping () -> Double, pause: @escaping (Int) -> Void
    ) {
        self.environment = environment
        self.input = input
        self.output = output
        self.errors = errors
        self.clock = clock
        sleeper = pause
    }

    /// The console of this process. From now on writing into a pipe without reader is an error and no signal.
    public static func ofProcess() -> Console {
        signal(SIGPIPE, SIG_IGN)
        var environment: [String: String] = [:]
        for name in variableNames {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        return Console(
            environment: environment, input: STDIN_FILENO, output: Stream(detecting: STDOUT_FILENO),
            errors: Stream(detecting: STDERR_FILENO), clock: systemClock, pause: systemPause)
    }

    /// The real-time clock of the machine.
    public static func systemClock() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// Puts the thread to sleep.
    public static func systemPause(milliseconds: Int) {
        usleep(UInt32(clamping: milliseconds * 1_000))
    }

    var now: Double { clock() }

    func pause(milliseconds: Int) { sleeper(milliseconds) }

    /// Columns for help screens, which are readable without a terminal too.
    var helpColumns: Int {
        let style = TerminalStyle(environment: environment, isTerminal: true, columns: output.columns)
        // Longer lines are hard to read.
        return min(max(style.columns, 40), 100)
    }

    /// The style of the output.
    func style(colorAllowed: Bool) -> TerminalStyle { Self.style(output, environment, colorAllowed) }

    /// The style of messages and progress.
    func errorStyle(colorAllowed: Bool) -> TerminalStyle { Self.style(errors, environment, colorAllowed) }

    private static func style(_ stream: Stream, _ environment: [String: String], _ colorAllowed: Bool) -> TerminalStyle
    {
        TerminalStyle(
            environment: environment, isTerminal: stream.isTerminal, columns: stream.columns,
            colorAllowed: colorAllowed)
    }

    // MARK: Output

    func write(_ text: String) throws(CommandFailure) { try write(Array(text.utf8)) }

    func write(_ bytes: [UInt8]) throws(CommandFailure) {
        pending.append(contentsOf: bytes)
        if pending.count >= Self.pendingBytesMax { try flush() }
    }

    /// Writes data for programs; a terminal is shown signs for what it would obey.
    func write(_ data: [UInt8], as syntax: TerminalData.Syntax) throws(CommandFailure) {
        try write(output.isTerminal ? shown(data, as: syntax) : data)
    }

    /// Data as a terminal is shown it.
    func shown(_ data: [UInt8], as syntax: TerminalData.Syntax) -> [UInt8] {
        TerminalData.shown(data, syntax, unicode: style(colorAllowed: false).unicode)
    }

    func flush() throws(CommandFailure) {
        guard !pending.isEmpty else { return }
        let bytes = pending
        pending.removeAll(keepingCapacity: true)
        hasWritten = true
        do throws(SystemFailure) {
            try FileBytes.write(bytes, to: output.descriptor)
        } catch {
            if error.number == EPIPE { throw .brokenPipe }
            throw CommandFailure(.cannotCreate, "could not write the output: \(error.text)", hint: "is the disk full?")
        }
    }

    /// Forgets output that has not left the program.
    func discardPending() { pending.removeAll(keepingCapacity: true) }

    /// What was put out before a failure still goes out; the failure is what is reported.
    func flushIgnoringFailure() {
        do throws(CommandFailure) {
            try flush()
        } catch {
            pending.removeAll()
        }
    }

    // MARK: Messages

    /// A message for a person. When nobody can read it there is nobody to tell.
    func complain(_ text: String) {
        let clean = DisplayText(text, unicode: errorStyle(colorAllowed: false).unicode, lineBreaks: .kept)
        writeMessage(Array(clean.text.utf8) + [0x0A])
    }

    /// Bytes for the errors as they are.
    func writeMessage(_ bytes: [UInt8]) {
        do throws(SystemFailure) {
            try FileBytes.write(bytes, to: errors.descriptor)
        } catch {
            // Messages have no other place to go.
        }
    }
}
