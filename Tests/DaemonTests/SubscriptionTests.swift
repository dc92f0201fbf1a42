@testable import Contract
import Glibc
import Logging
import Settings
import SocketClient
import SocketServer
import Testing
import Words

@testable import Daemon

/// A method that pushes, as the first one of the table will be made.
private enum BellSubscribe: SubscriptionHandler {
    typealias Question = NoQuestion

    static let endpoint = Endpoint(
        "bell.subscribe", "the bell", kind: .subscription(Endpoint.Notification("bell.rings", [Field("for", .string)])),
        permission: .read, day: .refused, envelope: .none, result: [Field("listening", .boolean)])

    static func begin(_: NoQuestion, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
        JSONWriter.append(to: &result) { writer in
            writer.beginObject()
            writer.member("listening", bool: true)
            writer.endObject()
        }
    }
}

/// Methods that push are a kind of method: who may listen is looked at like who may ask, and looked at again.
@Suite(.serialized) struct SubscriptionTests {
    @Test func everySubscriptionIsAnsweredAsOne() {
        for handler in Handlers.all + [BellSubscribe.self] {
            let endpoint = handler.endpoint
            #expect((handler is any SubscriptionHandler.Type) == (endpoint.notification != nil), "\(endpoint.name)")
            if let pushed = endpoint.notification {
                #expect(!endpoint.isKept && endpoint.name.hasSuffix(".subscribe"), "\(endpoint.name)")
                #expect(Endpoint.named(pushed.name) == nil, "\(endpoint.name)")
            }
        }
        let page = MethodReference.section(BellSubscribe.endpoint)
        #expect(page.contains("`bell.rings`") && page.contains("| `for` | string |"))
    }

    private static func ring(_ services: DaemonServices) {
        services.subscriptions.push(BellSubscribe.endpoint) { principal, writer in
            writer.beginObject()
            writer.member("for", text: "\(principal.person), \(principal.access.role.rawValue)")
            writer.endObject()
        }
    }

    @Test func whoListensIsTold() async throws {
        let daemon = try RunningDaemon(yaml: RunningDaemon.withoutForecasts + "gateway: { user: root }\n")
        let services = daemon.daemon.services
        let path = "\(daemon.root)/bell.sock"
        let server = try RequestServer(
            listeningOn: .path(path), handler: DaemonHandler(services, handlers: Handlers.all + [BellSubscribe.self]),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        func listen(_ params: JSONObject = [:]) throws -> RequestClient {
            let client = try RequestClient(path: path)
            #expect(try client.call("bell.subscribe", params: params) == Array("{\"listening\":true}".utf8))
            return client
        }
        func heard(_ client: RequestClient) throws -> String? {
            guard let told = try client.nextNotification(timeout: .seconds(10)) else { return nil }
            #expect(told.method == "bell.rings")
            return try JSONReader().read(told.params)["for"]?.stringValue
        }
        let root = try listen()
        let viewer = try listen(["context": .object(["user_role": "viewer"])])
        let anna = try listen(["behalf": .object(["person": "anna", "role": "analyst"])])
        let silent = try RequestClient(path: path)
        _ = try silent.call("system.whoami")
        #expect(services.subscriptions.count == 3)
        Self.ring(services)
        #expect(try heard(root) == "root, admin" && heard(viewer) == "root, viewer" && heard(anna) == "anna, analyst")
        #expect(try silent.nextNotification(timeout: .milliseconds(20)) == nil)
        // Nobody is the gateway any more: who listened by its word does not.
        await daemon.reload { $0.gateway = nil }
        Self.ring(services)
        #expect(try heard(root) == "root, admin" && heard(viewer) == "root, viewer")
        #expect(throws: ClientError.self) { try heard(anna) ?? { throw ClientError.protocolViolation("silence") }() }
        // Whoever has gone is forgotten.
        viewer.close()
        try await RunningDaemon.waitUntil("the others are forgotten") { services.subscriptions.count == 1 }
        // It is asked like any other method, and one connection has so many at most.
        for _ in 1..<Subscriptions.perConnectionMax { _ = try root.call("bell.subscribe") }
        guard
            case .problem(let problem)? = #expect(
                throws: ClientError.self, performing: { try root.call("bell.subscribe") })
        else { return }
        #expect(problem.code == .overloaded)
        guard
            case .problem(let unknown)? = #expect(
                throws: ClientError.self, performing: { try silent.call("bell.subscribe", params: ["loud": true]) })
        else { return }
        #expect(unknown.code == .invalidParams)
        for client in [root, anna, silent] { client.close() }
        await server.shutdown(drain: .seconds(1))
        await daemon.stop()
    }
}
