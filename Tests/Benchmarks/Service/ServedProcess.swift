import Contract
import Glibc
import SocketClient

/// A daemon as a process of its own, on a scratch directory that goes with it.
final class ServedProcess {
    let scratch: String
    let socket: String
    private let pid: pid_t
    private let clock: clockid_t
    private var isRunning = true

    struct Trouble: Error, CustomStringConvertible {
        var description: String
    }

    /// Starts `aurad` and waits until it answers.
    ///
    /// - Parameter configuration: a file for `--config`, made from the scratch directory's path.
    init(aurad: String, configuration: (String) throws -> String) throws {
        scratch = try ScratchFolder.make("aura-bench")
        socket = "\(scratch)/aurad.sock"
        let config = try configuration(scratch)
        let arguments = [aurad, "--config", config, "--state-dir", "\(scratch)/state", "--socket", socket]
        pid = try ChildProcess.start(arguments, log: "\(scratch)/aurad.log")
        var clock = clockid_t()
        clock_getcpuclockid(pid, &clock)
        self.clock = clock
        for _ in 0..<1_000 {
            if (try? status()) != nil { return }
            usleep(10_000)
        }
        throw Trouble(description: "\(aurad) does not answer:\n\(ScratchFolder.text("\(scratch)/aurad.log"))")
    }

    deinit { stop() }

    /// Ends the daemon and removes its directory.
    func stop() {
        guard isRunning else { return }
        isRunning = false
        ChildProcess.stop(pid)
        ScratchFolder.remove(scratch)
    }

    private lazy var client = Result { try RequestClient(path: socket) }

    func status() throws -> JSONValue {
        let client = try RequestClient(path: socket)
        defer { client.close() }
        return try JSONReader().read(try client.call("system.status"))
    }

    /// Asks over a connection that stays.
    func call(_ method: String, _ params: JSONObject = [:]) throws -> JSONValue {
        try JSONReader().read(try client.get().call(method, params: params, timeout: .seconds(60)))
    }

    /// User and system seconds of the process so far.
    var cpuSeconds: Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The most memory it ever had resident, in MiB.
    var peakMebibytes: Double {
        for line in ScratchFolder.text("/proc/\(pid)/status").split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return (line.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) / 1_024
        }
        return 0
    }
}

/// Processes that a measurement needs.
enum ChildProcess {
    /// Starts a program, its output and errors going to a file.
    static func start(_ arguments: [String], log: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid = pid_t()
        let code = posix_spawnp(&pid, arguments[0], &actions, nil, &words, environ)
        guard code == 0 else {
            throw ServedProcess.Trouble(
                description: "could not start \(arguments[0]): \(String(cString: strerror(code)))")
        }
        return pid
    }

    static func stop(_ pid: pid_t) {
        kill(pid, SIGTERM)
        var status: Int32 = 0
        for _ in 0..<3_000 {
            if waitpid(pid, &status, WNOHANG) != 0 { return }
            usleep(10_000)
        }
        kill(pid, SIGKILL)
        waitpid(pid, &status, 0)
    }
}

/// Folders that go when the measurement ends, and small files.
enum ScratchFolder {
    static func make(_ name: String) throws -> String {
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ServedProcess.Trouble(description: "no folder in \(parent)") }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { remove("\(path)/\(name)") }
            }
            closedir(folder)
        }
        _ = Glibc.remove(path)
    }

    static func text(_ path: String) -> String {
        guard let file = fopen(path, "r") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: String, to path: String) throws {
        guard let file = fopen(path, "w") else { throw ServedProcess.Trouble(description: "could not write \(path)") }
        defer { fclose(file) }
        fputs(text, file)
    }

    static func copy(_ source: String, to target: String) throws {
        guard let input = fopen(source, "r"), let output = fopen(target, "w") else {
            throw ServedProcess.Trouble(description: "could not copy \(source) to \(target)")
        }
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while case let count = fread(&chunk, 1, chunk.count, input), count > 0 { fwrite(chunk, 1, count, output) }
        fclose(input)
        fclose(output)
    }
}
