import Answers
import Contract
import Pipeline
import Records
import Snapshots
import SocketServer
import Store
import Telemetry
import Words

/// The daemon itself: its state, and requests to do something.
enum SystemHandlers {
    static let all: [any MethodHandler.Type] = [
        SystemStatus.self, SystemWhoami.self, SystemRefresh.self, SystemVerify.self, SystemMetrics.self,
    ]

    enum SystemStatus: MethodHandler {
        static let endpoint = Endpoint.systemStatus

        static func answer(_: NoQuestion, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            call.services.writeStatus(role: call.access.role, into: &result)
        }
    }

    enum SystemWhoami: MethodHandler {
        static let endpoint = Endpoint.systemWhoami

        static func answer(_: NoQuestion, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let principal = call.principal
            let user = call.services.roles.userName(principal.uid)
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("person", text: principal.person)
                writer.member("role", text: principal.access.role.rawValue)
                writer.key("permissions")
                writer.beginArray()
                for permission in Permission.allCases where principal.access.may(permission) {
                    writer.string(permission.rawValue)
                }
                writer.endArray()
                writer.key("owner")
                writer.beginArray()
                for name in principal.owner { writer.string(name) }
                writer.endArray()
                writer.key("owner_unknown")
                writer.beginArray()
                let unknown = call.services.pipeline.status.unknownOwners
                for name in principal.owner where unknown.contains(name) { writer.string(name) }
                writer.endArray()
                writer.member("team", text: principal.team)
                writer.member("uid", integer: Int(principal.uid))
                writer.member("user", text: user)
                writer.member("on_behalf_of", text: principal.isOnBehalf ? principal.person : nil)
                writer.endObject()
            }
        }
    }

    enum SystemRefresh: MethodHandler {
        static let endpoint = Endpoint.systemRefresh

        /// Whether to wait for its end.
        static func question(_ parameters: Parameters) -> Bool { parameters.flag("wait") }

        static func answer(_ waits: Bool, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let start = ContinuousClock.now
            if waits {
                do {
                    try call.services.pipeline.refreshAndWait()
                } catch {
                    throw Problem(
                        .unavailable, "the pipeline could not run: \(StoreError.text(of: error))",
                        hint: "aurac status says what is wrong")
                }
            } else {
                call.services.pipeline.requestRefresh()
            }
            let elapsed = ContinuousClock.now - start
            let call = call
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("state", text: waits ? "done" : "requested")
                writer.member("duration_ms", integer: Int(elapsed / .milliseconds(1)))
                call.endEnvelope(&writer)
            }
        }
    }

    enum SystemVerify: MethodHandler {
        static let endpoint = Endpoint.systemVerify

        /// Whether to read every original.
        static func question(_ parameters: Parameters) -> Bool { parameters.flag("whole") }

        static func answer(_ whole: Bool, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let services = call.services
            let verification: Verification = try services.query { try services.pipeline.verify(whole: whole) }
            let call = call
            JSONWriter.append(to: &result) { writer in
                writer.beginObject()
                writer.member("ok", bool: verification.isGood)
                writer.key("checks")
                writer.beginArray()
                for check in verification.checks {
                    writer.beginObject()
                    writer.member("name", text: check.name)
                    writer.member("ok", bool: check.isGood)
                    writer.member("detail", text: check.detail)
                    writer.endObject()
                }
                writer.endArray()
                writer.key("originals")
                write(verification.originals, services, to: &writer)
                call.endEnvelope(&writer)
            }
        }

        private static func write(
            _ originals: OriginalsReport, _ services: DaemonServices, to writer: inout JSONWriter
        ) {
            writer.beginObject()
            writer.member("kept", integer: originals.kept)
            writer.member("checked", integer: originals.checked)
            writer.member("bytes", integer: Int(originals.bytes))
            for (key, findings) in [("damaged", originals.damaged), ("missing", originals.missing)] {
                writer.key(text: key)
                writer.beginArray()
                for finding in findings {
                    writer.beginObject()
                    writer.member("drop_id", integer: Int(finding.drop))
                    writer.member("sha256", text: finding.sha256)
                    // Where the ledger cannot say it, the number of the drop has to do.
                    writer.member("file", text: (try? services.store.drop(finding.drop))??.file)
                    writer.member("detail", text: finding.detail)
                    writer.endObject()
                }
                writer.endArray()
            }
            writer.key("unknown")
            writer.beginArray()
            for name in originals.unknown { writer.string(name) }
            writer.endArray()
            writer.endObject()
        }
    }

    enum SystemMetrics: MethodHandler {
        static let endpoint = Endpoint.systemMetrics

        static func answer(_: NoQuestion, _ call: inout Call, into result: inout [UInt8]) throws(Problem) {
            let services = call.services
            let text = PrometheusText.render(
                DaemonMetrics.families(
                    status: services.pipeline.status, snapshot: services.box.current,
                    ledger: services.store.ledgerCounts, server: services.serverStatistics)
                    + services.telemetry.metrics.families() + ProcessMetrics.families(ProcessSample.current()))
            JSONWriter.append(to: &result, reservedBytes: text.utf8.count + 64) { writer in
                writer.beginObject()
                writer.member("text", text: text)
                writer.endObject()
            }
        }
    }
}
