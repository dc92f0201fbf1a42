import Foundation

/// A small CSV file in memory: header and rows of text.
struct CSVFile {
    let header: [String]
    let rows: [[String]]

    init(contentsOf url: URL) throws {
        let bytes: Data
        do {
            bytes = try Data(contentsOf: url)
        } catch {
            throw ChurnParityError("cannot read \(url.path)")
        }
        var records = CSVFile.records(Array(bytes))
        guard !records.isEmpty else { throw ChurnParityError("\(url.path) is empty") }
        let header = records.removeFirst()
        if let position = records.firstIndex(where: { $0.count != header.count }) {
            throw ChurnParityError(
                "\(url.path): record \(position + 2) has \(records[position].count) fields, the header \(header.count)"
            )
        }
        self.header = header.map { $0.trimmingCharacters(in: .whitespaces) }
        rows = records
    }

    /// The position of a column.
    func column(_ name: String, in url: URL) throws -> Int {
        guard let position = header.firstIndex(of: name) else {
            throw ChurnParityError("\(url.path) has no column '\(name)'")
        }
        return position
    }

    private static func records(_ bytes: [UInt8]) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        func endField() {
            record.append(String(decoding: field, as: UTF8.self))
            field = []
        }
        func endRecord() {
            endField()
            if record.count > 1 || !record[0].isEmpty { records.append(record) }
            record = []
        }
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                if isQuoted, position < bytes.count, bytes[position] == byte {
                    field.append(byte)
                    position += 1
                } else {
                    isQuoted.toggle()
                }
            case UInt8(ascii: ",") where !isQuoted: endField()
            case UInt8(ascii: "\n") where !isQuoted: endRecord()
            case UInt8(ascii: "\r") where !isQuoted: break
            default: field.append(byte)
            }
        }
        if !field.isEmpty || !record.isEmpty { endRecord() }
        return records
    }
}
