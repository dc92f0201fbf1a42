import Contract
import Pipeline
import Records
import Schedule
import Snapshots
import SocketServer
import Store

/// The daemon's counters in the text format of Prometheus.
enum PrometheusText {
    static func render(
        status: PipelineStatus, snapshot: Snapshot?, ledger: SilverStore.LedgerCounts, server: ServerStatistics?,
        denials: Int, startedAt: Instant
    ) -> String {
        var text = ""
        func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            text += PrometheusText.family(name, type, help, samples)
        }
        family(
            "aura_start_time_seconds", "gauge", "When the daemon was started.", [("", "\(startedAt.rawValue / 1000)")])
        family("aura_resident_memory_bytes", "gauge", "Resident memory.", [("", "\(ProcessMemory.residentBytes())")])
        family(
            "aura_drops_total", "counter", "Drops by their outcome.",
            [
                ("{state=\"loaded\"}", "\(ledger.loaded)"), ("{state=\"refused\"}", "\(ledger.refused)"),
                ("{state=\"duplicate\"}", "\(ledger.duplicates)"),
            ])
        family(
            "aura_drops_pending", "gauge", "Drops that wait or are being loaded.",
            [("", "\(ledger.pending + status.waitingInInbox)")])
        if let counts = snapshot?.gold.counts {
            family(
                "aura_records", "gauge", "Accepted records by entity.",
                [
                    ("{entity=\"customers\"}", "\(counts.customers)"),
                    ("{entity=\"transactions\"}", "\(counts.transactions)"),
                    ("{entity=\"events\"}", "\(counts.events)"),
                    ("{entity=\"tickets\"}", "\(counts.tickets)"), ("{entity=\"surveys\"}", "\(counts.surveys)"),
                ])
            family(
                "aura_snapshot_generation", "gauge", "Generation of the snapshot in force.",
                [("", "\(snapshot?.generation ?? 0)")])
        }
        family(
            "aura_stage_last_duration_seconds", "gauge", "How long the last run of a stage took.",
            Stage.allCases.compactMap { stage in
                status.clock.lastRun(stage)?.duration.map { ("{stage=\"\(stage.rawValue)\"}", "\($0)") }
            })
        family(
            "aura_stage_failed", "gauge", "Whether the last run of a stage failed.",
            Stage.allCases.compactMap { stage in
                status.clock.lastRun(stage).map { ("{stage=\"\(stage.rawValue)\"}", $0.failed ? "1" : "0") }
            })
        family("aura_problems", "gauge", "Problems that need an operator or time.", [("", "\(status.problems.count)")])
        family("aura_requests_denied_total", "counter", "Requests that a role did not allow.", [("", "\(denials)")])
        if let server { text += render(server) }
        return text
    }

    private static func render(_ server: ServerStatistics) -> String {
        var text = ""
        func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            text += PrometheusText.family(name, type, help, samples)
        }
        family("aura_connections_open", "gauge", "Open connections.", [("", "\(server.connectionsOpen)")])
        family("aura_connections_total", "counter", "Accepted connections.", [("", "\(server.connectionsAccepted)")])
        family(
            "aura_requests_total", "counter", "Requests by method.",
            server.requestsByMethod.sorted { $0.key < $1.key }.map { ("{method=\"\($0.key)\"}", "\($0.value)") })
        family(
            "aura_request_problems_total", "counter", "Requests that were answered with an error, by its kind.",
            server.problemsByCode.sorted { $0.key.rawValue < $1.key.rawValue }.map {
                ("{kind=\"\($0.key.kind)\"}", "\($0.value)")
            })
        var quantiles: [(labels: String, value: String)] = []
        for (name, fraction) in [("0.5", 0.5), ("0.99", 0.99)] {
            if let nanoseconds = server.latency.quantile(fraction) {
                quantiles.append(("{quantile=\"\(name)\"}", "\(Double(nanoseconds) / 1e9)"))
            }
        }
        text += "# HELP aura_request_seconds Time from a request to its answer.\n# TYPE aura_request_seconds summary\n"
        for sample in quantiles { text += "aura_request_seconds\(sample.labels) \(sample.value)\n" }
        text += "aura_request_seconds_sum \(Double(server.latency.sumNanoseconds) / 1e9)\n"
        text += "aura_request_seconds_count \(server.latency.count)\n"
        return text
    }

    private static func family(
        _ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]
    ) -> String {
        var text = "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
        for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
        return text
    }
}
