import Standings
import Freshness
import Contract
import Glibc
import Pipeline
import Records
import Schedule
import Snapshots

/// The parts of `system.status`.
enum StatusText {
    static func writeCounts(_ counts: RecordCounts, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("customers", integer: counts.customers)
        writer.member("transactions", integer: counts.transactions)
        writer.member("events", integer: counts.events)
        writer.member("tickets", integer: counts.tickets)
        writer.member("surveys", integer: counts.surveys)
        writer.endObject()
    }

    /// How fresh each category is; nothing before the first data.
    static func writeFeeds(_ snapshot: Snapshot?, to writer: inout JSONWriter) {
        writer.key("feeds")
        writer.beginArray()
        for (category, feed) in (snapshot?.standings.feeds ?? [:]).sorted(by: { $0.key < $1.key }) {
            writer.beginObject()
            writer.member("category", text: category.rawValue)
            writer.member("first_day", text: feed.firstDay.description)
            writer.member("last_day", text: feed.lastDay.description)
            writer.member("days", integer: feed.activeDays)
            writer.member("rows", integer: feed.rows)
            writer.member("rows_per_day", double: feed.rowsPerActiveDay)
            writer.member("usual_gap_days", integer: feed.usualGap)
            writer.member("missing", bool: feed.isMissing)
            writer.member("thin", bool: feed.isThin)
            writer.member("clock", text: feed.clock.description)
            writer.endObject()
        }
        writer.endArray()
    }

    /// - Parameter isOff: the configuration does without the stage.
    static func write(
        _ stage: Stage, _ status: PipelineStatus, isOff: Bool, now: Instant, to writer: inout JSONWriter
    ) {
        let clock = status.clock
        let run = clock.lastRun(stage)
        let due = clock.due(stage)
        let monotonic = MonotonicClock.seconds()
        /// An instant of the wall clock for a time of the monotonic one.
        func instant(_ time: Double) -> String {
            Instant(rawValue: now.rawValue + Int64(((time - monotonic) * 1000).rounded())).description
        }
        let problem = status.problems.first { $0.code == "\(stage.rawValue)_failed" }
        writer.beginObject()
        writer.member("name", text: stage.rawValue)
        writer.member("state", text: clock.state(stage, at: monotonic, isOff: isOff).rawValue)
        writer.member("last_run", text: run.map { instant($0.startedAt) })
        writer.member("last_duration_ms", integer: run?.duration.map { Int(($0 * 1000).rounded()) })
        writer.member("next_run", text: due.map(instant))
        writer.member("detail", text: problem?.text)
        writer.endObject()
    }

    static func write(_ progress: LoadProgress, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("drop_id", integer: Int(progress.dropID))
        writer.member("category", text: progress.category.rawValue)
        writer.member("file", text: progress.file)
        writer.member("bytes_done", integer: progress.bytesDone)
        writer.member("bytes_total", integer: progress.bytesTotal)
        writer.member("rows", integer: progress.rows)
        writer.member("started_at", text: progress.startedAt.description)
        writer.member("phase", text: progress.phase.rawValue)
        writer.endObject()
    }
}

enum ProcessMemory {
    /// Resident set, in bytes; 0 when it cannot be read.
    static func residentBytes() -> Int {
        let descriptor = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return 0 }
        let fields = String(decoding: buffer[..<count], as: UTF8.self).split(separator: " ")
        guard fields.count > 1, let pages = Int(fields[1]) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
