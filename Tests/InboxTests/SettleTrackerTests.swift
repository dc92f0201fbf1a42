import Glibc
import Records
import Testing

@testable import Inbox

/// Every decision as a plain value test: times in nanoseconds, settle delay 100.
@Suite struct SettleTrackerTests {
    /// A tracker with the folder it looks at.
    private struct World {
        var tracker = SettleTracker(category: .support, settleNanoseconds: 100)
        var files: [FileName: FileStatus] = [:]
        var writers: [FileName: SettleTracker.Writer] = [:]
        var asked = 0

        mutating func put(_ name: String, bytes: Int = 10, modified: Int64 = 0, inode: UInt64 = 1, links: Int = 1) {
            var status = stat()
            status.st_mode = S_IFREG | 0o644
            status.st_size = off_t(bytes)
            status.st_ino = ino_t(inode)
            status.st_nlink = nlink_t(links)
            status.st_mtim = timespec(modified)
            files[FileName(made: name)] = FileStatus(status)
        }

        mutating func putFolder(_ name: String) {
            var status = stat()
            status.st_mode = S_IFDIR | 0o755
            files[FileName(made: name)] = FileStatus(status)
        }

        mutating func list(
            at now: Int64, wall: Int64 = 1_000_000, isFirst: Bool = false, _ hints: [String: SettleTracker.Hints] = [:]
        ) -> Int {
            var asked = 0
            let writers = writers
            let count = tracker.update(
                files.map { ($0.key, $0.value) },
                hints: Dictionary(uniqueKeysWithValues: hints.map { (FileName(made: $0.key), $0.value) }),
                isFirst: isFirst, now: now, wall: wall,
                writer: { name in
                    asked += 1
                    return writers[name] ?? .nobody
                })
            self.asked += asked
            return count
        }

        var settled: [String] { tracker.settled.map(\.name.description).sorted() }

        mutating func takeAll() -> Int { tracker.settled.count { tracker.take($0) } }
    }

    @Test func aClosedFileSettlesAtOnce() {
        var world = World()
        world.put("a.csv", modified: 999_999)
        #expect(world.list(at: 0, ["a.csv": [.created, .closed]]) == 1)
        #expect(world.settled == ["a.csv"])
        #expect(world.tracker.due == nil)
        #expect(world.tracker.settledCount == 1)
    }

    @Test func aFileRenamedIntoTheFolderSettlesAtOnce() {
        var world = World()
        world.put("a.csv", modified: 999_999)
        #expect(world.list(at: 0, ["a.csv": .movedIn]) == 1)
    }

    @Test func aFileWithoutAnEventWaitsUntilItIsQuiet() {
        var world = World()
        world.put("a.csv", modified: 5)
        #expect(world.list(at: 0) == 0)
        #expect(world.tracker.due == 100)
        #expect(world.tracker.waitingCount == 1)
        #expect(world.list(at: 99) == 0)
        #expect(world.list(at: 100) == 1)
    }

    @Test func growthStartsTheDelayAgain() {
        var world = World()
        world.put("a.csv", bytes: 1)
        #expect(world.list(at: 0) == 0)
        world.put("a.csv", bytes: 2)
        #expect(world.list(at: 90) == 0)
        #expect(world.list(at: 110) == 0)
        #expect(world.tracker.due == 190)
        world.put("a.csv", bytes: 2, modified: 7)
        #expect(world.list(at: 189) == 0)
        #expect(world.list(at: 289) == 1)
    }

    @Test func atTheFirstListingAnOldFileSettlesAtOnceAndANewOneDoesNot() {
        var world = World()
        world.put("old.csv", modified: 900)
        world.put("new.csv", modified: 901)
        world.put("future.csv", modified: 5_000)
        world.put("ancient.csv", modified: .min)
        #expect(world.list(at: 0, wall: 1000, isFirst: true) == 2)
        #expect(world.settled == ["ancient.csv", "old.csv"])
        // Later on, only being watched counts: the age may come with the file.
        world.put("preserved.csv", modified: 1)
        #expect(world.list(at: 50, wall: 1000) == 0)
        #expect(world.list(at: 150, wall: 1000) == 3)
    }

