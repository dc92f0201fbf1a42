import Contract
import Testing

/// What PROTOCOL.md says against the daemon: the client that it quotes is taken from the page as it stands and asks a
/// running daemon everything there is to ask.
@Suite(.serialized)
struct ProtocolTests {
    @Test func everyMethodIsDescribed() throws {
        let page = try ProtocolPage()
        for method in Method.allCases {
            let section = try #require(page.section(of: method.rawValue), "no heading for \(method.rawValue)")
            #expect(section.utf8.count > 80, "\(method.rawValue)")
            let permission = "| \(method.permission.rawValue) |"
            let row = try #require(page.text.split(separator: "\n").first { $0.hasPrefix("| [`\(method.rawValue)`]") })
            #expect(row.hasSuffix(permission), "\(method.rawValue)")
        }
        #expect(page.methodHeadings.sorted() == Method.allCases.map(\.rawValue).sorted())
    }

    @Test func everyMetricIsDescribed() throws {
        let page = try ProtocolPage()
        for metric in MetricRegistry.clientMetrics + MetricRegistry.kpis {
            #expect(page.names(metric.name), "\(metric.name)")
        }
    }

    @Test func theClientIsShort() throws {
        #expect(try ProtocolPage().client.split(separator: "\n").count <= 40)
    }

    @Test(.enabled(if: PythonClient.isAvailable, "python3 not found"))
    func theClientOfThePageCanAskEverything() async throws {
        let page = try ProtocolPage()
        let daemon = try ServedDaemon()
        let python = try PythonClient(page.client, folder: daemon.root, socket: daemon.socket)
        let nothingYet = try python.ask([("system.status", "{}"), ("kpis.get", "{}")])
        #expect(nothingYet[0]["result"]?["snapshot"]?.isNull == true)
        #expect(nothingYet[1]["error"]?["data"]?["kind"]?.stringValue == "not_ready")

        let loaded = try python.ask(try SampleUploads.questions() + [("system.refresh", #"{"wait": true}"#)])
        for (index, answer) in loaded.enumerated() {
            #expect(answer["error"] == nil, "upload \(index): \(answer["error"].map(String.init(describing:)) ?? "")")
        }
        #expect(loaded[0]["result"]?["upload"]?.stringValue != nil)
        #expect(loaded[1]["result"]?["state"]?.stringValue == "queued")
        #expect(loaded.last?["result"]?["state"]?.stringValue == "done")

        let first = try python.ask([("clients.list", #"{"limit": 1}"#)])
        let customer = try #require(
            first[0]["result"]?["clients"]?.arrayValue?.first?["customer_id"]?.stringValue)
        let questions = ProtocolQuestions.all(customer: customer)
        let answers = try python.ask(questions.map { ($0.method, $0.params) })
        for (question, answer) in zip(questions, answers) {
            let result = try #require(answer["result"], "\(question): \(answer)")
            let section = page.shared + (page.section(of: question.method) ?? "")
            for key in Self.keys(of: result) where !Self.isData(key, in: question.method) {
                #expect(section.contains("`\(key)`"), "\(question.method) answers \(key), of which the page is silent")
            }
        }
        // These answer where there is data enough for a model; mistakes ask them too.
        let needModel = ["churn.importance", "churn.export", "churn.import"]
        #expect(
            Set(questions.map(\.method)).union(["data.ingest", "data.cancel"] + needModel)
                == Set(Method.allCases.map(\.rawValue)))
        try expectErrors(python)
        try expectPages(python)
        #expect(try python.command("system.status").contains("\"version\""))
        await daemon.stop()
    }

    /// Mistakes end as the page says.
    private func expectErrors(_ python: PythonClient) throws {
        let mistakes = ProtocolQuestions.mistakes
        let answers = try python.ask(mistakes.map { ($0.method, $0.params) })
        for (mistake, answer) in zip(mistakes, answers) {
            #expect(answer["error"]?["code"]?.integerValue == mistake.code, "\(mistake): \(answer)")
            #expect(answer["error"]?["data"]?["kind"]?.stringValue?.isEmpty == false)
        }
    }

    /// The pages of a list are the list.
    private func expectPages(_ python: PythonClient) throws {
        let whole = try python.ask([("clients.list", #"{"limit": 10000}"#)])[0]["result"]
        var paged: [JSONValue] = []
        var cursor = ""
        repeat {
            let page = try python.ask([("clients.list", #"{"limit": 17\#(cursor)}"#)])[0]["result"]
            paged += page?["clients"]?.arrayValue ?? []
            cursor = page?["next_cursor"]?.stringValue.map { ", \"cursor\": \"\($0)\"" } ?? ""
        } while !cursor.isEmpty
        #expect(whole?["clients"]?.arrayValue == paged)
    }

    /// The names of all members at any depth.
    private static func keys(of value: JSONValue) -> Set<String> {
        if let object = value.objectValue {
            return object.members.reduce(into: []) { keys, member in
                keys.insert(member.key)
                keys.formUnion(Self.keys(of: member.value))
            }
        }
        return (value.arrayValue ?? []).reduce(into: []) { $0.formUnion(Self.keys(of: $1)) }
    }

    /// Whether a member's name comes from the data: columns beyond the schema.
    private static func isData(_ key: String, in method: String) -> Bool {
        method == "clients.get" && key == SampleUploads.furtherColumn
    }
}
