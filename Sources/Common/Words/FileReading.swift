/// How files are read, each thing said once: `aurac help formats` prints it, and what reads files goes by the lists in it.
public enum FileReading: Sendable, CaseIterable {
    case formats
    case columns
    case rows
    case blanks
    case nothing
    case amounts
    case wholeNumbers
    case days
    case refused
    case rejected

    /// What programs write where they have nothing.
    public static let wordsForNothing = [
        "NULL", "Null", "null", "None", "none", "NONE", "NaN", "nan", "NAN", "NaT", "N/A", "n/a", "#N/A", "#NV", "<NA>",
        "-",
        "\\N",
    ]

    public var title: String {
        switch self {
        case .formats: "Formats"
        case .columns: "Columns"
        case .rows: "Rows"
        case .blanks: "Blanks"
        case .nothing: "Nothing"
        case .amounts: "Amounts"
        case .wholeNumbers: "Whole numbers"
        case .days: "Days and instants"
        case .refused: "Refused as a whole"
        case .rejected: "Rejected rows"
        }
    }

    public var text: String {
        switch self {
        case .formats:
            "Delimited text with , ; tab or | (found out from the header, or named by a first line sep=;), values in \" where they "
                + "hold one of these; JSON, an array of objects; NDJSON, one object after the other. Each also packed with gzip or "
                + "zstd. Text is UTF-8, with or without a mark in front; lines end with LF, CR LF, or CR alone."
        case .columns:
            "By their names, in any order; case, blanks and _ do not matter: Customer ID is customer_id. Of two columns of one "
                + "name the first counts, as long as both say the same. Further columns of demographics are kept as attributes."
        case .rows:
            "One line each, or several where a value in quotes has line ends. A line of nothing or of blanks is none, one delimiter "
                + "too many at the end changes nothing, and the header once more is passed over."
        case .blanks:
            "Around a value they are left out, ids included. What stands in quotes of delimited text stays as it is, and inside an "
                + "id nothing is changed: 00042, 42 and 4 2 are three."
        case .nothing:
            FileReading.wordsForNothing.joined(separator: " ")
                + " and blanks are no value: unknown where a column may be empty, "
                + "and missing where it may not, as in an id."
        case .amounts:
            "1234.50, 1,234.50, 1.234,50 and 1 234,50; the sign or code of the row's currency before or behind; (45.00) for what is "
                + "below zero; 1e3. Whether 1.000 is one or a thousand is decided by the other amounts of the file: by one with a "
                + "decimal comma it is a thousand, by those with a decimal point alone it is one, and where none tells it is "
                + "rejected. Up to six decimals; zeros behind them, and the tail of a binary fraction such as "
                + "0.30000000000000004, are rounded away."
        case .wholeNumbers: "4 and 4.0 are the same. In JSON 42.0 is the id 42."
        case .days:
            "2026-01-31; 2026-01-31T09:00:00Z, with a blank for the T, without seconds, with a fraction; the zone as Z, UTC, +01:00, "
                + "+0100 or +01, and without one it is UTC. What could be another day in another country, such as 01/02/2026, is "
                + "rejected."
        case .refused:
            "What lacks a required column, or has two of one name that differ; UTF-16; workbooks (.xlsx, .xls, .ods), zip archives, "
                + "PDF and others: save the sheet as \"CSV UTF-8\"."
        case .rejected:
            "Each with line, column and reason; the others are loaded. Rows that are not UTF-8 (Latin-1, Windows-1252) are among "
                + "them. aurac rejects ID --as-file writes them under their header, to be mended and handed in again; aurac remarks "
                + "ID tells what was noticed of the others."
        }
    }
}
