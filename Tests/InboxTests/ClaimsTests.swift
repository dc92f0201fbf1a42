import Glibc
import Records
import Testing

@testable import Inbox

@Suite struct ClaimsTests {
    @Test func aClaimIsARenameAndCarriesEverything() throws {
        let state = try State()
        try Files.write("\(state.inbox())/Juni 2026.csv", "a,b\n")
        let inode = try #require(try Folder(path: state.inbox()).status(of: FileName(made: "Juni 2026.csv"))).inode
        let drop = try state.claim("Juni 2026.csv")
        #expect(drop.sequence == 1)
        #expect(drop.category == .transactions)
        #expect(drop.name.description == "Juni 2026.csv")
        #expect(drop.bytes == 4)
        #expect(drop.status.inode == inode)
        #expect(try Files.names(state.inbox()) == [])
        #expect(try Files.names(state.claimedPath) == ["0000000000000001.transactions.Juni%202026.csv"])
        let age = MachineClock.wall / 1_000_000 - drop.modified.rawValue
        #expect((-60_000...60_000).contains(age))
    }

    /// Makes a file that of another user, who keeps a way to it open. Not for writing yet: the tests' user is told of
    /// writers by the kernel, which the daemon's own user is not.
    private func giveAway(_ path: String) throws -> Descriptor {
        let file = Descriptor(owning: open(path, O_RDONLY | O_CLOEXEC))
        try #require(file.number >= 0 && chown(path, 4_242, 4_242) == 0)
        return file
    }

    /// Writes into an open file, by whatever name it goes now.
    private func overwrite(_ file: borrowing Descriptor, at offset: off_t) throws {
        let again = Descriptor(owning: open("/proc/self/fd/\(file.number)", O_RDWR | O_CLOEXEC))
        try #require(pwrite(again.number, "9", 1, offset) == 1)
    }

    @Test(.enabled(if: geteuid() == 0)) func aFileOfAnotherUserIsCopiedAndCannotBeChangedAnyMore() throws {
        let state = try State()
        try Files.write("\(state.inbox())/a.csv", "id,amount\n1,10\n")
        let file = try giveAway("\(state.inbox())/a.csv")
        let drop = try state.claim("a.csv")
        #expect(drop.status.owner == geteuid())
        #expect(drop.status.inode != file.status?.inode)
        try overwrite(file, at: 12)
        #expect(try Files.text("\(state.claimedPath)/\(drop.claimedName)") == "id,amount\n1,10\n")
        #expect(try Files.names(state.inbox()) == [])
        // Neither among the claimed files nor in bronze is anything the other user can reach.
        let archive = try Archive(folders: state.folders)
        let hash = try DropReader.hash(drop, in: state.folders)
        try archive.admit(drop, sha256: hash, ending: "csv")
        #expect(archive.condition(of: hash) == .whole)
        var status = stat()
        #expect(stat("\(state.bronzePath)/\(hash).csv", &status) == 0 && status.st_uid == geteuid())
    }

    @Test(.enabled(if: geteuid() == 0)) func aClaimedFileOfAnotherUserIsCopiedAtTheNextStart() throws {
        let state = try State()
        let drop = try state.drop("a.csv", "id,amount\n1,10\n")
        let path = "\(state.claimedPath)/\(drop.claimedName)"
        let file = try giveAway(path)
        let claims = try Claims(folders: state.folders, quarantine: state.quarantine)
        let found = try claims.recover(at: State.now)
        #expect(found.drops.map(\.sequence) == [drop.sequence])
        #expect(found.drops.first?.status.owner == geteuid())
        try overwrite(file, at: 12)
        #expect(try Files.text(path) == "id,amount\n1,10\n")
    }

    /// Makes a file of which only the first and the last bytes are written.
    private func writeWithHole(_ path: String, bytes: off_t) throws {
        try Files.write(path, "id,amount\n1,10\n")
        try #require(truncate(path, bytes) == 0)
    }

