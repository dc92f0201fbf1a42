import Glibc
import Testing

@testable import Telemetry

/// The figures of the process: the kernel's text by example, and this process against other ways to know.
struct ProcessMetricsTests {
    /// A name with spaces and parentheses stands before the numbers.
    private let stat = """
        4242 (a (b) c) S 1 4242 4242 0 -1 4194304 500 0 0 0 150 50 0 0 20 0 7 0 1000 123456789 2048 \
        18446744073709551615 1 1 0 0 0 0 0 4096 0 0 0 0 17 1 0 0 0 0 0

        """

    @Test func theKernelsTextIsUnderstood() {
        let sample = ProcessSample(
            stat: stat, systemStat: "cpu 1 2 3\nbtime 1700000000\nprocesses 5\n", ticksPerSecond: 100, pageBytes: 4_096)
        #expect(sample.cpuSeconds == 2)
        #expect(sample.threads == 7 && sample.virtualBytes == 123_456_789 && sample.residentBytes == 8_388_608)
        #expect(sample.startTimeSeconds == 1_700_000_010)
    }

    @Test(arguments: ["", "1", "1 (x", "1 (x) S", "1 (x) S -1 -2 a b c", "no parentheses at all 1 2 3"])
    func brokenTextGivesNoFigures(text: String) {
        #expect(
            ProcessSample(stat: text, systemStat: "btime x", ticksPerSecond: 100, pageBytes: 4_096) == ProcessSample())
    }

    @Test func unitsThatMakeNoSenseGiveNoFigures() {
        #expect(ProcessSample(stat: stat, systemStat: nil, ticksPerSecond: 0, pageBytes: 4_096) == ProcessSample())
        let huge = ProcessSample(stat: stat, systemStat: "", ticksPerSecond: 1, pageBytes: .max)
        #expect(huge.residentBytes == nil && huge.startTimeSeconds == nil && huge.cpuSeconds == 200)
        #expect(ProcessMetrics.families(ProcessSample()).isEmpty)
    }

    @Test func thisProcessIsDescribed() throws {
        let before = ProcessSample.current()
        let extra = (0..<20).map { _ in dup(STDERR_FILENO) }
        defer { for descriptor in extra { close(descriptor) } }
        let now = ProcessSample.current()
        let text = try PrometheusParser(PrometheusText.render(ProcessMetrics.families(now)))
        #expect(Set(text.types.keys) == Set(ProcessMetrics.names))
        #expect(Set(text.helps.keys) == Set(ProcessMetrics.names))
        // Other tests open and close descriptors at the same time, so the count is known only roughly.
        #expect((now.openDescriptors ?? 0) >= 20 && (before.openDescriptors ?? 0) > 3)
        #expect((now.maxDescriptors ?? 0) >= (now.openDescriptors ?? .max))
        #expect((now.residentBytes ?? 0) > 1_000_000 && (now.virtualBytes ?? 0) >= (now.residentBytes ?? .max))
        #expect((now.threads ?? 0) >= 1 && (now.cpuSeconds ?? -1) >= 0)
        let start = try #require(now.startTimeSeconds)
        #expect(start < Double(time(nil)) + 2 && start > Double(time(nil)) - 86_400)
    }
}
