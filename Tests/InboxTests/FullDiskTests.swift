import Glibc
import Records
import Testing

@testable import Inbox

/// What happens when the disk is full or read-only, on a small file system of the test's own.
@Suite(.enabled(if: Machine.canMount, "mounting is not allowed here")) struct FullDiskTests {
    /// A state directory on a file system of `bytes` in memory.
    private final class SmallDisk {
        let temporary: TemporaryFolder
        let path: String

        init(bytes: Int) throws {
            temporary = try TemporaryFolder()
            path = "\(temporary.path)/disk"
            mkdir(path, 0o755)
            try #require(Machine.mountMemory(path, bytes: bytes))
        }

        deinit { Machine.unmount(path) }

        /// Writes until nothing more goes in.
        func fill() {
            let file = Descriptor(owning: open("\(path)/filler", O_WRONLY | O_CREAT | O_APPEND, 0o600))
            let block = [UInt8](repeating: 1, count: 4096)
            while (try? file.write(block, path: "")) != nil {}
        }

        func free() { unlink("\(path)/filler") }
    }

    /// A file for which there is no room waits, and keeps nobody else waiting.
    @Test func aFileLargerThanTheDiskWaits() throws {
        let disk = try SmallDisk(bytes: 140 << 20)
        let folders = try StateFolders(root: "\(disk.path)/state")
        let claims = try Claims(folders: folders, quarantine: try Quarantine(folders: folders))
        for (name, bytes) in [("large.csv", 70 << 20), ("small.csv", 1 << 10)] {
            let path = "\(folders.inboxPath(.support))/\(name)"
            try Files.write(path, [UInt8](repeating: 49, count: bytes))
            // Whoever reaches it by a second name could change it: it is copied.
            link(path, "\(disk.path)/\(name)")
        }
        guard case .left(let error) = try claims.claim(FileName(made: "large.csv"), in: .support, at: State.now) else {
            Issue.record("not left")
            return
        }
        #expect(error.code == .noSpace && error.description.contains("large.csv"))
        guard case .claimed = try claims.claim(FileName(made: "small.csv"), in: .support, at: State.now) else {
            Issue.record("not claimed")
            return
        }
        #expect(try Files.names(folders.inboxPath(.support)) == ["large.csv"])
    }

    @Test func aFullDiskIsToldAndNothingIsLost() throws {
        let disk = try SmallDisk(bytes: 2 << 20)
        let folders = try StateFolders(root: "\(disk.path)/state")
        let quarantine = try Quarantine(folders: folders)
        let claims = try Claims(folders: folders, quarantine: quarantine)
        let archive = try Archive(folders: folders)
        var random = SeededGenerator(1)
        let bytes = random.bytes(600_000, in: 0x30...0x39)
        try Files.write("\(folders.inboxPath(.support))/a.csv", bytes)
        try Files.write("\(folders.inboxPath(.support))/linked.csv", "x")
        link("\(folders.inboxPath(.support))/linked.csv", "\(disk.path)/other-name")
        guard case .claimed(let drop) = try claims.claim(FileName(made: "a.csv"), in: .support, at: State.now) else {
            Issue.record("not claimed")
            return
        }
        let writer = try quarantine.rejectWriter(dropID: 1, name: drop.name)
        disk.fill()

        // A copy needs room.
        let copying = #expect(throws: FileError.self) {
            try claims.claim(FileName(made: "linked.csv"), in: .support, at: State.now)
        }
        #expect(copying?.code == .noSpace)
        #expect(try Files.names(folders.inboxPath(.support)) == ["linked.csv"])
        // Rows need room, and so does a reason.
        let row = RejectedRow(line: 1, column: nil, code: "c", reason: "r", raw: random.bytes(60_000))
        let writing = #expect(throws: FileError.self) {
            for _ in 0..<10 { try writer.append(row) }
            try writer.commit()
        }
        #expect(writing?.code == .noSpace)
        writer.discard()
        let refusing = #expect(throws: FileError.self) {
            try quarantine.refuse(drop, Refusal(code: "c", text: "t"), at: State.now)
        }
        #expect(refusing?.code == .noSpace)
        // Admitting is a rename and needs none; packing does.
        let hash = try DropReader.hash(drop, in: folders)
        #expect(try archive.admit(drop, sha256: hash, ending: "csv") == .added)
        do throws(ArchiveError) {
            _ = try archive.compressNext()
            Issue.record("packed on a full disk")
        } catch {
            #expect(error.code == "no_space")
        }
        #expect(try Files.allNames("\(folders.root)/bronze") == ["\(hash).csv"])
        #expect(try Files.allNames("\(folders.root)/quarantine") == [])
        #expect(throws: Never.self) { try archive.verify(hash) }

        // With room again, everything that waited goes through.
        disk.free()
        guard case .packed = try archive.compressNext() else {
            Issue.record("not packed")
            return
        }
        #expect(throws: Never.self) { try archive.verify(hash) }
        guard case .claimed = try claims.claim(FileName(made: "linked.csv"), in: .support, at: State.now) else {
            Issue.record("not claimed")
            return
        }
    }

    @Test func aReadOnlyFileSystemIsTold() throws {
        let disk = try SmallDisk(bytes: 1 << 20)
        let folders = try StateFolders(root: "\(disk.path)/state")
        let quarantine = try Quarantine(folders: folders)
        let claims = try Claims(folders: folders, quarantine: quarantine)
        try Files.write("\(folders.inboxPath(.support))/a.csv", "x")
        try #require(Machine.remountReadOnly(disk.path))
        let error = #expect(throws: FileError.self) {
            try claims.claim(FileName(made: "a.csv"), in: .support, at: State.now)
        }
        #expect(error?.code == .readOnlyFileSystem)
        #expect(error?.description.contains("ReadWritePaths") == true)
    }
}
