import CoreMetrics
import Testing

@testable import Telemetry

/// The registry through the metrics interface, its text through a strict reader.
struct MetricsRegistryTests {
    private let registry = MetricsRegistry(
        descriptions: [
            MetricDescription(name: "jobs_total", help: "Jobs\\done,\nby kind."),
            MetricDescription(name: "wait_seconds", help: "Wait.", bounds: [1, .infinity, 0.1, 1, .nan]),
        ], seriesMax: 5)

    private func text() throws -> PrometheusParser { try PrometheusParser(registry.prometheusText()) }

    @Test func instrumentsOfOneNameShareASeries() throws {
        Counter(label: "jobs", dimensions: [("kind", "a"), ("size", "1")], factory: registry).increment(by: 2)
        Counter(label: "jobs_total", dimensions: [("size", "1"), ("kind", "a")], factory: registry).increment()
        FloatingPointCounter(label: "jobs", dimensions: [("kind", "b")], factory: registry).increment(by: 0.5)
        let text = try text()
        #expect(text["jobs_total", ["kind": "a", "size": "1"]] == 3)
        #expect(text["jobs_total", ["kind": "b"]] == 0.5)
        #expect(text.helps["jobs_total"] == "Jobs\\\\done,\\nby kind.")
        #expect(text.types["jobs_total"] == "counter")
    }

    @Test func gaugesHoldTheLatestValue() throws {
        let gauge = Gauge(label: "level", factory: registry)
        gauge.record(5)
        gauge.record(2.5)
        gauge.record(Double.nan)
        let meter = Meter(label: "queue", factory: registry)
        meter.set(10)
        meter.increment(by: 2.5)
        meter.decrement()
        meter.set(Double.infinity)
        meter.increment(by: Double.greatestFiniteMagnitude)
        meter.decrement(by: Double.greatestFiniteMagnitude)
        let text = try text()
        #expect(text["level"] == 2.5 && text.types["level"] == "gauge")
        #expect((text["queue"] ?? .nan).isFinite && text.types["queue"] == "gauge")
    }

    @Test func timersAreHistogramsInSeconds() throws {
        let timer = Timer(label: "wait", dimensions: [("m", "x")], factory: registry)
        timer.recordMilliseconds(50)
        timer.recordMilliseconds(100)
        timer.recordSeconds(2)
        timer.recordNanoseconds(-5)
        let text = try text()
        // Bounds are inclusive, and those that make no sense were left out.
        #expect(text["wait_seconds_bucket", ["m": "x", "le": "0.1"]] == 2)
        #expect(text["wait_seconds_bucket", ["m": "x", "le": "1"]] == 2)
        #expect(text["wait_seconds_bucket", ["m": "x", "le": "+Inf"]] == 3)
        #expect(text.values.keys.count { $0.name == "wait_seconds_bucket" } == 3)
        #expect(abs((text["wait_seconds_sum", ["m": "x"]] ?? 0) - 2.15) < 1e-9)
        #expect(text["wait_seconds_count", ["m": "x"]] == 3)
    }

    @Test func recordersThatAggregateAreHistograms() throws {
        let recorder = Recorder(label: "size", factory: registry)
        recorder.record(7)
        recorder.record(1e300)
        recorder.record(-3.5)
        recorder.record(Double.infinity)
        let text = try text()
        #expect(text["size_count"] == 3 && text["size_bucket", ["le": "10"]] == 2)
        #expect(text["size_bucket", ["le": "1"]] == 1)
    }

    @Test func countersNeverShrinkWrapOrBreak() throws {
        let counter = registry.makeCounter(label: "big", dimensions: [])
        counter.increment(by: .max)
        counter.increment(by: 5)
        counter.increment(by: -7)
        let real = registry.makeFloatingPointCounter(label: "real", dimensions: [])
        for amount in [1.5, -1, .nan, .infinity, .greatestFiniteMagnitude, .greatestFiniteMagnitude] {
            real.increment(by: amount)
        }
        var text = try text()
        #expect(registry.prometheusText().contains("big_total 9223372036854775807\n"))
        #expect(text["real_total"] == .greatestFiniteMagnitude)
        counter.reset()
        text = try self.text()
        #expect(text["big_total"] == 0)
    }

    @Test func namesAndLabelsAreMadeValid() throws {
        Counter(
            label: "7 odd.näme", dimensions: [("le", "1"), ("__x", "2"), ("a b", "3"), ("", "4"), ("a-b", "5")],
            factory: registry
        ).increment()
        Gauge(label: "", factory: registry).record(1)
        let text = try text()
        let series = try #require(text.order.first { $0.name.contains("odd") })
        #expect(series.name == "_7_odd_n_me_total")
        #expect(series.labels == ["exported_le": "1", "exported__x": "2", "a_b": "5", "_": "4"])
        #expect(text["_"] == 1)
    }

