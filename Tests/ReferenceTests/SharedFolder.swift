import Foundation

/// The folder of reference facts and the data they were worked out from, if there is one.
enum SharedFolder {
    static let missing = "shared data folder not found"

    static let root: URL? = {
        let environment = ProcessInfo.processInfo.environment["AURA_SHARED"]
        let root =
            environment.map { URL(fileURLWithPath: $0) }
            ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("../shared")
        let facts = root.appendingPathComponent("reference/retention")
        return FileManager.default.fileExists(atPath: facts.path) ? root : nil
    }()

    static var isAvailable: Bool { root != nil }

    static func facts(_ name: String) throws -> Facts {
        Facts(try JSONSerialization.jsonObject(with: bytes("reference/retention/\(name).json")))
    }

    static func file(_ set: String, _ category: String) throws -> [UInt8] {
        [UInt8](try bytes("data/retention/\(set)/\(category).csv"))
    }

    private static func bytes(_ path: String) throws -> Data {
        try Data(contentsOf: (root ?? URL(fileURLWithPath: "/")).appendingPathComponent(path))
    }
}

/// A JSON object of a facts file, read by key.
struct Facts {
    private let fields: [String: Any]

    init(_ value: Any?) { fields = value as? [String: Any] ?? [:] }

    var keys: [String] { fields.keys.sorted() }
    var isEmpty: Bool { fields.isEmpty }
    subscript(_ key: String) -> Facts { Facts(fields[key]) }
    func text(_ key: String) -> String? { fields[key] as? String }
    func has(_ key: String) -> Bool { fields[key] != nil }
    /// Nil where it is null or missing.
    func number(_ key: String) -> Double? { (fields[key] as? NSNumber)?.doubleValue }
    func integer(_ key: String) -> Int? { (fields[key] as? NSNumber)?.intValue }
    func integers(_ key: String) -> [Int] { (fields[key] as? [Any] ?? []).map { ($0 as? NSNumber)?.intValue ?? -1 } }
    /// An amount of whole units in micro-units.
    func micro(_ key: String) -> Int64? { number(key).map { Int64(($0 * 1_000_000).rounded()) } }
}
