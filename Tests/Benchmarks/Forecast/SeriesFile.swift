import Forecasting
import Foundation

/// A series of a `ds,y` file and the group (folder) it stands in.
struct SeriesFile {
    let group: String
    let name: String
    let series: ForecastSeries

    /// All `*.csv` files below `directory`, sorted by path.
    static func all(in directory: String) throws -> [SeriesFile] {
        let root = URL(fileURLWithPath: directory)
        let walker = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        var urls: [URL] = []
        while let url = walker?.nextObject() as? URL {
            if url.pathExtension == "csv" { urls.append(url) }
        }
        return try urls.sorted { $0.path < $1.path }.map { url in
            let text = try String(contentsOf: url, encoding: .utf8)
            var timestamps: [Int64] = []
            var values: [Double] = []
            for line in text.split(whereSeparator: \.isNewline).dropFirst() {
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                guard fields.count >= 2, let timestamp = Timestamp.parse(String(fields[0])) else { continue }
                timestamps.append(timestamp)
                values.append(Double(fields[1].trimmingCharacters(in: .whitespaces)) ?? .nan)
            }
            return SeriesFile(
                group: url.deletingLastPathComponent().lastPathComponent,
                name: url.deletingPathExtension().lastPathComponent,
                series: ForecastSeries(timestamps: timestamps, values: values))
        }
    }
}