    @Test func aFileThatIsWrittenToIsNotTaken() {
        var world = World()
        world.put("a.csv")
        world.writers[FileName(made: "a.csv")] = .somebody
        #expect(world.list(at: 0, ["a.csv": .closed]) == 0)
        #expect(world.tracker.due == 100)
        #expect(world.list(at: 100) == 0)
        world.writers = [:]
        // Nobody asks before the delay is over, whatever else makes the folder listed.
        let asked = world.asked
        #expect(world.list(at: 150) == 0)
        #expect(world.asked == asked)
        #expect(world.list(at: 200) == 1)
    }

    @Test func whereTheKernelDoesNotTellAFileSeenBeingMadeMustBeClosed() {
        var world = World()
        world.put("a.csv")
        world.writers[FileName(made: "a.csv")] = .unknown
        #expect(world.list(at: 0, ["a.csv": .created]) == 0)
        #expect(world.list(at: 100) == 0)
        #expect(world.tracker.due == 3000)
        #expect(world.list(at: 200, ["a.csv": .closed]) == 1)
    }

    @Test func thePatienceForACloseEnds() {
        var world = World()
        world.put("a.csv")
        world.writers[FileName(made: "a.csv")] = .unknown
        #expect(world.list(at: 0, ["a.csv": .created]) == 0)
        #expect(world.list(at: 2999) == 0)
        #expect(world.list(at: 3000) == 1)
    }

    @Test func aHardLinkIsNotExpectedToBeClosed() {
        var world = World()
        world.put("a.csv", links: 2)
        world.writers[FileName(made: "a.csv")] = .unknown
        #expect(world.list(at: 0, ["a.csv": .created]) == 0)
        #expect(world.list(at: 100) == 1)
    }

    @Test func lostEventsMayHaveBeenTheClose() {
        var world = World()
        world.put("a.csv")
        world.writers[FileName(made: "a.csv")] = .unknown
        #expect(world.list(at: 0, ["a.csv": .created]) == 0)
        world.tracker.hintsWereLost()
        #expect(world.list(at: 100) == 1)
    }

    @Test func aNameIsHandedOutOnce() {
        var world = World()
        world.put("a.csv")
        #expect(world.list(at: 0, ["a.csv": .closed]) == 1)
        #expect(world.takeAll() == 1)
        #expect(world.takeAll() == 0)
        #expect(world.list(at: 1000) == 0)
        #expect(world.settled.isEmpty)
        #expect(world.tracker.due == nil)
    }

    @Test func anotherFileUnderTheNameIsAnotherDrop() {
        var world = World()
        world.put("a.csv")
        #expect(world.list(at: 0, ["a.csv": .closed]) == 1)
        #expect(world.takeAll() == 1)
        world.put("a.csv", inode: 2)
        #expect(world.list(at: 10) == 0)
        #expect(world.list(at: 110) == 1)
        #expect(world.takeAll() == 1)
        // The same file again, delivered again.
        #expect(world.list(at: 120, ["a.csv": .movedIn]) == 1)
    }

    @Test func aTakenNameThatChangedIsNotHandedOut() {
        var world = World()
        world.put("a.csv")
        #expect(world.list(at: 0, ["a.csv": .closed]) == 1)
        let settled = world.tracker.settled
        world.put("a.csv", bytes: 11)
        #expect(world.list(at: 10) == 0)
        #expect(settled.count { world.tracker.take($0) } == 0)
    }

