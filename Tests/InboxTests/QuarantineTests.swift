import Glibc
import Records
import Testing

@testable import Inbox

@Suite struct QuarantineTests {
    private let refusal = Refusal(code: "header_unmapped", text: "columns \"amount\" are missing\n")

    @Test func aRefusedDropIsKeptWithItsReason() throws {
        let state = try State()
        let drop = try state.drop("Juni \"1\".csv", "a,b\n")
        let hash = try DropReader.hash(drop, in: state.folders)
        let refused = try state.quarantine.refuse(drop, refusal, dropID: 42, sha256: hash, at: State.now)
        #expect(refused.quarantinedName.description == "0000000000000001-Juni%20%221%22.csv")
        #expect(try Files.text("\(state.quarantinePath)/\(refused.quarantinedName)") == "a,b\n")
        #expect(try Files.names(state.claimedPath) == [])
        let reason = try Files.text("\(state.quarantinePath)/\(refused.quarantinedName).reason.json")
        #expect(
            reason
                == #"{"drop_id":42,"sequence":1,"category":"transactions","file":"Juni \"1\".csv","kind":"regular file","#
                + #""bytes":4,"sha256":"\#(hash)","code":"header_unmapped","#
                + #""reason":"columns \"amount\" are missing\n","refused_at":"2026-06-15T12:00:00Z"}"# + "\n")
        // Once more, as after a crash that came before the answer was heard.
        #expect(
            try state.quarantine.refuse(drop, refusal, dropID: 42, sha256: hash, at: State.now).quarantinedName
                == refused.quarantinedName)
        #expect(try Files.allNames(state.quarantinePath).count == 2)
    }

    @Test func aNameThatIsNotTextIsKeptExactly() throws {
        let state = try State()
        let name = try #require(FileName([0xFF, 0x41, 0x0A]))
        let folder = try Folder(path: state.inbox())
        do { _ = try folder.open(name, flags: O_WRONLY | O_CREAT) }
        guard case .claimed(let drop) = try state.claims.claim(name, in: .transactions, at: State.now) else {
            Issue.record("not claimed")
            return
        }
        let refused = try state.quarantine.refuse(drop, refusal, at: State.now)
        let bytes = try Files.read("\(state.quarantinePath)/\(refused.quarantinedName).reason.json").dropLast()
        let fields = try #require(
            Array(bytes).withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                return scanner.object()
            })
        #expect(fields["file_base64"] == .string(Array("/0EK".utf8)))
        #expect(fields["file"] == .string(Array("\u{FFFD}A\n".utf8)))
        #expect(fields["drop_id"] == .null)
        #expect(fields["sha256"] == .null)
    }

    @Test func theLongestNamesFit() throws {
        let state = try State()
        var random = SeededGenerator(5)
        let name = try #require(FileName(random.bytes(255, in: 0x80...0xFF)))
        let folder = try Folder(path: state.inbox())
        do { _ = try folder.open(name, flags: O_WRONLY | O_CREAT) }
        guard case .claimed(let drop) = try state.claims.claim(name, in: .transactions, at: State.now) else {
            Issue.record("not claimed")
            return
        }
        let refused = try state.quarantine.refuse(drop, refusal, at: State.now)
        #expect(Files.exists("\(state.quarantinePath)/\(refused.quarantinedName).reason.json"))
        let writer = try state.quarantine.rejectWriter(dropID: 999_999_999_999_999, name: name)
        try writer.append(row(1))
        try writer.commit()
        #expect(try state.quarantine.rejectReader(dropID: 999_999_999_999_999)?.read(limit: 9).count == 1)
    }

    @Test func aFailedMoveSaysSo() throws {
        let state = try State()
        let drop = try state.drop("a", "x")
        unlink("\(state.claimedPath)/\(drop.claimedName)")
        let error = #expect(throws: FileError.self) {
            try state.quarantine.refuse(drop, refusal, at: State.now)
        }
        #expect(error?.code == .missing)
    }

    // MARK: - Rejected rows

    private func row(_ line: Int, raw: [UInt8] = Array("a,b".utf8), column: String? = "amount") -> RejectedRow {
        RejectedRow(line: line, column: column, code: "not_an_amount", reason: "not an amount", raw: raw)
    }

    @Test func rejectedRowsComeBackInOrder() throws {
        let state = try State()
        let name = FileName(made: "Juni 2026.csv")
        let writer = try state.quarantine.rejectWriter(dropID: 7, name: name)
        #expect(try state.quarantine.rejectReader(dropID: 7) == nil)
        try writer.append(Reject(line: 3, column: "amount", reason: .notAnAmount, raw: Array("x,\"1\t\"".utf8)))
        try writer.append(Reject(line: 9, column: nil, reason: .notUTF8, raw: [0x61, 0xFF, 0x00]))
        try writer.append(row(11, raw: []))
        #expect(writer.count == 3)
        #expect(try Files.names(state.quarantinePath) == [])
        try writer.commit()
        #expect(try Files.allNames(state.quarantinePath) == ["000000000007-Juni%202026.csv.rejects.ndjson"])
        let lines = try Files.text("\(state.quarantinePath)/000000000007-Juni%202026.csv.rejects.ndjson")
            .split(separator: "\n")
        let reason = Reject.Reason.notAnAmount
        #expect(
            lines[0]
                == #"{"line":3,"column":"amount","code":"not_an_amount","reason":"\#(reason.text)","raw":"x,\"1\t\""}"#)
        #expect(lines[1].hasSuffix(#","raw":"a\#u{FFFD}\u0000","raw_base64":"Yf8A"}"#))
        #expect(lines[1].hasPrefix(#"{"line":9,"column":null,"code":"not_utf8""#))

        let reader = try #require(try state.quarantine.rejectReader(dropID: 7))
        let rows = try reader.read(limit: 100)
        #expect(rows.map(\.line) == [3, 9, 11])
        #expect(rows.map(\.raw) == [Array("x,\"1\t\"".utf8), [0x61, 0xFF, 0x00], []])
        #expect(rows.map(\.column) == ["amount", nil, "amount"])
        #expect(rows[1].code == "not_utf8")
        #expect(try reader.read(limit: 1) == [])
        // Another drop's are another drop's.
        #expect(try state.quarantine.rejectReader(dropID: 70) == nil)
    }

    /// The name says where the rows are; for those who do not know it, or where an earlier version made another one,
    /// the folder is listed, and that once.
    @Test func theRowsOfManyDropsAreFoundWithOneListing() throws {
        let state = try State()
        for number in Int64(1)...9 {
            let name = FileName(made: "f\(number).csv")
            let writer = try state.quarantine.rejectWriter(dropID: number, name: name)
            for line in 1...Int(number) { try writer.append(row(line, raw: [])) }
            try writer.commit()
        }
        let folder = state.quarantinePath
        #expect(rename("\(folder)/000000000004-f4.csv.rejects.ndjson", "\(folder)/000000000004-F4.rejects.ndjson") == 0)
        try Files.write("\(folder)/no number.rejects.ndjson", "")
        try Files.write("\(folder)/000000000020-f20.csv", "")

        var files = state.quarantine.rejectFiles()
        for number in Int64(1)...9 {
            let reader = try #require(try files.reader(dropID: number, file: "f\(number).csv"))
            #expect(try reader.read(limit: 100).count == number)
        }
        #expect(try files.reader(dropID: 20, file: "f20.csv") == nil)
        #expect(try files.reader(dropID: 4, file: nil)?.read(limit: 100).count == 4)

        // What comes later is not in the list, and nobody lists again for it.
        var known = state.quarantine.rejectFiles()
        #expect(try known.reader(dropID: 21) == nil)
        let late = try state.quarantine.rejectWriter(dropID: 21, name: FileName(made: "f21.csv"))
        try late.append(row(1, raw: []))
        try late.commit()
        #expect(try known.reader(dropID: 21) == nil)
        // By its name a file is found without a list, however many there are.
        var named = state.quarantine.rejectFiles()
        #expect(try named.reader(dropID: 21, file: "f21.csv") != nil)
        #expect(!named.hasListed)
    }

    /// 92 KB of packed empty rows made a list of a gigabyte.
    @Test(arguments: [
        RejectWriter.Limits(rows: 100, bytes: 1 << 20), RejectWriter.Limits(rows: 1 << 20, bytes: 8_000),
    ])
    func whatIsNotListedIsToldByTheStretch(limits: RejectWriter.Limits) throws {
        let state = try State()
        let writer = try state.quarantine.rejectWriter(dropID: 1, name: FileName(made: "a.csv"), limits: limits)
        for line in 2..<100_002 { try writer.append(row(line, raw: [])) }
        try writer.append(row(100_002, column: nil))
        try writer.append(row(100_009, column: nil))
        #expect(writer.count == 100_002)
        try writer.commit()
        let rows = try #require(try state.quarantine.rejectReader(dropID: 1)).read(limit: 200_000)
        let listed = try #require(try state.quarantine.rejectReader(dropID: 1)).countListed()
        #expect(listed == writer.listedCount && listed >= 80 && listed < 1000)
        #expect(rows.prefix(listed).map(\.line) == Array(2..<listed + 2))
        #expect(rows.prefix(listed).allSatisfy { $0.lastLine == nil && $0.rows == 1 })
        let rest = rows.dropFirst(listed)
        #expect(rest.map(\.line) == [listed + 2, 100_002, 100_009])
        #expect(rest.map(\.lastLine) == [100_001, 100_002, 100_009])
        #expect(rest.map(\.rows) == [100_000 - listed, 1, 1])
        #expect(rest.map(\.column) == ["amount", nil, nil])
        #expect(rest.allSatisfy { $0.raw.isEmpty })
    }

    /// Reasons that change from row to row cannot be told by few stretches; the list stays bounded, the sum exact.
    @Test func stretchesAreFewWhateverTheFile() throws {
        let state = try State()
        let limits = RejectWriter.Limits(rows: 10, bytes: 1 << 20, runs: 64)
        let writer = try state.quarantine.rejectWriter(dropID: 1, name: FileName(made: "a.csv"), limits: limits)
        let count = 300_000
        for line in 1...count {
            try writer.append(row(line, raw: Array("raw".utf8), column: line % 2 == 0 ? nil : "a"))
        }
        try writer.commit()
        let reader = try #require(try state.quarantine.rejectReader(dropID: 1))
        #expect(try reader.skip(10) == 10)
        let rest = try reader.read(limit: 1000)
        #expect(rest.count <= 64)
        #expect(rest.reduce(0) { $0 + $1.rows } == count - 10)
        #expect(rest.first?.line == 11 && rest.last?.lastLine == count)
        // No line is left out, none stands twice.
        for (before, after) in zip(rest, rest.dropFirst()) { #expect(before.lastLine.map { $0 + 1 } == after.line) }
        #expect(rest.first?.code == RejectRuns.severalReasons)
    }

    /// A load has thousands of drops: none holds a file open, and those without rejects make none.
    @Test func manyWritersHoldNoFiles() throws {
        let state = try State()
        let before = try Files.names("/proc/self/fd").count
        var writers: [RejectWriter] = []
        for id in 1...200 as ClosedRange<Int64> {
            let writer = try state.quarantine.rejectWriter(dropID: id, name: FileName(made: "a.csv"))
            if id % 2 == 0 { try writer.append(row(7)) }
            try writer.seal()
            writers.append(writer)
        }
        #expect(try Files.names("/proc/self/fd").count < before + 100)
        #expect(try Files.allNames(state.quarantinePath).count == 100)
        try state.quarantine.commit(writers)
        #expect(try Files.names(state.quarantinePath).count == 100)
        var files = state.quarantine.rejectFiles()
        #expect(try files.reader(dropID: 3) == nil)
        #expect(try files.reader(dropID: 4)?.read(limit: 9).map(\.line) == [7])
    }

    /// What is listed is bounded by what was delivered.
    @Test(arguments: [
        (0, 256 << 10, 1024), (71 << 10, 568 << 10, 2272), (1 << 20, 8 << 20, 10_000), (.max, 16 << 20, 10_000),
    ])
    func limitsOfADrop(fileBytes: Int, bytes: Int, runs: Int) {
        let limits = RejectWriter.Limits(fileBytes: fileBytes)
        #expect(limits.bytes == bytes && limits.runs == runs && limits.rows == 10_000)
    }

    @Test func aSmallFileOfManyBadRows() throws {
        let state = try State()
        let fileBytes = 71 << 10
        let writer = try state.quarantine.rejectWriter(
            dropID: 1, name: FileName(made: "a.csv"), limits: .init(fileBytes: fileBytes))
        // Every other row for another reason: no two make a stretch.
        for line in 0..<60_000 {
            try writer.append(
                Reject(
                    line: line + 2, column: line % 2 == 0 ? "customer_id" : "event_type", reason: .missing,
                    raw: Array(repeating: 120, count: 1100)))
        }
        try writer.commit()
        let path = "\(state.quarantinePath)/000000000001-a.csv.rejects.ndjson"
        #expect(try Files.read(path).count < 16 * fileBytes)
        let reader = try #require(try state.quarantine.rejectReader(dropID: 1))
        #expect(try reader.read(limit: .max).reduce(0) { $0 + $1.rows } == 60_000)
    }

    @Test func pagesOfALargeFile() throws {
        let state = try State()
        let writer = try state.quarantine.rejectWriter(dropID: 1, name: FileName(made: "a.csv"))
        var random = SeededGenerator(3)
        var expected: [RejectedRow] = []
        for line in 0..<3000 {
            let size = line % 1400 == 0 ? Reject.rawLimit : Int.random(in: 0...200, using: &random)
            expected.append(row(line, raw: random.bytes(size)))
        }
        for row in expected { try writer.append(row) }
        try writer.commit()
        let whole = try #require(try state.quarantine.rejectReader(dropID: 1))
        #expect(try whole.read(limit: .max) == expected)
        for (offset, limit) in [(0, 10), (1234, 100), (2990, 100), (3000, 5), (9999, 5), (-3, 2), (5, 0)] {
            let reader = try #require(try state.quarantine.rejectReader(dropID: 1))
            #expect(
                try reader.read(offset: offset, limit: limit) == Array(expected.dropFirst(max(0, offset)).prefix(limit))
            )
        }
        // Page after page with one reader.
        let reader = try #require(try state.quarantine.rejectReader(dropID: 1))
        var pages: [RejectedRow] = []
        while case let page = try reader.read(limit: 700), !page.isEmpty { pages += page }
        #expect(pages == expected)
    }

    @Test func withoutACommitNothingIsLeft() throws {
        let state = try State()
        let name = FileName(made: "a.csv")
        do {
            let writer = try state.quarantine.rejectWriter(dropID: 1, name: name)
            try writer.append(row(1))
        }
        #expect(try Files.allNames(state.quarantinePath) == [])
        let discarded = try state.quarantine.rejectWriter(dropID: 1, name: name)
        try discarded.append(row(1))
        discarded.discard()
        discarded.discard()
        #expect(try Files.allNames(state.quarantinePath) == [])
        // What a crash has left goes at the next start.
        try Files.write("\(state.quarantinePath)/.000000000001-a.csv.rejects.ndjson.tmp", "{")
        let again = try state.quarantine.rejectWriter(dropID: 1, name: name)
        again.discard()
        try Files.write("\(state.quarantinePath)/.000000000001-a.csv.rejects.ndjson.tmp", "{")
        _ = try Quarantine(folders: state.folders)
        #expect(try Files.allNames(state.quarantinePath) == [])
    }

    @Test func aSecondAttemptReplacesTheFirst() throws {
        let state = try State()
        let name = FileName(made: "a.csv")
        for lines in [[1, 2, 3], [2], []] {
            let writer = try state.quarantine.rejectWriter(dropID: 1, name: name)
            for line in lines { try writer.append(row(line)) }
            try writer.commit()
            let found = try state.quarantine.rejectReader(dropID: 1)?.read(limit: 10).map(\.line) ?? []
            #expect(found == lines)
        }
        #expect(try Files.allNames(state.quarantinePath) == [])
    }

    @Test func damageIsNamedByLine() throws {
        let state = try State()
        let good = #"{"line":1,"column":null,"code":"c","reason":"r","raw":"x"}"#
        let path = "\(state.quarantinePath)/000000000001-a.rejects.ndjson"
        for bad in [
            "{", "{}", "[]", #"{"line":1}"#, good + "x",
            #"{"line":"1","column":null,"code":"c","reason":"r","raw":"x"}"#,
            #"{"line":1,"column":null,"code":"c","reason":"r","raw":"x","raw_base64":"*"}"#, "",
        ] {
            try Files.write(path, "\(good)\n\(bad)\n")
            let reader = try #require(try state.quarantine.rejectReader(dropID: 1))
            let error = #expect(throws: FileError.self) { try reader.read(limit: 5) }
            #expect(error?.code == .damaged)
            #expect(error?.detail?.contains("line 2") == true)
        }
        // Fields of a later version are passed over, and a last line without its end is a line.
        let later =
            #"{"line":2, "new":true ,"column":"k","code":"c","reason":"r","raw":"x","none":null,"n":-1,"f":false}"#
        try Files.write(path, "\(good)\n\(later)")
        let reader = try #require(try state.quarantine.rejectReader(dropID: 1))
        #expect(try reader.read(limit: 5).map(\.line) == [1, 2])
        try Files.write(path, [UInt8](repeating: 0x41, count: 3 << 20))
        let endless = try #require(try state.quarantine.rejectReader(dropID: 1))
        #expect(throws: FileError.self) { try endless.read(limit: 5) }
    }
}