    /// A file that takes no room where it lies would fill the disk as a copy.
    @Test(arguments: [false, true]) func aFileWithHolesIsRefusedBeforeItIsCopied(isForeign: Bool) throws {
        if isForeign, geteuid() != 0 { return }
        let state = try State()
        let path = "\(state.inbox())/a.csv"
        try writeWithHole(path, bytes: 256 << 30)
        if isForeign { _ = try giveAway(path) }
        guard
            case .refused(let refused) = try state.claims.claim(
                FileName(made: "a.csv"), in: .transactions, at: State.now)
        else {
            Issue.record("not refused")
            return
        }
        #expect(refused.refusal.code == "has_holes" && refused.refusal.text.contains("not completely written"))
        #expect(try Files.names(state.claimedPath) == [] && Files.names(state.inbox()) == [])
        var status = stat()
        #expect(stat("\(state.quarantinePath)/\(refused.quarantinedName)", &status) == 0)
        #expect(status.st_blocks < 1000)
    }

    /// One that was claimed by an earlier version and waits.
    @Test func aClaimedFileWithHolesIsRefusedAtTheNextStart() throws {
        let state = try State()
        let drop = try state.drop("a.csv", "id,amount\n1,10\n")
        try writeWithHole("\(state.claimedPath)/\(drop.claimedName)", bytes: 1 << 30)
        let claims = try Claims(folders: state.folders, quarantine: state.quarantine)
        #expect(try claims.recover(at: State.now).refused.map(\.refusal.code) == ["has_holes"])
    }

    /// The daemon is to end: what is being copied stays where it was.
    @Test(.enabled(if: geteuid() == 0)) func aCopyLooksUp() throws {
        let state = try State()
        let path = "\(state.inbox())/a.csv"
        try Files.write(path, [UInt8](repeating: 49, count: 3 << 20))
        _ = try giveAway(path)
        var asked = 0
        let outcome = try state.claims.claim(FileName(made: "a.csv"), in: .transactions, at: State.now) {
            asked += 1
            return asked == 2
        }
        #expect(outcome == .unsettled && asked == 2)
        #expect(try Files.names(state.inbox()) == ["a.csv"])
        #expect(try Files.allNames(state.claimedPath).filter { $0.contains("copy") } == [])
    }

    @Test func whenADropWasDelivered() throws {
        let state = try State()
        try Files.write("\(state.inbox())/a.csv", "x")
        // Written long ago, and moved here now.
        Files.age("\(state.inbox())/a.csv", seconds: 86_400)
        let drop = try state.claim("a.csv")
        #expect((-60_000...60_000).contains(MachineClock.wall / 1_000_000 - drop.delivered.rawValue))
    }