    @Test func aReleasedNameComesAgainAfterTheDelay() throws {
        var world = World()
        world.put("a.csv")
        #expect(world.list(at: 0, ["a.csv": .closed]) == 1)
        #expect(world.takeAll() == 1)
        world.tracker.release(try #require(FileName("a.csv")), now: 10)
        #expect(world.tracker.due == 110)
        #expect(world.list(at: 109) == 0)
        #expect(world.list(at: 110) == 1)
        // Only what was handed out can be given back.
        world.tracker.release(try #require(FileName("other.csv")), now: 10)
        #expect(world.settled == ["a.csv"])
    }

    @Test func aFilePutBackWaitsAlthoughItIsRenamedIn() throws {
        var world = World()
        world.tracker.expectPutBack(try #require(FileName("a.csv")))
        world.put("a.csv")
        #expect(world.list(at: 0, ["a.csv": .movedIn]) == 0)
        #expect(world.list(at: 100) == 1)
        // Once only.
        #expect(world.takeAll() == 1)
        #expect(world.list(at: 110, ["a.csv": .movedIn]) == 1)
    }

    @Test func whatIsGoneIsForgotten() {
        var world = World()
        world.put("a.csv")
        world.put("b.csv", inode: 2)
        #expect(world.list(at: 0, ["a.csv": .closed]) == 1)
        world.files = [:]
        #expect(world.list(at: 10) == 0)
        #expect(world.settled.isEmpty)
        #expect(world.tracker.waitingCount == 0)
        #expect(world.tracker.due == nil)
    }

    @Test func whatIsNoFileSettlesTooAndIsNotOpened() {
        var world = World()
        world.putFolder("folder")
        #expect(world.list(at: 0, ["folder": .created]) == 0)
        #expect(world.list(at: 100) == 1)
        #expect(world.asked == 0)
    }

    @Test func forgettingAllStartsAfresh() {
        var world = World()
        world.put("a.csv")
        #expect(world.list(at: 0, ["a.csv": .closed]) == 1)
        #expect(world.takeAll() == 1)
        world.tracker.forgetAll()
        #expect(world.list(at: 10, isFirst: true) == 1)
    }

    @Test func theOrderIsTimeThenNameThenCategory() throws {
        var world = World()
        world.put("b", modified: 5)
        world.put("a", modified: 5)
        world.put("z", modified: 1)
        world.put("B", modified: 5)
        #expect(world.list(at: 0, ["a": .closed, "b": .closed, "z": .closed, "B": .closed]) == 4)
        let names = world.tracker.settled.sorted(by: SettledName.isOrderedBefore)
        #expect(names.map(\.name.description) == ["z", "B", "a", "b"])
        var other = try #require(names.first)
        other.category = .demographics
        #expect(SettledName.isOrderedBefore(other, names[0]))
        #expect(!SettledName.isOrderedBefore(names[0], other))
    }

    /// Whatever the listings show: nothing is handed out twice while it stays the same, and everything quiet settles.
    @Test func randomHistoriesLoseNothing() {
        var random = SeededGenerator(7)
        for _ in 0..<200 {
            var world = World()
            var now: Int64 = 0
            var inode: UInt64 = 1
            var handedOut: Set<FileStatus> = []
            for _ in 0..<60 {
                now += Int64.random(in: 1...80, using: &random)
                var hints: [String: SettleTracker.Hints] = [:]
                for name in ["a", "b", "c", "d"] where Int.random(in: 0..<4, using: &random) == 0 {
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: world.files[FileName(made: name)] = nil
                    case 1: world.put(name, bytes: Int.random(in: 0..<3, using: &random), inode: inode)
                    case 2:
                        inode += 1
                        world.put(name, bytes: 7, inode: inode)
                        hints[name] = .closed
                    default: hints[name] = .created
                    }
                    inode += 1
                }
                _ = world.list(at: now, hints)
                for settled in world.tracker.settled.sorted(by: SettledName.isOrderedBefore)
                where Bool.random(using: &random) {
                    let isTaken = world.tracker.take(settled)
                    #expect(isTaken)
                    if hints[settled.name.description] == nil {
                        #expect(world.files[settled.name] == settled.status)
                    }
                    handedOut.insert(settled.status)
                }
            }
            for _ in 0..<3 {
                now += 101
                _ = world.list(at: now)
            }
            #expect(world.tracker.waitingCount == 0)
            let settled = Set(world.tracker.settled.map(\.status))
            for status in world.files.values { #expect(settled.contains(status) || handedOut.contains(status)) }
        }
    }
}