@Suite struct JSONTests {
    private func scan(_ text: [UInt8]) -> [String: JSONScanner.Value]? {
        text.withUnsafeBytes { bytes in
            var scanner = JSONScanner(bytes)
            return scanner.object()
        }
    }

    @Test func anyRowComesBack() {
        var random = SeededGenerator(21)
        for _ in 0..<3000 {
            let isText = Bool.random(using: &random)
            let raw = random.bytes(Int.random(in: 0...80, using: &random), in: isText ? 0...127 : 0...255)
            let text = String(decoding: random.bytes(Int.random(in: 0...20, using: &random)), as: UTF8.self)
            let row = RejectedRow(
                line: Int.random(in: 0...Int.max, using: &random), column: Bool.random(using: &random) ? text : nil,
                code: text, reason: text, raw: raw)
            var line: [UInt8] = []
            row.appendLine(to: &line)
            #expect(line.last == 0x0A)
            #expect(line.count { $0 == 0x0A } == 1)
            #expect(JSONText.isValidUTF8(line))
            let read = line.dropLast().withUnsafeBytes { RejectedRow(line: $0) }
            #expect(read == row)
        }
    }

    @Test func damagedLinesNeverCrash() {
        var random = SeededGenerator(22)
        var line: [UInt8] = []
        RejectedRow(line: 1, column: "c", code: "d", reason: "\u{1F600}\"\\\u{1}", raw: [0xFF, 0x22]).appendLine(
            to: &line)
        for _ in 0..<20_000 {
            var damaged = line
            for _ in 0..<Int.random(in: 1...3, using: &random) where !damaged.isEmpty {
                let index = Int.random(in: damaged.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: damaged[index] = UInt8.random(in: 0...255, using: &random)
                case 1: damaged.remove(at: index)
                default: damaged.removeLast(damaged.count - index - 1)
                }
            }
            _ = damaged.withUnsafeBytes { RejectedRow(line: $0) }
            _ = scan(damaged)
        }
    }

