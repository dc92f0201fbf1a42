/// Where the rejected rows stand that are not listed one by one: stretches of lines with the number of rejected rows in
/// them and the reason. Their number is bounded; when there are too many, neighbours become one, and where they differ the
/// reason says so. How many rows there are in all stays exact.
struct RejectRuns {
    private(set) var runs: [RejectedRow] = []
    private let countMax: Int

    /// The code of a stretch whose rows were rejected for different reasons.
    static let severalReasons = "several_reasons"

    /// - Parameter countMax: two at least.
    init(countMax: Int) { self.countMax = max(2, countMax) }

    /// Adds one row behind those before.
    /// - Parameter reason: in words; asked for only where a new stretch begins.
    mutating func append(line: Int, column: String?, code: String, reason: () -> String) {
        if let last = runs.indices.last, runs[last].code == code, runs[last].column == column,
            let end = runs[last].lastLine, line <= end + 1
        {
            runs[last].lastLine = max(end, line)
            runs[last].rows += 1
            return
        }
        if runs.count >= countMax { halve() }
        runs.append(
            RejectedRow(line: line, column: column, code: code, reason: reason(), raw: [], lastLine: line, rows: 1))
    }

    /// Joins neighbours two by two.
    private mutating func halve() {
        var kept = 0
        for first in stride(from: 0, to: runs.count, by: 2) {
            var run = runs[first]
            if first + 1 < runs.count {
                let next = runs[first + 1]
                run.lastLine = max(run.lastLine ?? run.line, next.lastLine ?? next.line)
                run.rows += next.rows
                if run.code != next.code || run.column != next.column {
                    run.column = nil
                    run.code = RejectRuns.severalReasons
                    run.reason = "rejected for different reasons, which the counts of the drop tell"
                }
            }
            runs[kept] = run
            kept += 1
        }
        runs.removeLast(runs.count - kept)
    }
}
