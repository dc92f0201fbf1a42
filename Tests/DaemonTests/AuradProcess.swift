import Foundation

/// `aurad` in a process of its own, as the service manager starts it.
final class AuradProcess {
    /// Beside the program that runs the tests.
    static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "aurad").path
    /// The root of the package, seen from this file.
    static let packageRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    let process = Process()
    private let folder: ScratchDirectory
    var standardError: String { text("stderr") }
    var standardOutput: String { text("stdout") }

    /// - Parameters:
    ///   - wrapper: a command that starts the program given behind it.
    ///   - environment: added to that of the tests.
    init(
        _ arguments: [String], wrapper: [String] = [], environment: [String: String] = [:]
    ) throws {
        folder = try ScratchDirectory()
        // Whatever goes wrong, it does not outlive the tests by much.
        let command = ["timeout", "--kill-after=5", "90"] + wrapper + [Self.program] + arguments
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        var variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        for name in ["STATE_DIRECTORY", "RUNTIME_DIRECTORY", "JOURNAL_STREAM"] where environment[name] == nil {
            variables[name] = nil
        }
        process.environment = variables
        process.standardInput = FileHandle.nullDevice
        try Data().write(to: URL(filePath: "\(folder.path)/stdout"))
        try Data().write(to: URL(filePath: "\(folder.path)/stderr"))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: "\(folder.path)/stdout"))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: "\(folder.path)/stderr"))
        try process.run()
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOf: URL(filePath: "\(folder.path)/\(name)"), encoding: .utf8)) ?? ""
    }

    /// Waits for its end and gives its status.
    func status() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// Asks the daemon to end, as the service manager does, and gives its status.
    /// - Parameter state: its state directory, where its number stands in the lock.
    func terminate(_ state: String) throws -> Int32 {
        // Not through timeout(1), which starts with the signals blocked that threads of the tests have blocked.
        kill(try Self.pid(of: state), SIGTERM)
        return status()
    }

    /// The daemon itself, not what has started it.
    static func pid(of state: String) throws -> Int32 {
        let text = try String(contentsOf: URL(filePath: "\(state)/aurad.lock"), encoding: .utf8)
        guard let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw RunningDaemon.Trouble(description: "no number in \(state)/aurad.lock")
        }
        return pid
    }
}

/// A socket that takes what a service is to tell its manager (sd_notify(3)).
final class NotifySocket {
    let path: String
    private let descriptor: Int32
    private var messages: [String] = []

    init(_ path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
        }
        guard descriptor >= 0, result == 0 else { throw RunningDaemon.Trouble(description: "no notify socket") }
    }

    deinit { close(descriptor) }

    /// Everything that came until `isEnough`, or until the time is over.
    func receive(seconds: Int32 = 30, until isEnough: ([String]) -> Bool) -> [String] {
        let end = Date().addingTimeInterval(Double(seconds))
        while !isEnough(messages), Date() < end {
            var readiness = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&readiness, 1, 100) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count > 0 { messages.append(String(decoding: buffer[..<count], as: UTF8.self)) }
        }
        return messages
    }
}
