/// The figures of the process as metrics, under the names Prometheus' client libraries use for them.
public enum ProcessMetrics {
    /// All names this can give.
    static let names = [
        "process_cpu_seconds_total", "process_max_fds", "process_open_fds", "process_resident_memory_bytes",
        "process_start_time_seconds", "process_threads", "process_virtual_memory_bytes",
    ]

    /// One family for each figure that could be read.
    public static func families(_ sample: ProcessSample) -> [MetricFamily] {
        [
            family(
                "process_cpu_seconds_total", "User and system processor time.", .counter,
                sample.cpuSeconds.map { .real($0) }),
            family("process_max_fds", "Most file descriptors that may be open.", .gauge, whole(sample.maxDescriptors)),
            family("process_open_fds", "Open file descriptors.", .gauge, whole(sample.openDescriptors)),
            family("process_resident_memory_bytes", "Memory in use.", .gauge, whole(sample.residentBytes)),
            family(
                "process_start_time_seconds", "Start of the process in seconds since 1970.", .gauge,
                sample.startTimeSeconds.map { .real($0) }),
            family("process_threads", "Threads.", .gauge, whole(sample.threads)),
            family("process_virtual_memory_bytes", "Address space.", .gauge, whole(sample.virtualBytes)),
        ].compactMap(\.self)
    }

    private static func whole(_ value: Int64?) -> MetricFamily.Value? {
        value.map { .integer($0) }
    }

    private static func family(
        _ name: String, _ help: String, _ kind: MetricFamily.Kind, _ value: MetricFamily.Value?
    ) -> MetricFamily? {
        value.map { MetricFamily(name: name, help: help, kind: kind, samples: [MetricFamily.Sample(value: $0)]) }
    }
}
