import SampleCompany
import Testing

@Suite("Same settings, same bytes")
struct DeterminismTests {
    private let settings = SampleSettings(
        clients: 60, days: 200, seed: 5, lastDay: WrittenCompany.lastDay, messShare: 0.03, lookaheadDays: 30)

    @Test("Two runs give the same bytes and the same summary")
    func repeats() throws {
        let (first, firstSummary) = try WrittenCompany.bytes(settings)
        let (second, secondSummary) = try WrittenCompany.bytes(settings)
        #expect(first == second)
        #expect(firstSummary == secondSummary)
        #expect(first.count == SampleFile.allCases.count)
    }

    @Test("Files written alone, in another order and in parallel are the same files")
    func independentOfOrder() async throws {
        let (together, summary) = try WrittenCompany.bytes(settings)
        let (reversed, _) = try WrittenCompany.bytes(settings, files: SampleFile.allCases.reversed())
        #expect(together == reversed)
        let generator = try SampleGenerator(settings)
        let alone = await withTaskGroup(of: (SampleFile, [UInt8], SampleSummary.Counts).self) { group in
            for file in SampleFile.allCases {
                group.addTask {
                    var bytes: [UInt8] = []
                    let summary = generator.write([file]) { (_, chunk: borrowing RawSpan) in
                        chunk.withUnsafeBytes { bytes.append(contentsOf: $0) }
                    }
                    return (file, bytes, summary[file])
                }
            }
            var files: [(SampleFile, [UInt8], SampleSummary.Counts)] = []
            for await file in group { files.append(file) }
            return files
        }
        #expect(alone.count == SampleFile.allCases.count)
        for (file, bytes, counts) in alone {
            #expect(bytes == together[file])
            #expect(counts == summary[file])
        }
    }

    @Test("Another seed gives another company")
    func seedsDiffer() throws {
        var other = settings
        other.seed = 6
        let (first, _) = try WrittenCompany.bytes(settings)
        let (second, _) = try WrittenCompany.bytes(other)
        for file in SampleFile.allCases where file != .events { #expect(first[file] != second[file]) }
    }

    @Test("Looking ahead changes the extra files only")
    func lookaheadLeavesClientData() throws {
        var other = settings
        other.lookaheadDays = 0
        let (far, _) = try WrittenCompany.bytes(settings)
        let (near, _) = try WrittenCompany.bytes(other)
        for file in SampleFile.allCases where file.isClientData { #expect(far[file] == near[file]) }
        #expect((far[.events]?.count ?? 0) > (near[.events]?.count ?? 0))
        #expect((far[.truth]?.count ?? 0) > (near[.truth]?.count ?? 0))
    }

    @Test("Chunks hold whole records and add up to the counted bytes")
    func chunks() throws {
        let large = SampleSettings(clients: 300, days: 200, seed: 1, lastDay: WrittenCompany.lastDay)
        var sizes: [SampleFile: [Int]] = [:]
        var order: [SampleFile] = []
        var endsWithLine = true
        let summary = try SampleGenerator(large).write { file, chunk in
            sizes[file, default: []].append(chunk.byteCount)
            if order.last != file { order.append(file) }
            endsWithLine = endsWithLine && chunk.unsafeLoad(fromByteOffset: chunk.byteCount - 1, as: UInt8.self) == 10
        }
        #expect(order == SampleFile.allCases)
        #expect(endsWithLine)
        #expect((sizes[.engagement]?.count ?? 0) > 3)
        for file in SampleFile.allCases {
            #expect(summary[file].bytes == sizes[file]?.reduce(0, +))
        }
    }

    @Test("What the sink throws ends the writing and reaches the caller")
    func sinkErrors() throws {
        struct DiskFull: Error {}
        let generator = try SampleGenerator(settings)
        var calls = 0
        #expect(throws: DiskFull.self) {
            try generator.write { (_: SampleFile, _: borrowing RawSpan) throws(DiskFull) in
                calls += 1
                throw DiskFull()
            }
        }
        #expect(calls == 1)
    }
}
