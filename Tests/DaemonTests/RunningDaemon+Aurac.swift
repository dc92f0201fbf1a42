import Commands
import Foundation

extension RunningDaemon {
    /// Runs a command line of the client in this process.
    func aurac(_ arguments: [String]) throws -> (status: Int32, text: String, errors: String) {
        let name = UUID().uuidString
        let paths = ["\(root)/\(name).out", "\(root)/\(name).err"]
        let descriptors = paths.map { open($0, O_RDWR | O_CREAT | O_EXCL, 0o600) }
        defer { for descriptor in descriptors where descriptor >= 0 { close(descriptor) } }
        let console = Console(
            environment: ["AURA_SOCKET": socket, "LANG": "C.UTF-8"], input: -1,
            output: .init(descriptor: descriptors[0], isTerminal: false),
            errors: .init(descriptor: descriptors[1], isTerminal: false), clock: Console.systemClock,
            pause: Console.systemPause)
        let status = AuracProgram.run(arguments: arguments, console: console)
        let texts = try paths.map { try String(decoding: Data(contentsOf: URL(filePath: $0)), as: UTF8.self) }
        return (status, texts[0], texts[1])
    }

    /// Writes a file to hand over.
    /// - Returns: its path.
    func place(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = "\(root)/\(name)"
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    func place(_ text: String, _ name: String) throws -> String { try place(Array(text.utf8), name) }

    /// Hands a file over and waits until every answer has it.
    func ingest(_ text: String, _ name: String, _ category: String) throws -> String {
        let run = try aurac(["ingest", try place(text, name), "--category", category, "--wait"])
        guard run.status == 0 else { throw Trouble(description: run.errors) }
        return run.text
    }
}
