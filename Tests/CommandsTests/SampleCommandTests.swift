import Contract
import Testing

/// `aurac sample`
@Suite struct SampleCommandTests {
    @Test func writesTheSameFilesForTheSameNumbers() throws {
        let scratch = try Scratch()
        let arguments = [
            "sample", "--clients", "20", "--days", "60", "--seed", "5", "--last-day", "2026-03-31", "--mess", "0.05",
        ]
        let first = try CommandRun(arguments + [scratch.path("a")], .init(columns: 100))
        let second = try CommandRun(arguments + [scratch.path("b") + "/", "-o", "json"])
        #expect(first.status == 0, "\(first.errors)")
        #expect(second.status == 0, "\(second.errors)")
        for name in ["demographics", "transactions", "engagement", "support", "surveys", "truth", "events"] {
            let bytes = try #require(scratch.read("a/\(name).csv"))
            #expect(scratch.read("b/\(name).csv") == bytes)
            #expect(!bytes.isEmpty)
            #expect(scratch.read("a/\(name).csv.part") == nil)
        }
        #expect(first.output.contains("aurac ingest \(scratch.path("a"))/demographics.csv --category demographics"))
        #expect(first.output.contains("20 clients from 2026-01-31 to 2026-03-31"))
        let files = try JSONReader().read(second.outputBytes)["files"]?.arrayValue ?? []
        #expect(files.count == 7)
        for file in files {
            let path = try #require(file["file"]?.stringValue)
            #expect(file["bytes"]?.integerValue == Int64(Scratch.bytes(path)?.count ?? -1))
        }
    }

    @Test func theLastDayIsYesterday() throws {
        let scratch = try Scratch()
        let run = try CommandRun(["sample", "--clients", "1", "--days", "1", scratch.path("x")], .init(columns: 100))
        #expect(run.output.contains("1 client from 2026-06-14 to 2026-06-14"))
    }

    @Test func aFolderThatCannotBeMade() throws {
        let scratch = try Scratch()
        let path = try scratch.write("", to: "file")
        for folder in [path, scratch.path("none/deeper")] {
            let run = try CommandRun(["sample", "--clients", "1", "--days", "1", folder])
            #expect(run.status == 73)
            #expect(run.errors.contains("could not create the folder"))
        }
    }

    @Test func foldersWithBlanksAreQuotedForTheShell() throws {
        let scratch = try Scratch()
        let run = try CommandRun(["sample", "--clients", "1", "--days", "1", scratch.path("my 'own' folder")])
        #expect(
            run.output.contains(
                "aurac ingest '\(scratch.folder)/my '\\''own'\\'' folder'/support.csv --category support"))
    }
}
