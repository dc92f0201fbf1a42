/// What the kernel tells about this process at one instant. A figure that could not be read is `nil`.
public struct ProcessSample: Sendable, Equatable {
    public var residentBytes: Int64?
    public var virtualBytes: Int64?
    public var cpuSeconds: Double?
    public var openDescriptors: Int64?
    public var maxDescriptors: Int64?
    public var threads: Int64?
    /// Seconds since 1970.
    public var startTimeSeconds: Double?

    public init() {}

    /// From the text of `/proc/self/stat` and `/proc/stat` (proc(5)).
    ///
    /// - Parameters:
    ///   - stat: one line; the second field, the program's name, is in parentheses and may hold anything.
    ///   - systemStat: has the line `btime`, the start of the system in seconds since 1970; `nil` when it is hidden.
    ///   - ticksPerSecond: the unit of times, above 0.
    ///   - pageBytes: the unit of the resident size, above 0.
    public init(stat: String, systemStat: String?, ticksPerSecond: Int64, pageBytes: Int64) {
        self.init()
        guard ticksPerSecond > 0, pageBytes > 0, let end = stat.utf8.lastIndex(of: UInt8(ascii: ")")) else { return }
        // Field 3, the state, is the first after the name: index 0 here.
        let fields = stat[stat.utf8.index(after: end)...].split(whereSeparator: \.isWhitespace)
        func field(_ number: Int) -> Int64? {
            let index = number - 3
            guard fields.indices.contains(index), let value = Int64(fields[index]), value >= 0 else { return nil }
            return value
        }
        if let user = field(14), let system = field(15) {
            cpuSeconds = (Double(user) + Double(system)) / Double(ticksPerSecond)
        }
        threads = field(20)
        virtualBytes = field(23)
        if let pages = field(24) {
            let (bytes, overflow) = pages.multipliedReportingOverflow(by: pageBytes)
            residentBytes = overflow ? nil : bytes
        }
        if let ticks = field(22), let systemStat, let boot = Self.bootSeconds(systemStat) {
            startTimeSeconds = Double(boot) + Double(ticks) / Double(ticksPerSecond)
        }
    }

    private static func bootSeconds(_ systemStat: String) -> Int64? {
        for line in systemStat.split(separator: "\n") where line.hasPrefix("btime ") {
            return Int64(line.dropFirst("btime ".count))
        }
        return nil
    }
}
