import ArgumentParser
import Forecasting
import Foundation

/// Compares the model with reference files: each check of the equivalence contract with its largest deviation.
struct ForecastReference: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast-reference",
        abstract: "Check the forecasting model against reference files.")

    @Argument(help: "Folder of reference files (*.json).")
    var directory: String

    @Flag(help: "One JSON object per line.")
    var json = false

    func run() throws {
        let folder = URL(fileURLWithPath: directory)
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "json" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        let output = RowOutput(
            json: json, columns: [("file", 44), ("check", 22), ("deviation", 14), ("limit", 12), ("pass", 5)])
        var failures = 0
        for url in files {
            let file = try ReferenceObject(contentsOf: url)
            let name = url.deletingPathExtension().lastPathComponent
            let checks: [ReferenceCheck]
            if file.has("fourier") {
                checks = try UnitVectorChecks.run(file)
            } else if file.has("cv") {
                checks = try CrossValidationChecks.run(file)
            } else {
                checks = try ReferenceChecks.run(ReferenceCase(file))
            }
            for check in checks {
                if !check.passed { failures += 1 }
                output.write([
                    .text(name), .text(check.name), .number(check.deviation), .number(check.limit), .flag(check.passed),
                ])
            }
        }
        if failures > 0 { throw ExitCode(1) }
    }
}
