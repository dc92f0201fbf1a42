/// Finds the name somebody meant.
enum NearestName {
    /// The only candidate that starts with the name or that the name starts with (`tenure` for `tenure_days`), else the
    /// one with the fewest edits, where these are few enough to be a slip; the first one of equals.
    static func find(_ name: String, in candidates: some Sequence<String>) -> String? {
        let folded = folded(name)
        let sharing = candidates.filter {
            let other = self.folded($0)
            return min(folded.utf8.count, other.utf8.count) >= 3 && (folded.hasPrefix(other) || other.hasPrefix(folded))
        }
        if sharing.count == 1 { return sharing[0] }
        let wanted = Array(folded.utf8)
        let limit = max(1, wanted.count / 3)
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = Array(self.folded(candidate).utf8)
            guard abs(other.count - wanted.count) <= limit else { continue }
            let distance = self.distance(wanted, other)
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.name
    }

    /// `did you mean "x"?`, or nil where nothing is near.
    static func advice(_ name: String, in candidates: some Sequence<String>) -> String? {
        find(name, in: candidates).map { "did you mean \(Wording.quoted($0))?" }
    }

    /// Case and separators are what people mix up most.
    private static func folded(_ name: String) -> String {
        String(name.lowercased().map { $0 == "-" || $0 == " " || $0 == "." ? "_" : $0 })
    }

    /// Optimal string alignment distance: insertions, deletions, substitutions, and transpositions of neighbours.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 1...a.count {
            var current = [i]
            current.reserveCapacity(b.count + 1)
            for j in 1...b.count {
                let cost = a[i - 1] == b[j - 1] ? 0 : 1
                var value = min(last[j] + 1, current[j - 1] + 1, last[j - 1] + cost)
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] {
                    value = min(value, beforeLast[j - 2] + 1)
                }
                current.append(value)
            }
            beforeLast = last
            last = current
        }
        return last[b.count]
    }
}
