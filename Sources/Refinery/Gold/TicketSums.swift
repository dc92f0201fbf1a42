import Records

/// What a client's tickets add up to as of a day.
struct TicketSums: BitwiseCopyable {
    var total: Int32 = 0
    var last30: Int32 = 0
    var open: Int32 = 0
    /// Open, and created more than seven days ago.
    var openOlder: Int32 = 0
    var resolved: Int32 = 0
    var scored: Int32 = 0
    var scoreSum: Int32 = 0
    /// Ratings of tickets created within 180 days.
    var recentScored: Int32 = 0
    var recentScoreSum: Int32 = 0
    /// Milliseconds from creation to resolution.
    var resolutionSum: Int64 = 0

    var meanResolutionHours: Double {
        resolved > 0 ? Double(resolutionSum) / Double(resolved) / 3_600_000 : .nan
    }
    var meanSatisfaction: Double { scored > 0 ? Double(scoreSum) / Double(scored) : .nan }
    var recentSatisfaction: Double { recentScored > 0 ? Double(recentScoreSum) / Double(recentScored) : .nan }

    /// One pass over the table in its own order, which is that of memory.
    /// - Returns: the sums by dense client index.
    static func byClient(_ tickets: TicketTable, clientCount: Int, asOf: Int32) -> [TicketSums] {
        let day: Int64 = 86_400_000
        let endOfDay = Int64(asOf + 1) * day
        var result = [TicketSums](repeating: TicketSums(), count: clientCount)
        result.withUnsafeMutableBufferPointer { sums in
            for row in 0..<tickets.count {
                let created = tickets.createdAt[row]
                guard created < endOfDay else { continue }
                let client = Int(tickets.client[row])
                sums[client].total &+= 1
                if created >= endOfDay - 30 * day { sums[client].last30 &+= 1 }
                let resolvedAt = tickets.resolvedAt[row]
                let isResolved = resolvedAt != TicketTable.unresolved && resolvedAt < endOfDay
                if isResolved {
                    sums[client].resolved &+= 1
                    sums[client].resolutionSum = sums[client].resolutionSum.addingSaturated(resolvedAt - created)
                } else {
                    sums[client].open &+= 1
                    if created < endOfDay - 8 * day { sums[client].openOlder &+= 1 }
                }
                // A rating given when the ticket is resolved after the as-of day is not known yet.
                let score = Int32(tickets.satisfaction[row])
                guard score > 0, isResolved || resolvedAt == TicketTable.unresolved else { continue }
                sums[client].scored &+= 1
                sums[client].scoreSum &+= score
                if created >= endOfDay - 180 * day {
                    sums[client].recentScored &+= 1
                    sums[client].recentScoreSum &+= score
                }
            }
        }
        return result
    }
}

enum LastSurvey {
    /// The row of every client's latest answer up to a day, by dense client index; -1 without one. Of answers of the same
    /// day the one with the greatest id counts.
    static func byClient(_ surveys: SurveyTable, clientCount: Int, asOf: Int32) -> [Int32] {
        var result = [Int32](repeating: -1, count: clientCount)
        for row in 0..<surveys.count where surveys.day[row] <= asOf {
            let client = Int(surveys.client[row])
            let best = Int(result[client])
            if best < 0 || surveys.day[row] > surveys.day[best]
                || (surveys.day[row] == surveys.day[best] && precedes(surveys.id, best, row))
            {
                result[client] = Int32(row)
            }
        }
        return result
    }

    private static func precedes(_ ids: TextColumn, _ lhs: Int, _ rhs: Int) -> Bool {
        ids.withBytes(at: lhs) { left in ids.withBytes(at: rhs) { right in left.lexicographicallyPrecedes(right) } }
    }
}

extension ClientSlicesByPosition {
    /// The rows of a table by the position of their client; rows without a position are left out.
    /// - Parameters:
    ///   - clients: the client of every row.
    ///   - positions: by dense client index; -1 where there is none.
    init(_ clients: [UInt32], positions: [Int32], count: Int, where isIncluded: (Int) -> Bool) {
        self.init()
        var starts = [UInt32](repeating: 0, count: count + 1)
        for row in clients.indices where isIncluded(row) {
            let position = positions[Int(clients[row])]
            if position >= 0 { starts[Int(position) + 1] &+= 1 }
        }
        for index in 1..<max(1, starts.count) { starts[index] &+= starts[index - 1] }
        var next = starts
        var rows = [UInt32](repeating: 0, count: Int(starts[count]))
        for row in clients.indices where isIncluded(row) {
            let position = Int(positions[Int(clients[row])])
            guard position >= 0 else { continue }
            rows[Int(next[position])] = UInt32(truncatingIfNeeded: row)
            next[position] &+= 1
        }
        self.starts = starts
        self.rows = rows
    }
}
