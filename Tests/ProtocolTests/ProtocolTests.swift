import Contract
import Testing
import Words

/// What PROTOCOL.md says against the daemon: the client that it quotes is taken from the page as it stands and asks a
/// running daemon everything there is to ask.
@Suite(.serialized)
struct ProtocolTests {
    /// What the table says of a method stands on the page that is made of it.
    @Test(arguments: Endpoint.all.map(\.name))
    func everyMethodIsDescribed(name: String) throws {
        let endpoint = try #require(Endpoint.named(name))
        let page = try ProtocolPage()
        let section = try #require(page.section(of: name), "no heading for \(name)")
        for parameter in endpoint.parameters {
            #expect(section.contains("| `\(parameter.name)` | \(parameter.kind.text)"), "\(parameter.name)")
            #expect(!parameter.meaning.isEmpty && !parameter.meaning.hasSuffix("."), "\(parameter.name)")
        }
        for field in endpoint.result { #expect(section.contains("| `\(field.name)` | "), "\(field.name)") }
        let row = try #require(page.text.split(separator: "\n").first { $0.hasPrefix("| [`\(name)`]") })
        #expect(row.hasSuffix("| \(endpoint.permission.rawValue) |"))
        #expect(endpoint.noun.isEmpty == false && endpoint.verb.isEmpty == false)
    }

    @Test func namesAreSaidOnce() throws {
        #expect(Set(Endpoint.all.map(\.name)).count == Endpoint.all.count)
        for endpoint in Endpoint.all {
            let names = endpoint.allParameters.map(\.name)
            #expect(Set(names).count == names.count, "\(endpoint.name)")
            #expect(
                endpoint.resultShape.repeatedNames.isEmpty, "\(endpoint.name): \(endpoint.resultShape.repeatedNames)")
        }
        #expect(try ProtocolPage().methodHeadings == Endpoint.all.map(\.name))
    }

    @Test func everyMetricIsDescribed() throws {
        let page = try ProtocolPage()
        for metric in MetricRegistry.clientMetrics + MetricRegistry.kpis {
            #expect(page.names(metric.name) || page.text.contains(".\(metric.name)`"), "\(metric.name)")
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

        let first = try python.ask([
            ("clients.list", #"{"limit": 1, "where": ["last_nps>=0", "mean_satisfaction>=1"]}"#)
        ])
        let customer = try #require(
            first[0]["result"]?["clients"]?.arrayValue?.first?["customer_id"]?.stringValue)
        let questions = ProtocolQuestions.all(customer: customer)
        let answers = try python.ask(questions.map { ($0.method, $0.params) })
        var seen = SeenMembers()
        for (question, answer) in zip(questions, answers) {
            let result = try #require(answer["result"], "\(question): \(answer)")
            let shape = try #require(Endpoint.named(question.method)).resultShape
            let differences = shape.differences(from: result)
            #expect(differences.isEmpty, "\(question): \(differences.prefix(5))")
            seen.add(result, shape, question.method)
        }
        // These answer where there is data enough for a model; mistakes ask them too.
        let needModel = ["churn.importance", "churn.export", "churn.import"]
        #expect(
            Set(questions.map(\.method)).union(["data.ingest", "data.cancel"] + needModel)
                == Set(Endpoint.all.map(\.name)))
        // What is described is answered, too, but for what this little data has not.
        let unseen = seen.missing(of: Set(questions.map(\.method)), expected: SeenMembers.notHere)
        #expect(unseen.isEmpty, "described and never answered: \(unseen)")
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
}