    @Test func anUploadIsComparedWithWhatWasSent() throws {
        let state = try State()
        let upload = try UploadFile(FileName(made: "u-1"), in: state.folders)
        try upload.append(Array("id,amount\n".utf8))
        #expect(try upload.append(Array("1,10\n".utf8)) == 15)
        let hash = try upload.finish()
        #expect(hash == ContentHash(parts: [Array("id,amount\n1,10\n".utf8)]))
        #expect(Files.permissions("\(state.root)/uploads") == 0o700)
        guard case .claimed(let drop) = try state.claims.claimUpload(upload.name, as: .support, at: State.now) else {
            Issue.record("not claimed")
            return
        }
        #expect(try DropReader.hash(drop, in: state.folders) == hash)

        let other = try UploadFile(FileName(made: "u-2"), in: state.folders)
        try other.append(Array("id,amount\n".utf8))
        try Files.write("\(state.root)/uploads/u-2", "id,amounT\n")
        #expect {
            try other.finish()
        } throws: { error in
            if case UploadFile.Failure.differs = error { true } else { false }
        }
        other.discard()
        #expect(try Files.allNames("\(state.root)/uploads") == [])
    }

    @Test func numbersGrowAcrossRestartsAndAreNeverUsedTwice() throws {
        let state = try State()
        var seen: Set<Int64> = []
        var last: Int64 = 0
        for round in 0..<4 {
            let claims = try Claims(folders: state.folders, quarantine: state.quarantine)
            for index in 0..<70 {
                try Files.write("\(state.inbox())/\(round)-\(index)", "x")
                guard
                    case .claimed(let drop) = try claims.claim(
                        FileName(made: "\(round)-\(index)"), in: .transactions, at: State.now)
                else {
                    Issue.record("not claimed")
                    return
                }
                #expect(drop.sequence > last)
                last = drop.sequence
                seen.insert(drop.sequence)
                // Gone from the claimed folder, so that only the counter's own file remembers.
                _ = try Archive(folders: state.folders).admit(
                    drop, sha256: try DropReader.hash(drop, in: state.folders), ending: "csv")
            }
        }
        #expect(seen.count == 280)
    }

    @Test func numbersStartBehindTheLedgersAndBehindWhatLiesThere() throws {
        let state = try State()
        let claims = try Claims(folders: state.folders, quarantine: state.quarantine, firstSequence: 500)
        try Files.write("\(state.inbox())/a", "x")
        guard case .claimed(let drop) = try claims.claim(FileName(made: "a"), in: .transactions, at: State.now) else {
            Issue.record("not claimed")
            return
        }
        #expect(drop.sequence == 500)
        // A lost or damaged counter is no reason to give a number twice.
        try Files.write("\(state.claimedPath)/.sequence", "rubbish")
        try Files.write("\(state.quarantinePath)/0000000000000900-x.csv", "x")
        let again = try Claims(folders: state.folders, quarantine: state.quarantine)
        try Files.write("\(state.inbox())/b", "x")
        guard case .claimed(let other) = try again.claim(FileName(made: "b"), in: .transactions, at: State.now) else {
            Issue.record("not claimed")
            return
        }
        #expect(other.sequence == 901)
    }

    @Test func threadsShareTheNumbers() async throws {
        let state = try State()
        for index in 0..<200 { try Files.write("\(state.inbox())/\(index)", "x") }
        let outcomes = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for worker in 0..<4 {
                group.addTask {
                    var sequences: [Int64] = []
                    // Two workers want each name; one of them comes too late.
                    for index in stride(from: worker / 2, to: 200, by: 2) {
                        let name = FileName(made: "\(index)")
                        if case .claimed(let drop) = try state.claims.claim(name, in: .transactions, at: State.now) {
                            sequences.append(drop.sequence)
                        }
                    }
                    return sequences
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(outcomes.count == 200)
        #expect(Set(outcomes).count == 200)
    }

    @Test func aNameThatIsGoneOrChangedIsNotClaimed() throws {
        let state = try State()
        let name = FileName(made: "a.csv")
        #expect(try state.claims.claim(name, in: .support, at: State.now) == .gone)
        try Files.write("\(state.inbox(.support))/a.csv", "1")
        let status = try #require(try Folder(path: state.inbox(.support)).status(of: name))
        let settled = SettledName(category: .support, name: name, status: status)
        try Files.write("\(state.inbox(.support))/a.csv", "12")
        #expect(try state.claims.claim(settled, at: State.now) == .unsettled)
        #expect(try Files.names(state.inbox(.support)) == ["a.csv"])
    }

    @Test func aFileThatIsOpenForWritingIsNotClaimed() throws {
        let state = try State()
        let path = "\(state.inbox())/a.csv"
        try Files.write(path, "1")
        do {
            let writer = Descriptor(owning: open(path, O_WRONLY | O_APPEND | O_CLOEXEC))
            #expect(writer.number >= 0)
            let outcome = try state.claims.claim(FileName(made: "a.csv"), in: .transactions, at: State.now)
            #expect(outcome == .unsettled)
        }
        #expect(try state.claim("a.csv").bytes == 1)
    }

    @Test func whatIsNoRegularFileGoesToTheQuarantineAsItIs() throws {
        let state = try State()
        let inbox = state.inbox()
        mkdir("\(inbox)/folder.csv", 0o755)
        try Files.write("\(inbox)/folder.csv/inside", "x")
        mkfifo("\(inbox)/pipe.csv", 0o666)
        try Files.write("\(state.temporary.path)/target", "secret")
        symlink("\(state.temporary.path)/target", "\(inbox)/link.csv")
        symlink("nowhere", "\(inbox)/dangling.csv")
        let socketNumber = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socketNumber) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = Array("\(inbox)/socket.csv".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path) }
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socketNumber, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(bound == 0)

        let expected = [
            "folder.csv": "folder", "pipe.csv": "named_pipe", "link.csv": "symbolic_link",
            "dangling.csv": "symbolic_link", "socket.csv": "socket",
        ]
        for (name, code) in expected.sorted(by: { $0.key < $1.key }) {
            guard
                case .refused(let refused) = try state.claims.claim(
                    FileName(made: name), in: .transactions, at: State.now)
            else {
                Issue.record("\(name) was not refused")
                continue
            }
            #expect(refused.refusal.code == code)
            #expect(refused.drop.name.description == name)
            let reason = try Files.text("\(state.quarantinePath)/\(refused.quarantinedName).reason.json")
            #expect(reason.contains("\"code\":\"\(code)\""))
            #expect(reason.contains("\"refused_at\":\"2026-06-15T12:00:00Z\""))
            #expect(Files.exists("\(state.quarantinePath)/\(refused.quarantinedName)"))
        }
        #expect(try Files.names(inbox) == [])
        #expect(try Files.names(state.claimedPath) == [])
        // Neither followed nor emptied.
        #expect(try Files.text("\(state.temporary.path)/target") == "secret")
        let folder = try Files.names(state.quarantinePath).first { $0.hasSuffix("-folder.csv") }
        #expect(try Files.names("\(state.quarantinePath)/\(folder ?? "")") == ["inside"])
    }

    @Test func aHardLinkedFileIsCopiedSoThatItCannotChangeLater() throws {
        let state = try State()
        let outside = "\(state.temporary.path)/outside.csv"
        try Files.write(outside, "a,b\n1,2\n")
        Files.age(outside, seconds: 1000)
        link(outside, "\(state.inbox())/in.csv")
        let drop = try state.claim("in.csv")
        #expect(drop.status.links == 1)
        #expect(try Files.names(state.inbox()) == [])
        let age = MachineClock.wall / 1_000_000_000 - drop.status.modifiedNanoseconds / 1_000_000_000
        #expect((900...1100).contains(age))
        try Files.write(outside, "changed")
        #expect(try readAll(DropReader(drop, in: state.folders)) == Array("a,b\n1,2\n".utf8))
        #expect(try Files.allNames(state.claimedPath).filter { $0.hasSuffix(".tmp") } == [])
    }

    @Test func claimedDropsAreFoundAgainAfterACrash() throws {
        let state = try State()
        var expected: [ClaimedDrop] = []
        for (index, category) in Records.Category.allCases.enumerated() {
            expected.append(try state.drop("ü \(index).csv", [UInt8](repeating: 0x41, count: index), in: category))
        }
        try Files.write("\(state.claimedPath)/.copy-0000000000000099.tmp", "half")
        try Files.write("\(state.claimedPath)/operator-note.txt", "foreign")
        mkdir("\(state.claimedPath)/0000000000000042.support.folder", 0o755)

        let claims = try Claims(folders: state.folders, quarantine: state.quarantine)
        let recovery = try claims.recover(at: State.now)
        #expect(recovery.drops == expected)
        #expect(recovery.refused.map(\.refusal.code) == ["folder"])
        #expect(recovery.foreignCount == 1)
        #expect(try Files.names(state.claimedPath).contains("operator-note.txt"))
        #expect(!Files.exists("\(state.claimedPath)/.copy-0000000000000099.tmp"))
        // And again, with the same result.
        #expect(try claims.recover(at: State.now).drops == expected)
        // What was found is not given another one's number.
        let next = try Claims(folders: state.folders, quarantine: state.quarantine)
        try Files.write("\(state.inbox())/next", "x")
        guard case .claimed(let drop) = try next.claim(FileName(made: "next"), in: .transactions, at: State.now) else {
            Issue.record("not claimed")
            return
        }
        #expect(drop.sequence > 42)
    }

    @Test func theLongestNamesSurvive() throws {
        let state = try State()
        var random = SeededGenerator(11)
        for length in [224, 225, 226, 254, 255] {
            for isPlain in [true, false] {
                let bytes = isPlain ? random.bytes(length, in: 0x61...0x7A) : random.bytes(length, in: 0x80...0xFF)
                let name = try #require(FileName(bytes))
                let folder = try Folder(path: state.inbox(.demographics))
                let file = try folder.open(name, flags: O_WRONLY | O_CREAT)
                try file.write([1, 2, 3], path: "")
                try #require(folder.status(of: name) != nil)
            }
        }
        let names = try Folder(path: state.inbox(.demographics)).names()
        #expect(names.count == 10)
        for (index, name) in names.enumerated() {
            // The first ones' writers have gone; nothing holds the files any more.
            guard case .claimed(let drop) = try state.claims.claim(name, in: .demographics, at: State.now) else {
                Issue.record("not claimed")
                continue
            }
            #expect(drop.name == name)
            #expect(drop.isNameWhole)
            #expect(drop.claimedName.bytes.count <= 255)
            let recovered = try state.claims.recover(at: State.now).drops
            #expect(recovered == [drop])
            // One of each way out: every one takes the note of the long name with it.
            switch index % 3 {
            case 0:
                #expect(try state.claims.putBack(drop))
                #expect(try Folder(path: state.inbox(.demographics)).status(of: name) != nil)
            case 1:
                let hash = try DropReader.hash(drop, in: state.folders)
                try Archive(folders: state.folders).admit(drop, sha256: hash, ending: "csv")
            default:
                try state.quarantine.refuse(drop, Refusal(code: "c", text: "t"), at: State.now)
            }
            #expect(try Files.names(state.claimedPath) == [])
        }
    }

    @Test func aLostNoteCostsTheEndOfTheNameOnly() throws {
        let state = try State()
        let name = FileName(made: String(repeating: "n", count: 255))
        try Files.write("\(state.inbox())/\(name)", "x")
        let drop = try state.claim(name.description)
        let note = "\(state.claimedPath)/0000000000000001.name"
        #expect(try Files.text(note) == name.description)
        unlink(note)
        let recovered = try state.claims.recover(at: State.now).drops
        #expect(recovered.count == 1)
        #expect(recovered.first?.isNameWhole == false)
        #expect(recovered.first?.claimedName == drop.claimedName)
        #expect(recovered.first.map { name.bytes.starts(with: $0.name.bytes) } == true)
        // A note without its drop is a leftover.
        try Files.write("\(state.claimedPath)/0000000000000077.name", "x")
        _ = try state.claims.recover(at: State.now)
        #expect(!Files.exists("\(state.claimedPath)/0000000000000077.name"))
    }

    @Test func puttingBackNeverReplacesANewFile() throws {
        let state = try State()
        let drop = try state.drop("a.csv", "old")
        try Files.write("\(state.inbox())/a.csv", "new")
        #expect(try !state.claims.putBack(drop))
        #expect(try Files.text("\(state.inbox())/a.csv") == "new")
        #expect(try state.claims.recover(at: State.now).drops.map(\.sequence) == [drop.sequence])
        // It can still be read, as what it is now.
        try Files.write("\(state.claimedPath)/\(drop.claimedName)", "old and longer")
        let changed = #expect(throws: DropReadError.self) { try DropReader(drop, in: state.folders) }
        #expect(changed?.code == "changed_while_reading")
        let again = try #require(try state.claims.lookAgain(at: drop))
        #expect(try readAll(DropReader(again, in: state.folders)) == Array("old and longer".utf8))
        try Files.write("\(state.claimedPath)/\(drop.claimedName)", "old")
        unlink("\(state.inbox())/a.csv")
        #expect(try state.claims.putBack(drop))
        #expect(try state.claims.lookAgain(at: drop) == nil)
        #expect(try Files.text("\(state.inbox())/a.csv") == "old")
    }

    @Test(.enabled(if: Machine.canMount, "mounting is not allowed here"))
    func anInboxOnAnotherFileSystemIsClaimedByCopy() throws {
        let state = try State()
        let inbox = state.inbox(.engagement)
        #expect(Machine.mountMemory(inbox, bytes: 4 << 20))
        defer { Machine.unmount(inbox) }
        let content = [UInt8](repeating: 0x5A, count: 3_000_000)
        try Files.write("\(inbox)/a.csv", content)
        let drop = try state.claim("a.csv", in: .engagement)
        #expect(try readAll(DropReader(drop, in: state.folders), blockSize: 1 << 20) == content)
        #expect(try Files.names(inbox) == [])
        #expect(try !state.claims.putBack(drop))
        // What cannot be copied stays, and is named.
        mkfifo("\(inbox)/pipe", 0o666)
        guard case .left(let error) = try state.claims.claim(FileName(made: "pipe"), in: .engagement, at: State.now)
        else {
            Issue.record("a pipe cannot cross file systems")
            return
        }
        #expect(error.code == .differentFileSystem)
        #expect(try Files.names(inbox) == ["pipe"])
    }

    @Test(.enabled(if: Machine.isRoot, "needs root to drop to another user"))
    func anUnreadableFileGoesToTheQuarantine() throws {
        let state = try State()
        try Files.write("\(state.inbox())/a.csv", [1], permissions: 0o600)
        chmod("\(state.inbox())/a.csv", 0)
        // The state directory itself is passable for the daemon's group alone.
        chmod(state.root, 0o755)
        for path in [state.claimedPath, state.quarantinePath, state.inbox()] { chown(path, 65534, 65534) }
        try Machine.asNobody {
            do {
                let outcome = try state.claims.claim(FileName(made: "a.csv"), in: .transactions, at: State.now)
                guard case .refused(let refused) = outcome else {
                    Issue.record("not refused: \(outcome)")
                    return
                }
                #expect(refused.refusal.code == "unreadable")
            } catch {
                Issue.record(error)
            }
        }
        #expect(try Files.names(state.quarantinePath).contains("0000000000000001-a.csv"))
        #expect(try Files.names(state.inbox()) == [])
    }

    @Test(.enabled(if: Machine.isRoot, "needs root to drop to another user"))
    func aFolderThatMayNotBeChangedLeavesTheFileWhereItIs() throws {
        let state = try State()
        try Files.write("\(state.inbox())/a.csv", "x")
        // The state directory itself is passable for the daemon's group alone.
        chmod(state.root, 0o755)
        for path in [state.claimedPath, state.quarantinePath] { chown(path, 65534, 65534) }
        chmod(state.inbox(), 0o755)
        try Machine.asNobody {
            do {
                let outcome = try state.claims.claim(FileName(made: "a.csv"), in: .transactions, at: State.now)
                guard case .left(let error) = outcome else {
                    Issue.record("not left: \(outcome)")
                    return
                }
                #expect(error.code == .permissionDenied)
            } catch {
                Issue.record(error)
            }
        }
        #expect(try Files.names(state.inbox()) == ["a.csv"])
    }

    @Test func nothingStaysOpen() throws {
        let state = try State()
        let before = state.temporary.openDescriptorCount
        for index in 0..<20 {
            let drop = try state.drop("\(index)", "x")
            if index % 2 == 0 { #expect(try state.claims.putBack(drop)) }
            _ = try? state.claims.claim(FileName(made: "no such"), in: .transactions, at: State.now)
        }
        mkfifo("\(state.inbox())/pipe", 0o666)
        _ = try state.claims.claim(FileName(made: "pipe"), in: .transactions, at: State.now)
        _ = try state.claims.recover(at: State.now)
        #expect(state.temporary.openDescriptorCount == before)
        #expect(before == 4)
    }
}