    @Test func labelValuesSurviveTheText() throws {
        for value in ["", "a\"b", "a\\b", "a\nb", "a\r\nb", "ä,}{=", "\\n", "\\"] {
            let registry = MetricsRegistry()
            Counter(label: "c", dimensions: [("v", value)], factory: registry).increment()
            let text = try PrometheusParser(registry.prometheusText())
            #expect(text["c_total", ["v": value]] == 1, "\(value.debugDescription)")
        }
    }

    @Test func aNameBelongsToOneType() throws {
        Gauge(label: "thing_total", factory: registry).record(1)
        Counter(label: "thing", factory: registry).increment(by: 9)
        Timer(label: "run", factory: registry).recordSeconds(1)
        Counter(label: "process_cpu_seconds", factory: registry).increment()
        Gauge(label: "run_seconds_sum", factory: registry).record(7)
        Gauge(label: "x_count", factory: registry).record(7)
        Recorder(label: "x", factory: registry).record(7)
        registry.makeMeter(label: "run_seconds", dimensions: []).set(Int64(1))
        registry.makeTimer(label: "thing_total_seconds", dimensions: []).recordNanoseconds(1)
        let text = try PrometheusParser(registry.prometheusText(process: .current()))
        #expect(text["thing_total"] == 1 && text["run_seconds_count"] == 1 && text["x_count"] == 7)
        #expect(text["aura_metrics_discarded_total"] == 5)
    }

    @Test func aCarelessLabelCannotFillTheMemory() throws {
        for index in 0..<100 {
            Counter(label: "wide", dimensions: [("id", String(index))], factory: registry).increment()
        }
        let text = try text()
        #expect(text.order.count { $0.name == "wide_total" } == 5)
        #expect(text["aura_metrics_discarded_total"] == 95)
    }

    @Test func destroyedSeriesLeaveTheText() throws {
        let counter = Counter(label: "c", dimensions: [("k", "1")], factory: registry)
        counter.increment()
        Counter(label: "c", dimensions: [("k", "2")], factory: registry).increment()
        counter.destroy()
        // The name may come back, and then begins anew.
        Counter(label: "d", factory: registry).increment(by: 5)
        Counter(label: "d", factory: registry).destroy()
        Counter(label: "d", factory: registry).increment()
        let real = FloatingPointCounter(label: "r", factory: registry)
        let meter = Meter(label: "m", factory: registry)
        let recorder = Recorder(label: "s", factory: registry)
        let timer = Timer(label: "t", factory: registry)
        real.destroy()
        meter.destroy()
        recorder.destroy()
        timer.destroy()
        let text = try text()
        #expect(Set(text.types.keys) == ["c_total", "d_total", "aura_metrics_discarded_total"])
        #expect(text["d_total"] == 1)
        #expect(text["c_total", ["k": "1"]] == nil && text["c_total", ["k": "2"]] == 1)
    }

    @Test func theOrderDoesNotDependOnTheOrderOfUse() throws {
        var generator = SeededGenerator(seed: 3)
        var texts: Set<String> = []
        for _ in 0..<5 {
            let registry = MetricsRegistry()
            for index in (0..<40).shuffled(using: &generator) {
                Counter(
                    label: "m\(index % 7)", dimensions: [("a", "\(index % 3)"), ("b", "\(index)")], factory: registry
                ).increment(by: index)
            }
            texts.insert(registry.prometheusText())
        }
        #expect(texts.count == 1)
        let names = try PrometheusParser(try #require(texts.first)).order.map(\.name)
        #expect(names == names.sorted())
    }

    @Test func countsOfManyThreadsAddUp() async throws {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<8 {
                group.addTask {
                    for index in 0..<500 {
                        Counter(label: "c", dimensions: [("k", "\(index % 3)")], factory: registry).increment()
                        FloatingPointCounter(label: "f", factory: registry).increment(by: 0.5)
                        Meter(label: "g", factory: registry).increment(by: worker.isMultiple(of: 2) ? 1 : -1)
                        Timer(label: "wait", factory: registry).recordMilliseconds(index)
                        if index.isMultiple(of: 100) { _ = registry.prometheusText() }
                    }
                }
            }
        }
        let text = try text()
        #expect((0..<3).compactMap { text["c_total", ["k": "\($0)"]] }.reduce(0, +) == 4_000)
        #expect(text["f_total"] == 2_000 && text["g"] == 0 && text["wait_seconds_count"] == 4_000)
    }

    @Test(
        arguments: [
            (0.0, "0"), (-0.0, "0"), (1, "1"), (-2.5, "-2.5"), (0.000_1, "0.0001"), (1e-7, "1e-07"),
            (9_007_199_254_740_991, "9007199254740991"), (1e300, "1e+300"),
        ])
    func numbersReadBackAsTheyWere(value: Double, expected: String) {
        #expect(PrometheusText.number(value) == expected)
        #expect(Double(PrometheusText.number(value)) == value)
    }

    @Test func anEmptyListIsAnEmptyText() {
        #expect(PrometheusText.render([]).isEmpty)
        let twice = MetricFamily(name: "a", help: nil, kind: .gauge, samples: [MetricFamily.Sample(value: .integer(1))])
        #expect(PrometheusText.render([twice, twice]) == "# TYPE a gauge\na 1\n")
    }
}
