import Foundation

/// The folder with reference results and public data sets, which is not part of the repository.
enum SharedData {
    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["AURA_SHARED"] { return URL(fileURLWithPath: path) }
        return URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("shared")
    }()

    static var isPresent: Bool {
        FileManager.default.fileExists(atPath: root.appendingPathComponent("reference/gbdt_golden.json").path)
    }
}
