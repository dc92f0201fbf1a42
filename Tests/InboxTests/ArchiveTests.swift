import Glibc
import Records
import Testing

@testable import Inbox

@Suite struct ArchiveTests {
    private func text(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed)
        // Longer than a block of the packer, so that repeating it does not make it easy.
        let piece = random.bytes(min(count, 200_003), in: 0x30...0x39)
        var text: [UInt8] = []
        while text.count < count { text += piece }
        return Array(text.prefix(count))
    }

    /// Drops, hashes and admits. Returns the hash.
    @discardableResult
    private func admit(
        _ bytes: [UInt8], _ state: State, _ archive: Archive, ending: String = "csv"
    ) throws
        -> ContentHash
    {
        let drop = try state.drop("f", bytes)
        let hash = try DropReader.hash(drop, in: state.folders)
        #expect(try archive.admit(drop, sha256: hash, ending: ending) == .added)
        return hash
    }

    private func packAll(_ archive: Archive) throws -> Int {
        var count = 0
        while true {
            switch try archive.compressNext() {
            case .idle: return count
            case .packed: count += 1
            case .paused: Issue.record("paused without a budget")
            }
        }
    }

    @Test func anAdmittedDropIsKeptUnderItsHash() throws {
        let state = try State()
        let archive = try Archive(folders: state.folders)
        let bytes = text(1000)
        let hash = try admit(bytes, state, archive)
        #expect(try Files.names(state.bronzePath) == ["\(hash).csv"])
        #expect(Files.permissions("\(state.bronzePath)/\(hash).csv") == 0o400)
        #expect(try Files.names(state.claimedPath) == [])
        #expect(archive.contains(hash))
        #expect(try readAll(archive.openOriginal(hash)) == bytes)
        #expect(throws: Never.self) { try archive.verify(hash) }
        #expect(
            try archive.entries() == [Archive.Entry(hash: hash, ending: "csv", isPacked: false, storedBytes: 1000)])
    }

    @Test func theSameContentTwiceIsOneFile() throws {
        let state = try State()
        let archive = try Archive(folders: state.folders)
        let bytes = text(1000)
        let hash = try admit(bytes, state, archive)
        for isPacked in [false, true] {
            if isPacked { #expect(try packAll(archive) == 1) }
            let again = try state.drop("other name", bytes)
            #expect(try archive.admit(again, sha256: hash, ending: "txt") == .kept)
            #expect(try Files.names(state.bronzePath).count == 1)
            #expect(try Files.names(state.claimedPath) == [])
            // Called again after a crash that came before the answer was heard.
            #expect(try archive.admit(again, sha256: hash, ending: "txt") == .kept)
        }
        let ghost = try state.drop("x", "never seen")
        unlink("\(state.claimedPath)/\(ghost.claimedName)")
        let other = ContentHash(of: UnsafeRawBufferPointer(start: nil, count: 0))
        #expect(throws: FileError.self) { try archive.admit(ghost, sha256: other, ending: "csv") }
    }

    @Test func aFormThatLostBytesIsReplacedByTheNewDelivery() throws {
        let state = try State()
        let bytes = text(5000)
        for isPacked in [false, true] {
            let archive = try Archive(folders: state.folders)
            let drop = try state.drop("f", bytes)
            let hash = try DropReader.hash(drop, in: state.folders)
            try archive.admit(drop, sha256: hash, ending: "csv")
            if isPacked { _ = try packAll(archive) }
            let name = try #require(try Files.names(state.bronzePath).first)
            #expect(name.hasSuffix(isPacked ? ".zst" : ".csv"))
            truncate("\(state.bronzePath)/\(name)", 3)
            #expect(throws: ArchiveError.self) { try archive.verify(hash) }
            let again = try state.drop("f", bytes)
            try archive.admit(again, sha256: hash, ending: "csv")
            #expect(throws: Never.self) { try archive.verify(hash) }
            #expect(try Files.names(state.bronzePath) == ["\(hash).csv"])
        }
    }

    @Test func packingKeepsEveryByte() throws {
        let state = try State()
        let archive = try Archive(folders: state.folders)
        var contents: [ContentHash: [UInt8]] = [:]
        for (index, size) in [0, 1, 100, 262_144, 262_145, 1_500_000].enumerated() {
            let bytes = text(size, seed: UInt64(index))
            contents[try admit(bytes, state, archive)] = bytes
        }
        #expect(try packAll(archive) == contents.count)
        #expect(try archive.compressNext() == .idle)
        #expect(try Files.allNames(state.bronzePath).allSatisfy { $0.hasSuffix(".csv.zst") })
        for archive in [archive, try Archive(folders: state.folders)] {
            for (hash, bytes) in contents {
                let reader = try archive.openOriginal(hash)
                #expect(try readAll(reader, blockSize: 100_000) == bytes)
                #expect(reader.sha256 == hash)
                #expect(throws: Never.self) { try archive.verify(hash) }
            }
            #expect(try archive.entries().allSatisfy(\.isPacked))
            #expect(try archive.entries().count == contents.count)
        }
        let stored = try archive.entries().map(\.storedBytes).reduce(0, +)
        #expect(stored < 1_200_000, "digits pack to less than half")
    }

    @Test func whatIsDeliveredPackedStaysAsItIs() throws {
        let state = try State()
        let archive = try Archive(folders: state.folders)
        let content = text(10_000)
        let gzip = try admit(Packing.gzip(content), state, archive, ending: "csv.gz")
        let zstd = try admit(Packing.zstd(content), state, archive, ending: "csv.zst")
        #expect(try packAll(archive) == 0)
        #expect(try Files.names(state.bronzePath) == ["\(gzip).csv.gz", "\(zstd).csv.zstd"].sorted())
        for hash in [gzip, zstd] {
            #expect(try readAll(archive.openOriginal(hash, output: .content)) == content)
            let reader = try archive.openOriginal(hash)
            _ = try readAll(reader)
            #expect(reader.sha256 == hash)
        }
    }

    @Test func contentOfAPackedOriginalThatWasDeliveredPlain() throws {
        let state = try State()
        let archive = try Archive(folders: state.folders)
        let content = text(300_000)
        let hash = try admit(content, state, archive)
        #expect(try packAll(archive) == 1)
        let reader = try archive.openOriginal(hash, output: .content)
        #expect(reader.encoding == .plain)
        #expect(try readAll(reader, blockSize: 4096) == content)
        #expect(reader.sha256 == hash)
        #expect(reader.fileBytes == content.count)
        #expect(reader.storedBytes < content.count)
    }

    @Test func packingRestsBetweenPiecesAndGoesOn() throws {
        let state = try State()
        let archive = try Archive(folders: state.folders)
        let bytes = text(2_000_000)
        let hash = try admit(bytes, state, archive)
        var pauses = 0
        var done = -1
        loop: while true {
            switch try archive.compressNext(budgetBytes: 300_000) {
            case .paused(let paused, let doneBytes, let totalBytes):
                #expect(paused == hash)
                #expect(doneBytes >= done)
                #expect(totalBytes == 4_000_000)
                done = doneBytes
                pauses += 1
                // The plain form serves meanwhile, and a drop may come.
                #expect(try readAll(archive.openOriginal(hash), blockSize: 1 << 20).count == 2_000_000)
                #expect(try archive.admit(try state.drop("again", bytes), sha256: hash, ending: "csv") == .kept)
            case .packed(let packed, let before, let after):
                #expect(packed == hash)
                #expect(before == 2_000_000)
                #expect(after < before)
                break loop
            case .idle:
                Issue.record("nothing was packed")
                break loop
            }
        }
        #expect(pauses >= 7)
        #expect(throws: Never.self) { try archive.verify(hash) }
        // A caller that wants nothing done gets nothing done.
        try admit(text(1000, seed: 9), state, archive)
        guard case .paused = try archive.compressNext(shouldStop: { true }) else {
            Issue.record("did not stop")
            return
        }
        #expect(try packAll(archive) == 1)
    }

    @Test func aCrashWhilePackingLeavesTheOriginal() throws {
        let state = try State()
        var archive = try Archive(folders: state.folders)
        let bytes = text(1_000_000)
        let hash = try admit(bytes, state, archive)
        guard case .paused = try archive.compressNext(budgetBytes: 500_000) else {
            Issue.record("not paused")
            return
        }
        #expect(try Files.allNames(state.bronzePath).contains(".\(hash).csv.zst.tmp"))
        // The process ends here; the next one starts.
        archive = try Archive(folders: state.folders)
        #expect(try Files.allNames(state.bronzePath) == ["\(hash).csv"])
        #expect(try packAll(archive) == 1)
        #expect(throws: Never.self) { try archive.verify(hash) }
    }

    @Test func aCrashBetweenTheFormsIsResolvedByLooking() throws {
        let bytes = text(600_000)
        for isDamaged in [false, true] {
            let state = try State()
            var archive = try Archive(folders: state.folders)
            let hash = try admit(bytes, state, archive)
            var packed = Packing.zstd(bytes)
            if isDamaged { packed[packed.count / 2] ^= 0xFF }
            try Files.write("\(state.bronzePath)/\(hash).csv.zst", packed)
            archive = try Archive(folders: state.folders)
            #expect(try archive.entries().count == 1)
            #expect(try packAll(archive) == 1)
            #expect(try Files.allNames(state.bronzePath) == ["\(hash).csv.zst"])
            #expect(throws: Never.self) { try archive.verify(hash) }
        }
    }

    @Test func aDamagedOriginalIsNeverPackedOver() throws {
        let state = try State()
        let archive = try Archive(folders: state.folders)
        let bytes = text(400_000)
        let hash = try admit(bytes, state, archive)
        let other = try admit(text(400_000, seed: 4), state, archive)
        var damaged = bytes
        damaged[1234] ^= 1
        chmod("\(state.bronzePath)/\(hash).csv", 0o600)
        try Files.write("\(state.bronzePath)/\(hash).csv", damaged)
        let found = damaged.withUnsafeBytes { ContentHash(of: $0) }
        #expect(throws: ArchiveError.damaged(hash, found: found)) { try archive.verify(hash) }
        var outcomes: [String] = []
        for _ in 0..<3 {
            do throws(ArchiveError) {
                switch try archive.compressNext() {
                case .idle: outcomes.append("idle")
                case .packed(let packed, _, _): outcomes.append(packed == other ? "other" : "damaged one")
                case .paused: outcomes.append("paused")
                }
            } catch {
                outcomes.append(error.code)
                #expect(error.description.contains("backup"))
            }
        }
        #expect(outcomes.sorted() == ["idle", "original_damaged", "other"])
        #expect(try Files.allNames(state.bronzePath) == ["\(hash).csv", "\(other).csv.zst"].sorted())
    }

    @Test func aMissingOriginalIsNamed() throws {
        let state = try State()
        let archive = try Archive(folders: state.folders)
        let bytes = text(100)
        let hash = bytes.withUnsafeBytes { ContentHash(of: $0) }
        #expect(!archive.contains(hash))
        #expect(throws: ArchiveError.missing(hash)) { try archive.openOriginal(hash) }
        // Restored by hand while the daemon runs.
        try Files.write("\(state.bronzePath)/\(hash).csv", bytes)
        #expect(try readAll(archive.openOriginal(hash)) == bytes)
        // And gone again.
        unlink("\(state.bronzePath)/\(hash).csv")
        #expect(throws: ArchiveError.missing(hash)) { try archive.verify(hash) }
        #expect(try archive.entries() == [])
    }

    @Test func readersAndThePackerDoNotDisturbEachOther() async throws {
        let state = try State()
        let archive = try Archive(folders: state.folders)
        var hashes: [ContentHash] = []
        for seed in 0..<12 { hashes.append(try admit(text(200_000, seed: UInt64(seed)), state, archive)) }
        let all = hashes
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { while try archive.compressNext(budgetBytes: 100_000) != .idle {} }
            for _ in 0..<2 {
                group.addTask { for _ in 0..<3 { for hash in all { try archive.verify(hash) } } }
            }
            try await group.waitForAll()
        }
        #expect(try archive.entries().allSatisfy(\.isPacked))
    }

    @Test func nothingStaysOpen() throws {
        let state = try State()
        let before = state.temporary.openDescriptorCount
        do {
            let archive = try Archive(folders: state.folders)
            let hash = try admit(text(700_000), state, archive)
            try admit(text(700_000, seed: 2), state, archive)
            _ = try archive.compressNext()
            _ = try archive.compressNext(budgetBytes: 300_000)
            try archive.verify(hash)
            _ = try archive.openOriginal(hash)
        }
        #expect(state.temporary.openDescriptorCount == before)
    }
}
