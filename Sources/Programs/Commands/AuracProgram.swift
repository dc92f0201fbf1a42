internal import ArgumentParser
internal import Glibc

/// The terminal client as a function: arguments and a console in, an exit code out. Nothing else of the process is
/// touched, so that several can run in one process.
public enum AuracProgram {
    /// Runs one command line.
    ///
    /// - Parameters:
    ///   - arguments: the command line without the program's name.
    ///   - console: where answers and messages go. Writing to a pipe whose reader has gone must not raise a signal.
    /// - Returns: the exit code; `aurac help exit-codes` lists them.
    public static func run(arguments: [String], console: Console) -> Int32 {
        if let command = CommandDispatch.command(arguments) { return run(command, console) }
        if let word = arguments.first, let failure = UnknownCommand.failure(word) { return report(failure, console) }
        do {
            var parsed = try RootCommand.parseAsRoot(arguments)
            if let command = parsed as? any ClientCommand { return run(command, console) }
            // The root, or a noun that needs a verb: its own run asks for the help screen.
            try parsed.run()
            return ExitStatus.done.rawValue
        } catch {
            return report(parserError: error, console)
        }
    }

    private static func run(_ command: any ClientCommand, _ console: Console) -> Int32 {
        do throws(CommandFailure) {
            let status = try command.execute(console)
            try console.flush()
            return status.rawValue
        } catch {
            return report(error, console)
        }
    }

    /// Help that was asked for goes to the output, everything else to the errors.
    private static func report(parserError error: any Error, _ console: Console) -> Int32 {
        let code = RootCommand.exitCode(for: error)
        let text = RootCommand.fullMessage(for: error, columns: console.helpColumns)
        do throws(CommandFailure) {
            if code.isSuccess {
                try console.write(text + "\n")
                try console.flush()
            } else if !text.isEmpty {
                console.complain(text)
            }
        } catch {
            return report(error, console)
        }
        return code.isSuccess ? ExitStatus.done.rawValue : ExitStatus.usage.rawValue
    }

    private static func report(_ failure: CommandFailure, _ console: Console) -> Int32 {
        // The reader has seen enough.
        if failure.isBrokenPipe { return ExitStatus.done.rawValue }
        console.flushIgnoringFailure()
        var text = "aurac: " + failure.message
        if let hint = failure.hint { text += "\nhint: " + hint }
        console.complain(text)
        return failure.status.rawValue
    }
}
