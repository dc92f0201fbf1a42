import Contract
import Pipeline
import Records
import Schedule
import Snapshots
import SocketServer
import Store
import Telemetry

/// What the daemon's parts count themselves, as metric families beside those that the events move. A figure is counted
/// in one place and read from there.
enum DaemonMetrics {
    static func families(
        status: PipelineStatus, snapshot: Snapshot?, ledger: SilverStore.LedgerCounts, server: ServerStatistics?
    ) -> [MetricFamily] {
        var families = [
            family(
                "aura_ledger_drops", .gauge, "Drops of the ledger by state.",
                [
                    sample("state", "loaded", ledger.loaded), sample("state", "refused", ledger.refused),
                    sample("state", "duplicate", ledger.duplicates), sample("state", "pending", ledger.pending),
                ]),
            family(
                "aura_inbox_waiting", .gauge, "Complete files in the inbox that were not claimed yet.",
                [MetricFamily.Sample(value: .integer(Int64(status.waitingInInbox)))]),
            family(
                "aura_problems", .gauge, "Problems that need an operator or time; aurac status names them.",
                [MetricFamily.Sample(value: .integer(Int64(status.problems.count)))]),
            family(
                "aura_stage_last_duration_seconds", .gauge, "How long the last run of a stage took.",
                Stage.allCases.compactMap { stage in
                    status.clock.lastRun(stage)?.duration.map { seconds in
                        MetricFamily.Sample(
                            labels: [MetricLabel(name: "stage", value: stage.rawValue)], value: .real(seconds))
                    }
                }),
            family(
                "aura_stage_failed", .gauge, "Whether the last run of a stage failed.",
                Stage.allCases.compactMap { stage in
                    status.clock.lastRun(stage).map { sample("stage", stage.rawValue, $0.failed ? 1 : 0) }
                }),
        ]
        if let counts = snapshot?.gold.counts {
            families.append(
                family(
                    "aura_records", .gauge, "Accepted records by entity.",
                    [
                        sample("entity", "customers", counts.customers),
                        sample("entity", "transactions", counts.transactions),
                        sample("entity", "events", counts.events), sample("entity", "tickets", counts.tickets),
                        sample("entity", "surveys", counts.surveys),
                    ]))
        }
        if let history = snapshot?.healthHistory {
            families.append(
                family(
                    "aura_health_history_days", .gauge, "Past days of the clients' health, made and missing.",
                    [
                        sample("state", "made", history.days.count),
                        sample("state", "missing", history.grid.count - history.days.count),
                    ]))
        }
        if let server { families += self.families(server) }
        return families.filter { !$0.samples.isEmpty }
    }

    private static func families(_ server: ServerStatistics) -> [MetricFamily] {
        func counter(_ name: String, _ help: String, _ value: UInt64) -> MetricFamily {
            family(name, .counter, help, [MetricFamily.Sample(value: .integer(Int64(clamping: value)))])
        }
        return [
            family(
                "aura_connections", .gauge, "Open connections, the daemon's own probe among them.",
                [MetricFamily.Sample(value: .integer(Int64(server.connectionsOpen)))]),
            counter("aura_connections_accepted_total", "Accepted connections.", server.connectionsAccepted),
            counter(
                "aura_connections_refused_total", "Connections turned away at a ceiling.", server.connectionsRefused),
            counter(
                "aura_connections_timed_out_total", "Connections closed for idling or not keeping up.",
                server.connectionsTimedOut),
            counter("aura_received_bytes_total", "Bytes received from clients.", server.bytesReceived),
            counter("aura_sent_bytes_total", "Bytes sent to clients.", server.bytesSent),
            family(
                "aura_requests_total", .counter, "Requests by method.",
                server.requestsByMethod.sorted { $0.key < $1.key }
                    .map { sample("method", $0.key, Int(clamping: $0.value)) }),
            family(
                "aura_request_problems_total", .counter, "Requests that were answered with an error, by its kind.",
                server.problemsByCode.sorted { $0.key.rawValue < $1.key.rawValue }
                    .map { sample("kind", $0.key.kind, Int(clamping: $0.value)) }),
            family(
                "aura_request_duration_seconds", .histogram, "Time from a request to its answer.",
                histogram(server.latency)),
        ]
    }

    /// Upper bounds in seconds.
    private static let latencyBounds = [
        0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
        30, 60,
    ]

    /// Cumulative buckets. A fine bucket counts for the bound it lies below as a whole.
    private static func histogram(_ latency: LatencyHistogram) -> [MetricFamily.Sample] {
        var samples: [MetricFamily.Sample] = []
        var total: Int64 = 0
        var next = 0
        func bucket(_ bound: String) {
            samples.append(
                MetricFamily.Sample(
                    suffix: "_bucket", labels: [MetricLabel(name: "le", value: bound)], value: .integer(total)))
        }
        for bound in latencyBounds {
            while next < latency.counts.count,
                Double(LatencyHistogram.upperBound(ofBucket: next)) <= bound * 1e9
            {
                total += Int64(clamping: latency.counts[next])
                next += 1
            }
            bucket("\(bound)")
        }
        while next < latency.counts.count {
            total += Int64(clamping: latency.counts[next])
            next += 1
        }
        bucket("+Inf")
        samples.append(MetricFamily.Sample(suffix: "_sum", value: .real(Double(latency.sumNanoseconds) / 1e9)))
        samples.append(MetricFamily.Sample(suffix: "_count", value: .integer(total)))
        return samples
    }

    private static func family(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, _ samples: [MetricFamily.Sample]
    ) -> MetricFamily {
        MetricFamily(name: name, help: help, kind: kind, samples: samples)
    }

    private static func sample(_ label: String, _ value: String, _ count: Int) -> MetricFamily.Sample {
        MetricFamily.Sample(labels: [MetricLabel(name: label, value: value)], value: .integer(Int64(count)))
    }
}
