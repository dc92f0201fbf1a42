import ArgumentParser
import Foundation

/// A program of `peers/` run beside a measurement, with a Python interpreter that has what it compares with.
enum PeerProgram {
    /// Runs it to its end.
    ///
    /// - Returns: the JSON objects it prints, one per line.
    static func run(_ name: String, python: String, _ arguments: [String]) throws -> [[String: Any]] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("peers")
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [folder.appendingPathComponent(name).path] + arguments
        let output = Pipe()
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw ValidationError(
                "\(python) cannot be run (\(error.localizedDescription)): make one with peers/setup.sh")
        }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw ValidationError("peers/\(name) ended with status \(process.terminationStatus)")
        }
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap {
            (try? JSONSerialization.jsonObject(with: Data($0))) as? [String: Any]
        }
    }
}
