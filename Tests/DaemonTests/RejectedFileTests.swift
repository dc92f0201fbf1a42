import Contract
import Foundation
import Testing

/// Rejected rows go out as a file, are mended, and come in again.
@Suite(.serialized)
struct RejectedFileTests {
    @Test func mendedAndHandedInAgain() async throws {
        let daemon = try RunningDaemon()
        defer { daemon.remove() }
        _ = try daemon.ingest("customer_id,account_creation_date\np1,2025-01-01\n", "clients.csv", "demographics")
        let head = "transaction_id;customer_id;note;amount;currency;transaction_date\r\n"
        let rows = (1...300).map { number -> [UInt8] in
            let amount = number.isMultiple(of: 3) ? "many" : "2.50"
            // Every other one in Latin-1.
            let note =
                number.isMultiple(of: 2) ? [UInt8](arrayLiteral: 0x22, 0x47, 0xFC, 0x0A, 0x22) : Array("plain".utf8)
            return Array("x\(number);p1;".utf8) + note + Array(";\(amount);USD;2025-03-01".utf8)
        }
        let bad = rows.enumerated().filter { ($0.offset + 1).isMultiple(of: 2) || ($0.offset + 1).isMultiple(of: 3) }
            .map(\.element)
        let path = try daemon.place(Array(head.utf8) + rows.flatMap { $0 + [13, 10] }, "payments.csv")
        let told = try daemon.aurac(["ingest", path, "--category", "transactions", "--wait"])
        #expect(told.text.contains("200 rejected"), "\(told.text)")
        #expect(told.text.contains("not UTF-8 text; it is perhaps Latin-1"))

        let target = "\(daemon.root)/bad.csv"
        let run = try daemon.aurac(["rejects", "2", "--as-file", target])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("200 rows written to"))
        let written = [UInt8](try Data(contentsOf: URL(filePath: target)))
        #expect(written == Array(head.utf8) + bad.flatMap { $0 + [13, 10] })
        let permissions = try FileManager.default.attributesOfItem(atPath: target)[.posixPermissions] as? Int
        #expect(permissions == 0o600)
        #expect(try Data(daemon.aurac(["rejects", "2", "--as-file", "-"]).text.utf8).isEmpty == false)

        let mended = written.map { $0 == 0xFC ? 0x75 : $0 }
        let text = String(decoding: mended, as: UTF8.self).replacing(";many;", with: ";2,50;")
        #expect(try daemon.ingest(text, "mended.csv", "transactions").contains("200 rows, 200 accepted"))
        let nothing = try daemon.aurac(["rejects", "3", "--as-file", target])
        #expect(nothing.status != 0)
        #expect(nothing.errors.contains("drop 3 has no rejected rows"))
        for arguments in [["rejects", "--as-file"], ["rejects", "2", target], ["rejects", "2", "--drop", "2"]] {
            #expect(try daemon.aurac(arguments).status == 64, "\(arguments)")
        }
        await daemon.stop()
    }

    @Test func objectsOfJSON() async throws {
        let daemon = try RunningDaemon()
        defer { daemon.remove() }
        let path = try daemon.place(
            "[{\"survey_id\":\"a\",\"customer_id\":\"p\",\"response_date\":\"2025-01-01\",\"nps_score\":11},"
                + "{\"survey_id\":\"b\",\"customer_id\":\"p\",\"response_date\":\"2025-01-01\",\"nps_score\":1},\n"
                + "{\"survey_id\":\"c\",\n\"customer_id\":true,\"response_date\":\"2025-01-01\",\"nps_score\":1}]",
            "answers.json")
        #expect(try daemon.aurac(["ingest", path, "--category", "surveys", "--wait"]).status == 0)
        #expect(
            try daemon.aurac(["rejects", "1", "--as-file", "-"]).text
                == "{\"survey_id\":\"a\",\"customer_id\":\"p\",\"response_date\":\"2025-01-01\",\"nps_score\":11}\n"
                + "{\"survey_id\":\"c\", \"customer_id\":true,\"response_date\":\"2025-01-01\",\"nps_score\":1}\n")
        await daemon.stop()
    }
}