    @Test func escapesOfOtherWritersAreRead() {
        #expect(
            scan(Array(#"{"a":"\u00e4\ud83d\ude00\/\b\f\n\r\t\\"}"#.utf8))?["a"]
                == .string(Array("ä😀/\u{8}\u{C}\n\r\t\\".utf8)))
        for bad in [
            #"{"a":"\ud83d"}"#, #"{"a":"\ud83dx"}"#, #"{"a":"\udc00"}"#, #"{"a":"\u00g0"}"#, #"{"a":"\u00"}"#,
            #"{"a":"\x"}"#, #"{"a":"\"#, "{\"a\":\"\n\"}", #"{"a":1.5}"#, #"{"a":}"#, #"{"a":tru}"#, #"{"a" 1}"#,
            #"{"a":99999999999999999999}"#, #"{"a":"#, "", " ", #"{"a":1,}"#,
        ] {
            #expect(scan(Array(bad.utf8)) == nil, "\(bad)")
        }
        #expect(scan(Array(" { } ".utf8)) == [:])
    }

    @Test func base64IsExact() {
        for (plain, packed) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg==")] {
            var text: [UInt8] = []
            JSONText.appendBase64(Array(plain.utf8), to: &text)
            #expect(String(decoding: text, as: UTF8.self) == "\"\(packed)\"")
            #expect(Base64.decode(Array(packed.utf8)) == Array(plain.utf8))
        }
        var random = SeededGenerator(23)
        for count in 0..<300 {
            let bytes = random.bytes(count)
            var text: [UInt8] = []
            JSONText.appendBase64(bytes, to: &text)
            #expect(Base64.decode(Array(text.dropFirst().dropLast())) == bytes)
        }
        for bad in ["Z", "Zg=", "Zg", "Z===", "Zg=a", "Z*==", "====x"] {
            #expect(Base64.decode(Array(bad.utf8)) == nil)
        }
    }
}
