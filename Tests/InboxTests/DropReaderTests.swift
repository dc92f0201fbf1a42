import Glibc
import Records
import Synchronization
import Testing

@testable import Inbox

@Suite struct DropReaderTests {
    private static let sizes = [0, 1, 3, 4, 5, 999, 1000, 1001, 262_143, 262_144, 262_145, 600_000]

    private static func content(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var random = SeededGenerator(seed)
        // Text-like, so that packing has something to do; repeated, because making it is slow.
        let piece = random.bytes(min(count, 100_003), in: 0x20...0x3F)
        var content: [UInt8] = []
        while content.count < count { content += piece }
        return Array(content.prefix(count))
    }

    private static func hash(_ bytes: [UInt8]) -> ContentHash { bytes.withUnsafeBytes { ContentHash(of: $0) } }

    @Test func theHashIsSHA256() {
        #expect(
            DropReaderTests.hash(Array("abc".utf8)).description
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }

    @Test(arguments: sizes) func plainFiles(_ size: Int) throws {
        let state = try State()
        let content = DropReaderTests.content(size)
        let drop = try state.drop("a.csv", content)
        for blockSize in [1000, 1 << 20] {
            let reader = try DropReader(drop, in: state.folders)
            #expect(reader.sha256 == nil)
            #expect(try readAll(reader, blockSize: blockSize) == content)
            #expect(reader.encoding == .plain)
            #expect(reader.sha256 == DropReaderTests.hash(content))
            #expect(reader.contentBytes == size)
            #expect(reader.fileBytes == size)
            #expect(reader.storedBytes == size)
            #expect(reader.storedPosition == size)
            // Reading on does no harm.
            #expect(try readAll(reader) == [])
        }
    }

    /// Of a large file the kernel's cache keeps nothing that has been read, and what is read is the same.
    @Test func aLargeFileLeavesTheCache() throws {
        let state = try State()
        let content = DropReaderTests.content(20 << 20)
        let drop = try state.drop("a.csv", content)
        let path = "\(state.claimedPath)/\(drop.claimedName)"
        // Only what is on the disk can be let go.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        fsync(descriptor)
        close(descriptor)
        func read(streamedFrom: Int) throws -> [UInt8] {
            let source = try FileSource(
                Descriptor(owning: open(path, O_RDONLY | O_CLOEXEC)), path: path, streamedFrom: streamedFrom)
            var content: [UInt8] = []
            let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: FileSource.pieceSize, alignment: 64)
            defer { piece.deallocate() }
            while case let count = try source.read(into: piece), count > 0 { content += piece[..<count] }
            return content
        }
        // A file system that lives in memory has nothing to let go.
        let all = open(path, O_RDONLY | O_CLOEXEC)
        posix_fadvise(all, 0, 0, Int32(POSIX_FADV_DONTNEED))
        close(all)
        let canLetGo = try DropReaderTests.cachedBytes(path, content.count) < content.count / 2
        #expect(try read(streamedFrom: content.count + 1) == content)
        #expect(try DropReaderTests.cachedBytes(path, content.count) > content.count / 2)
        #expect(try read(streamedFrom: content.count) == content)
        if canLetGo { #expect(try DropReaderTests.cachedBytes(path, content.count) <= 8 << 20) }
    }

    /// How much of a file is in the kernel's cache.
    private static func cachedBytes(_ path: String, _ size: Int) throws -> Int {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let memory = try #require(mmap(nil, size, PROT_READ, MAP_SHARED, descriptor, 0))
        try #require(memory != MAP_FAILED)
        defer { munmap(memory, size) }
        let page = Int(getpagesize())
        var pages = [UInt8](repeating: 0, count: (size + page - 1) / page)
        try #require(mincore(memory, size, &pages) == 0)
        return pages.reduce(0) { $0 + Int($1 & 1) } * page
    }

    @Test(arguments: sizes) func packedFiles(_ size: Int) throws {
        let state = try State()
        let content = DropReaderTests.content(size)
        for (encoding, packed) in [
            (DropReader.Encoding.gzip, Packing.gzip(content)), (.zstd, Packing.zstd(content)),
            (.zstd, Packing.zstd(content, checksum: false)),
        ] {
            let drop = try state.drop("a", packed)
            for blockSize in [777, 1 << 20] {
                let reader = try DropReader(drop, in: state.folders)
                reader.prefetch()
                #expect(try readAll(reader, blockSize: blockSize) == content)
                #expect(reader.encoding == encoding)
                #expect(reader.sha256 == DropReaderTests.hash(packed))
                #expect(reader.contentBytes == size)
                #expect(reader.fileBytes == packed.count)
            }
            let bytes = try DropReader(drop, in: state.folders, output: .fileBytes)
            #expect(try readAll(bytes) == packed)
            #expect(try DropReader.hash(drop, in: state.folders) == DropReaderTests.hash(packed))
        }
    }

