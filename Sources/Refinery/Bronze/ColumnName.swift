import Records

/// Column names: folding of case and separators, and the check that all required columns are there.
enum ColumnName {
    /// What is compared: lower-case letters and digits only, so that `Customer ID`, `customerId` and `customer_id`
    /// agree.
    static func matchKey(_ name: String) -> String {
        if let ascii = asciiLetters(name, between: nil) { return ascii }
        return String(
            String.UnicodeScalarView(
                name.lowercased().unicodeScalars.filter {
                    $0.properties.isAlphabetic || $0.properties.numericType != nil
                }))
    }

    /// The name an unknown column is kept under: lower case, separators as single underscores.
    static func folded(_ name: String) -> String {
        if let ascii = asciiLetters(name, between: 95) { return ascii }
        var result = ""
        var pending = false
        for scalar in name.lowercased().unicodeScalars {
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                if pending, !result.isEmpty { result.append("_") }
                pending = false
                result.unicodeScalars.append(scalar)
            } else {
                pending = true
            }
        }
        return result
    }

    /// The letters and digits of an ASCII name in lower case, with `separator` once where something else stood between
    /// them; nil for other names. Most headers are ASCII, and some have very many or very long names.
    private static func asciiLetters(_ name: String, between separator: UInt8?) -> String? {
        var result: [UInt8] = []
        var pending = false
        for byte in name.utf8 {
            switch byte {
            case 48...57, 97...122, 65...90:
                if pending, !result.isEmpty, let separator { result.append(separator) }
                pending = false
                result.append(byte >= 65 && byte <= 90 ? byte + 32 : byte)
            case 0x80...: return nil
            default: pending = true
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The house's names for the columns of a file: schema names where they match, folded names otherwise, a number behind
    /// those that stand twice. A schema name may be there twice.
    static func resolve(_ raw: [String], category: Category) throws(DropRefusal) -> [String] {
        let known = Dictionary(
            category.columns.map { (matchKey($0.name), $0.name) }, uniquingKeysWith: { first, _ in first })
        var seen: Set<String> = []
        var names: [String] = []
        for (index, name) in raw.enumerated() {
            let key = matchKey(name)
            var resolved = known[key] ?? folded(name)
            if resolved.isEmpty { resolved = "column_\(index + 1)" }
            if !seen.insert(resolved).inserted, known[key] == nil {
                // Of a column that is ours the values decide whether a second one does harm; any other is another one.
                var number = 2
                while !seen.insert("\(resolved)_\(number)").inserted { number += 1 }
                resolved = "\(resolved)_\(number)"
            }
            names.append(resolved)
        }
        let missing = missing(names, category: category)
        guard missing.isEmpty else {
            throw .missingColumns(missing, found: raw, candidates: nearest(to: missing, among: raw))
        }
        return names
    }

    static func missing(_ names: [String], category: Category) -> [String] {
        let present = Set(names)
        return category.columns.filter { $0.required && !present.contains($0.name) }.map(\.name)
    }

    /// For each missing column up to three names of the file that are spelled alike.
    static func nearest(to missing: [String], among raw: [String]) -> [String: [String]] {
        var result: [String: [String]] = [:]
        for name in missing {
            let key = Array(matchKey(name).utf8)
            let ranked = raw.prefix(200).map { candidate in
                (candidate, distance(key, Array(matchKey(String(candidate.prefix(64))).utf8)))
            }
            result[name] =
                ranked.filter { $0.1 <= max(2, key.count / 2) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(3).map(
                    \.0)
        }
        return result
    }

    /// Levenshtein distance.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let above = row[j + 1]
                row[j + 1] = x == y ? diagonal : min(diagonal, above, row[j]) + 1
                diagonal = above
            }
        }
        return row[b.count]
    }
}
