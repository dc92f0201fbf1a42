import Contract
import Daemon
import Glibc
import Logging
import SampleCompany
import Settings

/// A whole daemon in this process, on a folder of its own that goes when the test ends.
final class ServedDaemon {
    let root: String
    let socket: String
    private let daemon: AuraDaemon

    init() throws {
        var template = Array("/tmp/aura-protocol-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw ProtocolPage.Trouble(description: "no temporary directory") }
        root = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        socket = "\(root)/aurad.sock"
        var configuration = try Configuration.parse(yaml: "as_of: data\n", path: "test.yaml", files: .system)
        configuration.stateDirectory = "\(root)/state"
        configuration.socket.path = socket
        configuration.socket.group = nil
        daemon = try AuraDaemon(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try daemon.start()
    }

    func stop() async {
        await daemon.stop()
        system("rm -rf '\(root)'")
    }
}

/// A small company's files as questions of the protocol.
enum SampleUploads {
    /// A column of demographics that is not in the schema.
    static let furtherColumn = "favourite_colour"

    /// Demographics in two pieces, the rest whole, and a file with a row that cannot be accepted.
    static func questions() throws -> [(method: String, params: String)] {
        let generator = try SampleGenerator(
            SampleSettings(clients: 60, days: 200, seed: 3, lastDay: 20_000, messShare: 0))
        var files: [String: [UInt8]] = [:]
        _ = generator.write(SampleFile.allCases.filter(\.isClientData)) { file, chunk in
            chunk.withUnsafeBytes { files[file.fileName, default: []].append(contentsOf: $0) }
        }
        let clients = String(decoding: files["demographics.csv"] ?? [], as: UTF8.self).split(separator: "\n")
        let colourful =
            clients.enumerated().map { "\($1),\($0 == 0 ? furtherColumn : "blue")\n" }.joined()
        let half = colourful.utf8.count / 2
        let first = String(decoding: Array(colourful.utf8)[..<half], as: UTF8.self)
        let second = String(decoding: Array(colourful.utf8)[half...], as: UTF8.self)
        var result = [
            ingest("demographics", first, [("last", .bool(false))]),
            ingest("demographics", second, [("upload", .string("previous"))]),
        ]
        for category in ["transactions", "engagement", "support", "surveys"] {
            result.append(ingest(category, String(decoding: files["\(category).csv"] ?? [], as: UTF8.self), []))
        }
        result.append(
            ingest(
                "surveys",
                "survey_id,customer_id,response_date,nps_score\nS1,C1,2024-01-02,11\n",
                []))
        // Two rows of one day that differ.
        result.append(
            ingest("events", "date,name,lower_window\n2023-05-01,Fair,-1\n2023-05-01,Fair,-2\n", []))
        return result
    }

    private static func ingest(
        _ category: String, _ content: String, _ more: [(String, JSONValue)]
    ) -> (method: String, params: String) {
        var params: JSONObject = [
            "category": .string(category), "file": .string("\(category).csv"), "source_type": .string("csv"),
            "content": .string(content),
        ]
        for (name, value) in more { params[name] = value }
        return ("data.ingest", String(decoding: JSONWriter.bytes(of: .object(params)), as: UTF8.self))
    }
}
