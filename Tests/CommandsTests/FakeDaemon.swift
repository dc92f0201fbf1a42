import Answers
import Contract
import Glibc
import Logging
import Snapshots
import SocketServer
import Synchronization
import Testing

/// A server on a socket of its own whose methods are closures, and which remembers what it was asked.
final class FakeDaemon: Sendable {
    typealias Answer = @Sendable (JSONObject) throws(Problem) -> [UInt8]

    let socketPath: String
    private let server: RequestServer
    private let handler: Handler

    /// - Parameter answersAreReal: whether the answers are to be such as a daemon gives.
    init(
        _ answers: [String: Answer], in folder: Scratch, frameBytesMax: Int = 16 << 20, answersAreReal: Bool = true
    ) throws {
        socketPath = folder.path("aurad.sock")
        handler = Handler(answers, areReal: answersAreReal)
        var settings = ServerSettings()
        settings.workerThreads = 1
        settings.frameBytesMax = frameBytesMax
        server = try RequestServer(
            listeningOn: .path(socketPath), settings: settings, handler: handler,
            logger: Logger(label: "fake") { _ in SwiftLogNoOpLogHandler() })
    }

    func stop() async { await server.shutdown(drain: .milliseconds(200)) }

    /// The parameters of every request for a method so far.
    func requests(_ method: String) -> [JSONObject] {
        handler.log.withLock { log in log.filter { $0.method == method }.map(\.params) }
    }

    private final class Handler: RequestHandler {
        let answers: [String: Answer]
        let log = Mutex<[Request]>([])

        let areReal: Bool

        init(_ answers: [String: Answer], areReal: Bool) {
            self.answers = answers
            self.areReal = areReal
        }

        var methods: [String] { Array(answers.keys) }

        func lane(for request: Request, from peer: Peer, isSmall: Bool) -> Lane { .worker }

        func answer(
            _ request: Request, from connection: Connection, deadline: Deadline, into result: inout [UInt8]
        ) throws(Problem) {
            log.withLock { $0.append(request) }
            guard let answer = answers[request.method] else { throw Problem(.methodNotFound, "no method") }
            let text = try answer(request.params)
            // What no daemon answers is no test of a client.
            if areReal, let value = try? JSONReader().read(text), let endpoint = Endpoint.named(request.method) {
                // An older daemon may say less, a newer one more.
                let differences = endpoint.resultShape.differences(from: value).filter {
                    !$0.hasSuffix(" is missing") && !$0.hasSuffix(" is not described")
                }
                if !differences.isEmpty {
                    Issue.record("an invented answer of \(endpoint.name): \(differences.prefix(5))")
                }
            }
            result.append(contentsOf: text)
        }
    }
}

/// A folder of a test's own.
final class Scratch: Sendable {
    let folder: String

    init() throws {
        var template = Array("\(P_tmpdir)/aurac-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SampleError("could not make a folder") }
        folder = template.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } ?? "" }
    }

    func path(_ name: String) -> String { folder + "/" + name }

    func write(_ text: String, to name: String) throws -> String {
        let path = path(name)
        guard let file = fopen(path, "w") else { throw SampleError("could not write \(path)") }
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        fwrite(bytes, 1, bytes.count, file)
        return path
    }

    func read(_ name: String) -> [UInt8]? { Self.bytes(path(name)) }

    func names() -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    static func bytes(_ path: String) -> [UInt8]? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { return bytes }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    deinit { Self.remove(folder) }

    private static func remove(_ path: String) {
        if let directory = opendir(path) {
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { remove(path + "/" + name) }
            }
            closedir(directory)
            rmdir(path)
        } else {
            unlink(path)
        }
    }
}
