/// Files that are no text with rows, told by their first bytes, and how what is in them can be handed over all the same.
enum OtherFormat: Sendable, Equatable, CaseIterable {
    case utf16, utf32, excel, oldExcel, openDocument, zip, pdf, parquet, sqlite, html, xml

    /// So many bytes tell; a shorter file is told by those that it has.
    static let headBytes = 512

    init?(_ head: UnsafeBufferPointer<UInt8>) {
        func begins(_ bytes: [UInt8]) -> Bool { head.starts(with: bytes) }
        func begins(_ text: String) -> Bool { head.starts(with: Array(text.utf8)) }
        func names(_ text: String) -> Bool {
            let bytes = Array(text.utf8)
            return head.indices.contains { head[$0...].starts(with: bytes) }
        }
        if begins([0xFF, 0xFE, 0, 0]) || begins([0, 0, 0xFE, 0xFF]) {
            self = .utf32
        } else if begins([0xFF, 0xFE]) || begins([0xFE, 0xFF]) || OtherFormat.hasZeroInEveryOther(head) {
            self = .utf16
        } else if begins([0x50, 0x4B, 3, 4]) {
            // The name of the first file inside, and often those of the next.
            if names("opendocument") {
                self = .openDocument
            } else {
                self = names("[Content_Types].xml") || names("xl/") || names("_rels/") ? .excel : .zip
            }
        } else if begins([0x50, 0x4B, 5, 6]) {
            self = .zip
        } else if begins([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) {
            self = .oldExcel
        } else if begins("%PDF-") {
            self = .pdf
        } else if begins("PAR1") {
            self = .parquet
        } else if begins("SQLite format 3") {
            self = .sqlite
        } else {
            let text = OtherFormat.lowercasedBeginning(head)
            if text.hasPrefix("<!doctype html") || text.hasPrefix("<html") {
                self = .html
            } else if text.hasPrefix("<?xml") {
                self = .xml
            } else {
                return nil
            }
        }
    }

    /// Two-byte characters of Western text without a mark in front: every other byte is zero.
    private static func hasZeroInEveryOther(_ head: UnsafeBufferPointer<UInt8>) -> Bool {
        guard head.count >= 8 else { return false }
        let isLittle = head[0] != 0
        return (0..<8).allSatisfy { (head[$0] == 0) == ($0.isMultiple(of: 2) != isLittle) }
    }

    private static func lowercasedBeginning(_ head: UnsafeBufferPointer<UInt8>) -> String {
        var text = head.prefix(64)
        if text.starts(with: [0xEF, 0xBB, 0xBF]) { text = text.dropFirst(3) }
        while let first = text.first, first == 32 || (9...13).contains(first) { text = text.dropFirst() }
        return String(decoding: text, as: UTF8.self).lowercased()
    }

    /// What it is, and what to do.
    var text: String {
        switch self {
        case .utf16:
            "the file is UTF-16 text (\"Unicode text\" of spreadsheet programs); save it as \"CSV UTF-8\", or convert it: iconv -f UTF-16 -t UTF-8"
        case .utf32: "the file is UTF-32 text; convert it: iconv -f UTF-32 -t UTF-8"
        case .excel:
            "the file is an Excel workbook (.xlsx), not text; save the sheet as \"CSV UTF-8\" and hand that over"
        case .oldExcel:
            "the file is an old Excel workbook (.xls), not text; save the sheet as \"CSV UTF-8\" and hand that over"
        case .openDocument:
            "the file is an OpenDocument spreadsheet (.ods), not text; save the sheet as \"Text CSV\" in UTF-8 and hand that over"
        case .zip:
            "the file is a zip archive, as an Excel workbook (.xlsx) and an OpenDocument spreadsheet (.ods) are: save the sheet as "
                + "\"CSV UTF-8\" and hand that over, or hand over the files out of the archive"
        case .pdf: "the file is a PDF document; hand its data over as CSV or JSON"
        case .parquet: "the file is a Parquet file; hand its data over as CSV or NDJSON"
        case .sqlite:
            "the file is an SQLite database; hand a table of it over as CSV: sqlite3 -header -csv FILE 'SELECT …'"
        case .html:
            "the file is a web page, perhaps one that asks to log in; look at where it came from and hand over the data itself"
        case .xml: "the file is XML; hand its data over as CSV or JSON"
        }
    }

    /// Short and stable, for counting and logs.
    var code: String {
        switch self {
        case .utf16, .utf32: "other_encoding"
        case .excel, .oldExcel, .openDocument: "spreadsheet"
        case .zip, .pdf, .parquet, .sqlite, .html, .xml: "other_format"
        }
    }
}