    @Test func theLastBlockIsToldWithItsBytes() throws {
        let state = try State()
        let drop = try state.drop("a.csv", [UInt8](repeating: 0x41, count: 3000))
        let reader = try DropReader(drop, in: state.folders)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1000, alignment: 16)
        defer { block.deallocate() }
        for isLast in [false, false, true, true] {
            let result = try reader.readBlock(into: block)
            #expect(result.isLast == isLast)
        }
        #expect(reader.contentBytes == 3000)
    }

    @Test func severalMembersAndFramesAreOneContent() throws {
        let state = try State()
        let parts = (0..<5).map { DropReaderTests.content($0 * 70_000, seed: UInt64($0)) }
        let content = parts.flatMap { $0 }
        let gzip = try state.drop("g", parts.flatMap(Packing.gzip) + [UInt8](repeating: 0, count: 1000))
        #expect(try readAll(DropReader(gzip, in: state.folders), blockSize: 4096) == content)
        let zstd = try state.drop("z", parts.flatMap { Packing.zstd($0) })
        #expect(try readAll(DropReader(zstd, in: state.folders), blockSize: 4096) == content)
        let skippable: [UInt8] = [0x52, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
        let parallel = try state.drop("p", skippable + Packing.zstd(content))
        #expect(try readAll(DropReader(parallel, in: state.folders), blockSize: 4096) == content)
    }

    /// A little file that unpacks to no end ends at a size; an honest one, and a small one, is read whatever its ratio.
    @Test func aBombIsRefused() throws {
        let state = try State()
        let zeros = [UInt8](repeating: 0x30, count: 3 << 20)
        let honest = DropReaderTests.content(3 << 20)
        for pack in [Packing.gzip, { Packing.zstd($0) }] {
            func reader(_ content: [UInt8], unpackedFreely: Int) throws -> DropReader {
                let drop = try state.drop("b", pack(content))
                let path = "\(state.claimedPath)/\(drop.claimedName)"
                let descriptor = Descriptor(owning: open(path, O_RDONLY | O_CLOEXEC))
                return try DropReader(
                    FileSource(descriptor, path: path), isStoredAsZstd: false, output: .content,
                    unpackedFreely: unpackedFreely)
            }
            let bomb = try reader(zeros, unpackedFreely: 1 << 20)
            let error = #expect(throws: DropReadError.self) { try readAll(bomb, blockSize: 65_536) }
            #expect(error?.code == "unpacks_too_far")
            #expect(bomb.contentBytes <= 1 << 20)
            #expect(try readAll(reader(zeros, unpackedFreely: 4 << 20)) == zeros)
            #expect(try readAll(reader(honest, unpackedFreely: 1 << 20)) == honest)
        }
    }

    /// Looked up also where nothing comes out of what is read: a gigabyte of empty members, of frames to be skipped.
    @Test func readingCanBeInterrupted() throws {
        let state = try State()
        let emptyMember = Packing.gzip([])
        let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]
        let files = [
            DropReaderTests.content(600_000), Array(repeating: emptyMember, count: 15_000).flatMap { $0 },
            Array(repeating: skippable, count: 25_000).flatMap { $0 },
        ]
        for file in files {
            let drop = try state.drop("i", file)
            let reader = try DropReader(drop, in: state.folders)
            let calls = Counter()
            reader.interrupt { calls.increment() > 1 }
            let error = #expect(throws: DropReadError.self) { try readAll(reader, blockSize: 1 << 20) }
            #expect(error?.code == "interrupted")
            #expect(throws: DropReadError.self) {
                try DropReader.hash(drop, in: state.folders, isInterrupted: { true })
            }
        }
    }

    private final class Counter: Sendable {
        private let value = Atomic<Int>(0)
        func increment() -> Int { value.add(1, ordering: .relaxed).newValue }
    }

    @Test func everyTruncationIsFound() throws {
        let state = try State()
        let content = DropReaderTests.content(400)
        for (encoding, packed) in [
            (DropReader.Encoding.gzip, Packing.gzip(content)), (.zstd, Packing.zstd(content)),
        ] {
            let first = encoding == .gzip ? 2 : 4
            for count in first..<packed.count {
                let drop = try state.drop("t", Array(packed.prefix(count)))
                let reader = try DropReader(drop, in: state.folders)
                let error = #expect(throws: DropReadError.self) { try readAll(reader) }
                guard case .truncated(let found, let byte, _)? = error else {
                    Issue.record("\(count) of \(packed.count): \(String(describing: error))")
                    return
                }
                #expect(found == encoding)
                #expect(byte == count)
                // The same one again.
                #expect(#expect(throws: DropReadError.self) { try readAll(reader) } == error)
                #expect(reader.sha256 == nil)
            }
        }
    }

    @Test func damageIsFoundAndPlaced() throws {
        let state = try State()
        let content = DropReaderTests.content(500_000)
        for packed in [Packing.gzip(content), Packing.zstd(content)] {
            for place in [packed.count / 3, packed.count / 2, packed.count - 3] {
                var damaged = packed
                damaged[place] ^= 0xFF
                let drop = try state.drop("d", damaged)
                let error = #expect(throws: DropReadError.self) {
                    try readAll(DropReader(drop, in: state.folders), blockSize: 65536)
                }
                guard case .damaged(_, let byte, let detail, _)? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                // It shows where it is or later, at the check sum at the latest.
                #expect(byte <= packed.count)
                #expect(byte > 0)
                #expect(!detail.isEmpty)
            }
        }
    }

    @Test func whatFollowsTheEndIsDamage() throws {
        let state = try State()
        let content = DropReaderTests.content(1000)
        let packed = Packing.gzip(content)
        let rubbish = try state.drop("r", packed + Array("rubbish".utf8))
        let error = #expect(throws: DropReadError.self) { try readAll(DropReader(rubbish, in: state.folders)) }
        guard case .damaged(.gzip, let byte, _, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect((packed.count...(packed.count + 2)).contains(byte))
        let padded = try state.drop("p", packed + [0, 0, 0, 7])
        let other = #expect(throws: DropReadError.self) { try readAll(DropReader(padded, in: state.folders)) }
        #expect(other?.code == "gzip_damaged")
        guard case .damaged(_, let place, _, _)? = other else { return }
        #expect(place == packed.count + 3)
        let frame = try state.drop("z", Packing.zstd(content) + Array("rubbish".utf8))
        let third = #expect(throws: DropReadError.self) { try readAll(DropReader(frame, in: state.folders)) }
        #expect(third?.code == "zstd_damaged")
    }

    @Test func aSmallFileThatUnpacksToMuchIsStreamed() throws {
        let state = try State()
        // 64 MiB of zeros in 64 kB; read in blocks of 64 KiB.
        let drop = try state.drop("b", Packing.gzip([UInt8](repeating: 0, count: 64 << 20)))
        #expect(drop.bytes < 100_000)
        let reader = try DropReader(drop, in: state.folders)
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
        defer { block.deallocate() }
        var blocks = 0
        while try !reader.readBlock(into: block).isLast { blocks += 1 }
        #expect(blocks >= 1023)
        #expect(reader.contentBytes == 64 << 20)
    }

    @Test func aFileThatGrowsShrinksOrChangesIsNoticed() throws {
        let state = try State()
        let changes: [(String, (String) throws -> Void)] = [
            (
                "grows",
                { path in
                    let file = Descriptor(owning: open(path, O_WRONLY | O_APPEND))
                    try file.write([1, 2, 3], path: path)
                }
            ),
            ("shrinks", { path in truncate(path, 600_000) }),
            (
                "changes",
                { path in
                    usleep(20_000)
                    let file = Descriptor(owning: open(path, O_WRONLY))
                    try file.write([1, 2, 3], path: path)
                }
            ),
        ]
        for (name, change) in changes {
            let content = DropReaderTests.content(1_000_000)
            for bytes in [content, Packing.gzip(content)] {
                let drop = try state.drop(name, bytes)
                let reader = try DropReader(drop, in: state.folders)
                let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 10_000, alignment: 16)
                defer { block.deallocate() }
                _ = try reader.readBlock(into: block)
                try change("\(state.claimedPath)/\(drop.claimedName)")
                let error = #expect(throws: DropReadError.self) { try readAll(reader, blockSize: 10_000) }
                #expect(error?.code == "changed_while_reading", "\(name)")
            }
        }
    }

    @Test func aFileThatChangedBetweenClaimAndReadingIsNoticed() throws {
        let state = try State()
        let drop = try state.drop("a", "abc")
        try Files.write("\(state.claimedPath)/\(drop.claimedName)", "abcd")
        let error = #expect(throws: DropReadError.self) { try DropReader(drop, in: state.folders) }
        #expect(error?.code == "changed_while_reading")
    }

    @Test func oddThingsAreNotOpened() throws {
        let temporary = try TemporaryFolder()
        mkfifo("\(temporary.path)/pipe", 0o600)
        symlink("pipe", "\(temporary.path)/link")
        for name in ["pipe", "link", "."] {
            let error = #expect(throws: DropReadError.self) { try DropReader(path: "\(temporary.path)/\(name)") }
            #expect(error?.code == "not_a_regular_file", "\(name)")
        }
        let missing = #expect(throws: DropReadError.self) { try DropReader.hash(path: "\(temporary.path)/missing") }
        #expect(missing?.code == "missing")
    }

    @Test func aPathCanBeHashed() throws {
        let temporary = try TemporaryFolder()
        try Files.write("\(temporary.path)/a", "abc")
        #expect(try DropReader.hash(path: "\(temporary.path)/a") == DropReaderTests.hash(Array("abc".utf8)))
    }

    @Test func nothingStaysOpen() throws {
        let state = try State()
        let before = state.temporary.openDescriptorCount
        let packed = Packing.gzip(DropReaderTests.content(1000))
        let good = try state.drop("good", packed)
        let bad = try state.drop("bad", Array(packed.prefix(50)))
        for _ in 0..<10 {
            _ = try readAll(DropReader(good, in: state.folders))
            _ = try? readAll(DropReader(bad, in: state.folders))
            _ = try DropReader(good, in: state.folders)
        }
        #expect(state.temporary.openDescriptorCount == before)
    }
}
