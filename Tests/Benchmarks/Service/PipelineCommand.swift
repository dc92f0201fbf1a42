import ArgumentParser
import Contract
import Foundation

/// The whole way of the data: files dropped into a daemon's inbox until they are served and published.
struct PipelineCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipeline",
        abstract: "Load five files into a daemon of its own: CPU, wall time and memory by phase.",
        discussion: """
            The files lie ready in the inboxes before the clock starts, and are renamed into sight all at once. The clock \
            stops when everything is in the answers ("served") and again when it is in gold.db too ("published"; the daemon \
            publishes at its own pace). CPU is that of the daemon, user and system.
            """)

    @Argument(help: "A folder with demographics, transactions, engagement, support and surveys as .csv.")
    var directory: String

    @Option(help: "The daemon (default: the aurad beside this program).")
    var aurad: String?

    @Option(help: "The daemon's configuration (default: one for bench/gen.py's files).")
    var config: String?

    @Option(help: "Then drop so many further events, and measure that too.")
    var events = 0

    @Flag(help: "One JSON object per line instead of a table.")
    var json = false

    private static let categories = ["demographics", "transactions", "engagement", "support", "surveys"]

    func run() throws {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        let daemon = try ServedProcess(aurad: aurad ?? beside.appendingPathComponent("aurad").path) { scratch in
            if let config { return config }
            try ScratchFolder.write(Self.usualRates, to: "\(scratch)/fx.csv")
            try ScratchFolder.write("as_of: data\nactivity: engagement\nfx: fx.csv\n", to: "\(scratch)/aurad.yaml")
            return "\(scratch)/aurad.yaml"
        }
        defer { daemon.stop() }
        let output = RowOutput(
            json: json,
            columns: [
                ("phase", 26), ("wall_s", 9), ("cpu_s", 9), ("rows", 10), ("rows_per_wall_s", 15),
                ("rows_per_cpu_s", 15), ("peak_mib", 9),
            ])
        let full = try load(
            daemon, files: Self.categories.map { ($0, "\(directory)/\($0).csv") }, name: "full load", output)
        guard events > 0 else { return }
        let file = "\(daemon.scratch)/increment.csv"
        try ScratchFolder.write(try increment(asOf: daemon.status()["as_of"]?.stringValue ?? ""), to: file)
        let more = try load(daemon, files: [("engagement", file)], name: "increment", output)
        for (name, more, full) in [
            ("served: share of full", more.served, full.served),
            ("published: share of full", more.published, full.published),
        ] {
            let share = Cost(wall: more.wall / full.wall, cpu: more.cpu / full.cpu)
            write(name, share, peak: .nan, output)
        }
    }

    private struct Cost {
        var wall = 0.0
        var cpu = 0.0
        var rows = 0
    }

    /// Drops files and waits for them; a row for each phase that could be told apart, and sums up to the answers and
    /// up to gold.db.
    private func load(
        _ daemon: ServedProcess, files: [(category: String, path: String)], name: String, _ output: RowOutput
    ) throws -> (served: Cost, published: Cost) {
        let before = Self.endedDrops(try daemon.call("system.status"))
        var renames: [(from: String, to: String)] = []
        for file in files {
            let folder = "\(daemon.scratch)/state/inbox/\(file.category)"
            renames.append(("\(folder)/.waiting", "\(folder)/\(name.replacing(" ", with: "-")).csv"))
            try ScratchFolder.copy(file.path, to: "\(folder)/.waiting")
        }
        // What the copies left to be written back shall not be paid for by the load.
        sync()
        let start = (wall: monotonicNanoseconds(), cpu: daemon.cpuSeconds)
        for (from, to) in renames {
            guard rename(from, to) == 0 else { throw ServedProcess.Trouble(description: "could not rename \(from)") }
        }
        var phases: [(name: String, cost: Cost)] = []
        var last = start
        var served: Cost?
        var published = Cost()
        while true {
            // To ask costs the daemon time too: often while it works, seldom while it waits to publish.
            usleep(served == nil ? 20_000 : 250_000)
            let status = try daemon.call("system.status")
            let now = (wall: monotonicNanoseconds(), cpu: daemon.cpuSeconds)
            let phase = Self.phase(status)
            let index =
                phases.firstIndex { $0.name == phase }
                ?? {
                    phases.append((phase, Cost()))
                    return phases.count - 1
                }()
            phases[index].cost.wall += Double(now.wall - last.wall) / 1e9
            phases[index].cost.cpu += now.cpu - last.cpu
            last = now
            published = Cost(wall: Double(now.wall - start.wall) / 1e9, cpu: now.cpu - start.cpu)
            guard status["inbox"]?["settled"]?.boolValue == true, Self.endedDrops(status) >= before + files.count else {
                continue
            }
            if served == nil { served = published }
            if status["gold_db"]?["behind"]?.boolValue == false { break }
        }
        var sums = (served: served ?? published, published: published)
        let drops = try daemon.call("data.drops", ["limit": .integer(Int64(files.count))])["drops"]?.arrayValue ?? []
        for drop in drops {
            guard let rows = drop["rows"]?.integerValue else {
                throw ServedProcess.Trouble(description: "not loaded: \(drop)")
            }
            sums.served.rows += Int(rows)
            sums.published.rows += Int(rows)
        }
        for phase in phases { write(phase.name, phase.cost, peak: .nan, output) }
        write("\(name), served", sums.served, peak: .nan, output)
        write("\(name), published", sums.published, peak: daemon.peakMebibytes, output)
        return sums
    }

    private func write(_ name: String, _ cost: Cost, peak: Double, _ output: RowOutput) {
        let rows = cost.rows > 0 ? Double(cost.rows) : .nan
        output.write([
            .text(name), .number(cost.wall), .number(cost.cpu), .number(rows), .number(rows / cost.wall),
            .number(rows / cost.cpu), .number(peak),
        ])
    }

    /// What the daemon is at, as its status tells.
    private static func phase(_ status: JSONValue) -> String {
        if let progress = status["progress"], !progress.isNull {
            return "\(progress["category"]?.stringValue ?? "") \(progress["phase"]?.stringValue ?? "")"
        }
        let running = status["stages"]?.arrayValue?.first { $0["state"]?.stringValue == "running" }
        return running?["name"]?.stringValue ?? "waiting"
    }

    private static func endedDrops(_ status: JSONValue) -> Int {
        ["loaded", "failed", "duplicates"].reduce(0) { $0 + Int(status["inbox"]?[$1]?.integerValue ?? 0) }
    }

    /// Further events of the last day, of clients from all over the file, one in a hundred of them a repetition.
    private func increment(asOf: String) throws -> String {
        let clients = ScratchFolder.text("\(directory)/demographics.csv").split(separator: "\n").dropFirst()
            .compactMap { $0.split(separator: ",", omittingEmptySubsequences: false).first }
        guard !clients.isEmpty else { throw ServedProcess.Trouble(description: "no clients in \(directory)") }
        let types = ["login", "page_view", "feature_use", "click", "search", "export"]
        var random = SystemIndependentRandom(state: 1)
        var text = "event_id,customer_id,event_type,timestamp,device_type,feature_used\n"
        for number in 0..<events {
            let id = number % 100 == 99 ? number - 1 : number
            let client = clients[clients.startIndex + random.below(clients.count)]
            let second = random.below(86_400)
            let time = String(format: "%02d:%02d:%02d", second / 3_600, second / 60 % 60, second % 60)
            text += "further-\(id),\(client),\(types[random.below(types.count)]),\(asOf)T\(time)Z,desktop,\n"
        }
        return text
    }

    /// Units of US dollars, as the generator has them.
    private static let usualRates = """
        date,currency,rate_to_base
        2000-01-01,EUR,1.08
        2000-01-01,GBP,1.27
        2000-01-01,JPY,0.0067

        """
}

/// The same numbers on every machine (a linear congruential generator with Knuth's constants).
struct SystemIndependentRandom {
    var state: UInt64

    mutating func below(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }
}
