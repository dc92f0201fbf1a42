import Commands
import Glibc

/// One command line with what it wrote.
struct CommandRun {
    let status: Int32
    let output: String
    let outputBytes: [UInt8]
    let errors: String

    struct Settings {
        /// Columns of the terminal; nil for none.
        var columns: Int?
        var environment = ["LANG": "C.UTF-8", "TERM": "dumb"]
        var input: String = ""
        /// Whether the errors go to a terminal.
        var errorsAreTerminal = false
    }

    /// Runs a command line in this process, at a clock that moves with every pause.
    init(_ arguments: [String], socket: String? = nil, _ settings: Settings = Settings()) throws {
        let scratch = try Scratch()
        let output = try Self.file(scratch.path("out"))
        let errors = try Self.file(scratch.path("err"))
        let input = open(try scratch.write(settings.input, to: "in"), O_RDONLY)
        defer {
            close(output)
            close(errors)
            close(input)
        }
        var environment = settings.environment
        environment["AURA_SOCKET"] = socket
        var now = SampleAnswers.now
        let console = Console(
            environment: environment, input: input,
            output: .init(descriptor: output, isTerminal: settings.columns != nil, columns: settings.columns),
            errors: .init(descriptor: errors, isTerminal: settings.errorsAreTerminal, columns: 80),
            clock: { now },
            pause: { milliseconds in
                now += Double(milliseconds) / 1_000
                usleep(1_000)
            })
        status = AuracProgram.run(arguments: arguments, console: console)
        outputBytes = scratch.read("out") ?? []
        self.output = String(decoding: outputBytes, as: UTF8.self)
        self.errors = String(decoding: scratch.read("err") ?? [], as: UTF8.self)
    }

    private static func file(_ path: String) throws -> Int32 {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw SampleError("could not open \(path)") }
        return descriptor
    }
}
