import ChurnModel
import Foundation

/// One folder with `features.csv` and `labels.csv`.
struct ChurnDataset {
    let name: String
    let customers: [String]
    let data: TrainingData
    /// Columns that were not used, with the reason.
    let leftOut: [String]

    /// The folder itself when it holds a set, otherwise all its subfolders that do.
    static func find(in folder: URL) throws -> [URL] {
        func holdsSet(_ url: URL) -> Bool {
            ["features.csv", "labels.csv"].allSatisfy {
                FileManager.default.fileExists(atPath: url.appendingPathComponent($0).path)
            }
        }
        if holdsSet(folder) { return [folder] }
        let entries = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        let found = entries.filter(holdsSet).sorted { $0.lastPathComponent < $1.lastPathComponent }
        guard !found.isEmpty else {
            throw ChurnParityError("\(folder.path) holds no folder with features.csv and labels.csv")
        }
        return found
    }

    init(folder: URL) throws {
        name = folder.lastPathComponent
        let featuresURL = folder.appendingPathComponent("features.csv")
        let labelsURL = folder.appendingPathComponent("labels.csv")
        let features = try CSVFile(contentsOf: featuresURL)
        let labels = try CSVFile(contentsOf: labelsURL)
        let identifier = try features.column("customer_id", in: featuresURL)
        let labelOf = try ChurnDataset.labels(labels, url: labelsURL)
        let rows = features.rows.filter { labelOf[$0[identifier]] != nil }
        guard !rows.isEmpty else { throw ChurnParityError("\(folder.path): no row of features.csv has a label") }
        var columns: [FeatureColumn] = []
        var leftOut: [String] = []
        for (position, name) in features.header.enumerated() where position != identifier {
            let texts = rows.map { $0[position].trimmingCharacters(in: .whitespaces) }
            switch ColumnKind(name: name, texts: texts) {
            case .number: columns.append(FeatureColumn(name: name, values: .double(texts.map { Double($0) ?? .nan })))
            case .category: columns.append(FeatureColumn(name: name, texts: texts.map { $0.isEmpty ? nil : $0 }))
            case .leftOut(let reason): leftOut.append("\(name) (\(reason))")
            }
        }
        customers = rows.map { $0[identifier] }
        self.leftOut = leftOut
        let groupOf = try ChurnDataset.groups(labels, url: labelsURL)
        // Rows of one group, or with the same features, stay together, or a copy of a learnt row would be examined.
        let groups = rows.map { row in
            CustomerHash.hash(
                groupOf[row[identifier]]
                    ?? row.indices.filter { $0 != identifier }.map { row[$0] }.joined(separator: "\u{1F}"))
        }
        data = try TrainingData(
            table: FeatureTable(columns: columns),
            labels: customers.map { labelOf[$0] == true },
            groups: groups
        )
    }

    /// The client of each row where a client has several; empty without such a column.
    private static func groups(_ file: CSVFile, url: URL) throws -> [String: String] {
        guard let group = file.header.firstIndex(of: "group") else { return [:] }
        let customer = try file.column("customer_id", in: url)
        return Dictionary(file.rows.map { ($0[customer], $0[group]) }, uniquingKeysWith: { first, _ in first })
    }

    private static func labels(_ file: CSVFile, url: URL) throws -> [String: Bool] {
        let customer = try file.column("customer_id", in: url)
        let churned = try file.column("churned", in: url)
        var labels: [String: Bool] = [:]
        for row in file.rows {
            switch row[churned].trimmingCharacters(in: .whitespaces).lowercased() {
            case "1", "true", "yes": labels[row[customer]] = true
            case "0", "false", "no": labels[row[customer]] = false
            case let other: throw ChurnParityError("\(url.path): '\(other)' is no label; use 0 or 1")
            }
        }
        return labels
    }
}

/// What a text column is used as.
enum ColumnKind {
    case number
    case category
    case leftOut(String)

    init(name: String, texts: [String]) {
        let present = texts.filter { !$0.isEmpty }
        if name == "split" {
            self = .leftOut("the publisher's partition")
        } else if present.contains(where: ColumnKind.isDate) {
            self = .leftOut("dates do not enter as they are")
        } else if ColumnKind.isNumeric(present) {
            self = .number
        } else if Set(present).count > texts.count / 2, texts.count > 20 {
            self = .leftOut("an identifier")
        } else {
            self = .category
        }
    }

    /// Whether everything but the usual marks for missing values is a number.
    private static func isNumeric(_ texts: [String]) -> Bool {
        let marks: Set<String> = ["na", "n/a", "nan", "null", "none", "?", "-"]
        let values = texts.filter { !marks.contains($0.lowercased()) }
        return (!values.isEmpty || texts.isEmpty) && values.allSatisfy { Double($0) != nil }
    }

    /// YYYY-MM-DD at the start of the text.
    private static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8.prefix(10))
        guard bytes.count == 10 else { return false }
        return bytes.enumerated().allSatisfy { position, byte in
            position == 4 || position == 7 ? byte == UInt8(ascii: "-") : (48...57).contains(byte)
        }
    }
}
