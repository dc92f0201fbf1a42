import Foundation
import GRDB
import Inbox
import Pipeline
import Settings
import Store
import Telemetry
import Testing

@testable import Daemon

/// What the log says of a failure: the kernel's or SQLite's word where there is one, never a file.
struct FailureCodeTests {
    @Test("The cause is named as whoever knows it names it")
    func causes() {
        func code(_ error: any Error) -> String { ErrorCode(FailureCode(of: error)).description }
        #expect(code(FileError("write", path: "/secret/acme.csv", errorNumber: ENOSPC)) == "ENOSPC")
        #expect(code(FileError(.unsafeFolder, "open", path: "/secret/acme", detail: "acme")) == "unsafe_folder")
        #expect(code(StoreError(code: 11, message: "acme")) == "sqlite_11")
        #expect(code(DatabaseError(resultCode: .SQLITE_FULL, message: "acme")) == "sqlite_13")
        #expect(
            code(ArchiveError.file(FileError("read", path: "/secret/acme.csv", errorNumber: EIO))) == "EIO")
        #expect(code(ArchiveError.packer(detail: "acme")) == "packer_failed")
        #expect(code(CancellationError()) == "other")
    }

    @Test("Every word of a file error is one of the log")
    func words() {
        for word in FileError.Code.allCases {
            #expect(FailureCode.Word(rawValue: word.rawValue) != nil, "\(word)")
        }
    }

    @Test("A failing stage says why in the log, and nothing of the file")
    func inTheLog() async throws {
        let log = CapturedLog()
        let daemon = try RunningDaemon(logger: log.logger())
        await daemon.stop(removing: false)
        defer { daemon.remove() }
        // A folder in the place of the file: SQLite cannot open it (14).
        try? FileManager.default.removeItem(atPath: "\(daemon.root)/state/gold.db")
        try FileManager.default.createDirectory(
            atPath: "\(daemon.root)/state/gold.db", withIntermediateDirectories: false)
        let second = try RunningDaemon(
            logger: log.logger(),
            adjust: {
                $0.stateDirectory = "\(daemon.root)/state"
                $0.store.publishGold = false
            })
        await second.reload { $0.store.publishGold = true }
        #expect(log.text.contains("stage publish failed: sqlite_14"), "\(log.text)")
        await second.stop()
    }

    /// The manual explains every word that can follow a failure.
    @Test("Every code is in the manual")
    func manual() throws {
        let page = try String(
            contentsOfFile: "\(AuradProcess.packageRoot)/packaging/manual/aurad.8.in", encoding: .utf8)
        let section =
            page.components(separatedBy: ".SH ERROR CODES\n").last?
            .components(separatedBy: "\n.SH ").first?.replacing("\\-", with: "-") ?? ""
        func words<Words: RawRepresentable & CaseIterable>(_ type: Words.Type) -> [String]
        where Words.RawValue == String { Words.allCases.map(\.rawValue) }
        let all =
            words(FailureCode.Word.self) + words(RefusalCode.self) + words(CheckWord.self) + words(TrainingWord.self)
            + ["forbidden", "changed_while_reading", "errno", "sqlite_", "rpc_"]
        for word in Set(all) { #expect(section.contains(word), "\(word)") }
    }
}
