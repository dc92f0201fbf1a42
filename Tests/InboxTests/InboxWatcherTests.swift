import Glibc
import Logging
import Records
import Testing

@testable import Inbox

/// One after the other, so that the watchers' own descriptors can be counted.
@Suite(.serialized, .timeLimit(.minutes(1))) struct InboxWatcherTests {
    private static let quietLogger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    private func watch(
        _ state: State, settle: Duration = .milliseconds(300), interval: Duration = .seconds(3600)
    ) -> (InboxWatcher, Notices) {
        let notices = Notices()
        let watcher = InboxWatcher(
            folders: state.folders, settings: .init(settle: settle, listingInterval: interval),
            logger: InboxWatcherTests.quietLogger, notify: { notices.add($0) })
        return (watcher, notices)
    }

    /// Takes until so many names have come.
    private func take(_ count: Int, from watcher: InboxWatcher, _ notices: Notices) async throws -> [SettledName] {
        var taken = watcher.takeSettled(limit: count)
        while taken.count < count {
            try await notices.first { if case .settled = $0 { true } else { false } }
            taken += watcher.takeSettled(limit: count - taken.count)
        }
        return taken
    }

    @Test func aClosedFileIsToldAtOnce() async throws {
        let state = try State()
        // So long a delay that only the event can be the reason.
        let (watcher, notices) = watch(state, settle: .seconds(3000))
        watcher.start()
        try await notices.first { $0 == .watching }
        #expect(watcher.takeSettled(limit: 10) == [])
        try Files.write("\(state.inbox(.surveys))/a.csv", "x")
        let taken = try await take(1, from: watcher, notices)
        #expect(taken.map(\.name.description) == ["a.csv"])
        #expect(taken.map(\.category) == [.surveys])
        #expect(try Files.names(state.inbox(.surveys)) == ["a.csv"], "nothing is claimed by watching")
        #expect(watcher.takeSettled(limit: 10) == [])
        watcher.stop()
    }

    /// A daemon that is told of new settings while it starts.
    @Test func settingsBeforeTheFirstListing() async throws {
        let state = try State()
        let (watcher, notices) = watch(state, settle: .seconds(3000))
        for _ in 0..<20 { watcher.reload(InboxWatcher.Settings(settle: .seconds(1))) }
        watcher.start()
        try await notices.first { $0 == .watching }
        watcher.stop()
    }

    @Test func ignoredNamesWaitForTheirRename() async throws {
        let state = try State()
        let (watcher, notices) = watch(state, settle: .seconds(3000))
        watcher.start()
        try await notices.first { $0 == .watching }
        let inbox = state.inbox()
        for name in [".a", "b.part", "c.tmp", "d.swp", "e~"] { try Files.write("\(inbox)/\(name)", "x") }
        rename("\(inbox)/b.part", "\(inbox)/b.csv")
        let taken = try await take(1, from: watcher, notices)
        #expect(taken.map(\.name.description) == ["b.csv"])
        #expect(watcher.counts == (0, 0))
        rename("\(inbox)/.a", "\(inbox)/a")
        #expect(try await take(1, from: watcher, notices).map(\.name.description) == ["a"])
        watcher.stop()
    }

    @Test func whatWasThereAtTheStartIsTakenAtOnceWhenItIsOld() async throws {
        let state = try State()
        try Files.write("\(state.inbox())/old.csv", "x")
        Files.age("\(state.inbox())/old.csv", seconds: 5000)
        try Files.write("\(state.inbox(.support))/older.csv", "x")
        Files.age("\(state.inbox(.support))/older.csv", seconds: 6000)
        try Files.write("\(state.inbox())/new.csv", "x")
        mkdir("\(state.inbox())/lost+found", 0o700)
        let (watcher, notices) = watch(state, settle: .seconds(3000))
        watcher.start()
        try await notices.first { $0 == .watching }
        let taken = try await take(2, from: watcher, notices)
        #expect(taken.map(\.name.description) == ["older.csv", "old.csv"])
        #expect(notices.all.first == .watching)
        #expect(watcher.counts == (0, 1))
        watcher.stop()
    }

    @Test func aHardLinkAndAnOddThingSettleByBeingQuiet() async throws {
        let state = try State()
        try Files.write("\(state.temporary.path)/outside", "x")
        let (watcher, notices) = watch(state)
        watcher.start()
        try await notices.first { $0 == .watching }
        link("\(state.temporary.path)/outside", "\(state.inbox())/linked")
        mkfifo("\(state.inbox())/pipe", 0o666)
        symlink("nowhere", "\(state.inbox())/dangling")
        mkdir("\(state.inbox())/folder", 0o755)
        let taken = try await take(4, from: watcher, notices)
        #expect(Set(taken.map(\.name.description)) == ["linked", "pipe", "dangling", "folder"])
        watcher.stop()
    }

    @Test func aFileThatIsStillWrittenToWaits() async throws {
        let state = try State()
        let path = "\(state.inbox())/slow.csv"
        let (watcher, notices) = watch(state, settle: .milliseconds(50))
        watcher.start()
        try await notices.first { $0 == .watching }
        do {
            let writer = Descriptor(owning: open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644))
            try writer.write([1], path: path)
            // Other drops come and go over several delays while the writer does nothing.
            for index in 0..<5 {
                try Files.write("\(state.inbox())/other\(index)", "x")
                #expect(try await take(1, from: watcher, notices).map(\.name.description) == ["other\(index)"])
                usleep(30_000)
            }
            #expect(watcher.counts == (0, 1))
            try writer.write([2], path: path)
        }
        let taken = try await take(1, from: watcher, notices)
        #expect(taken.map(\.status.bytes) == [2])
        watcher.stop()
    }

    @Test func tenThousandFilesAtOnceInOrder() async throws {
        let state = try State()
        let inbox = state.inbox(.engagement)
        let (watcher, notices) = watch(state, settle: .seconds(3000))
        watcher.start()
        try await notices.first { $0 == .watching }
        for index in 0..<10_000 { try Files.write("\(inbox)/\(index).part", "x") }
        let time = [timespec(1_000_000_000), timespec(1_000_000_000)]
        for index in 0..<10_000 {
            utimensat(AT_FDCWD, "\(inbox)/\(index).part", time, 0)
            rename("\(inbox)/\(index).part", "\(inbox)/\(zeroPadded(Int64(9_999 - index), 5)).csv")
            // The kernel's queue holds some ten thousand events and drops the rest, which here would wait for good.
            // None is taken before all have come: a name that comes later may sort before one that came earlier.
            while index % 1000 == 999, watcher.counts.settled <= index {
                try await notices.first { if case .settled = $0 { true } else { false } }
            }
        }
        var taken: [SettledName] = []
        while case let some = watcher.takeSettled(limit: 999), !some.isEmpty {
            #expect(some.count <= 999)
            taken += some
        }
        #expect(taken.map(\.name.description) == (Int64(0)..<10_000).map { "\(zeroPadded($0, 5)).csv" })
        let settledNotices = notices.all.count { if case .settled = $0 { true } else { false } }
        #expect(settledNotices < 1000, "names are told in batches")
        watcher.stop()
    }

    @Test func aStormOfRenamesLosesNothing() async throws {
        let state = try State()
        let inbox = state.inbox()
        let (watcher, notices) = watch(state)
        watcher.start()
        try await notices.first { $0 == .watching }
        let storm = Task {
            for round in 0..<300 {
                for index in 0..<5 {
                    try Files.write("\(inbox)/w\(index).tmp", "\(round)")
                    rename("\(inbox)/w\(index).tmp", "\(inbox)/\(index)-\(round)")
                    rename("\(inbox)/\(index)-\(round)", "\(inbox)/final-\(index)-\(round)")
                }
            }
        }
        var claimed: Set<String> = []
        while claimed.count < 1500 {
            try await notices.first { if case .settled = $0 { true } else { false } }
            while case let names = watcher.takeSettled(limit: 100), !names.isEmpty {
                for name in names {
                    // The storm may have renamed it since; then it comes again under its last name.
                    if case .claimed(let drop) = try state.claims.claim(name, at: State.now) {
                        let text = try Files.text("\(state.claimedPath)/\(drop.claimedName)")
                        let parts = drop.name.description.split(separator: "-")
                        #expect(String(parts[parts.count - 1]) == text)
                        #expect(claimed.insert("\(parts[parts.count - 2])-\(text)").inserted)
                    }
                }
            }
        }
        try await storm.value
        #expect(claimed.count == 1500)
        #expect(try Files.names(inbox) == [])
        watcher.stop()
    }

    @Test func aRemovedFolderIsMadeAgainAndAReplacedOneIsWatched() async throws {
        let state = try State()
        let inbox = state.inbox()
        let (watcher, notices) = watch(state, settle: .seconds(3000))
        watcher.start()
        try await notices.first { $0 == .watching }
        rmdir(inbox)
        try await notices.first { $0 == .healed(.transactions) }
        #expect(Files.permissions(inbox) == 0o3770)
        try Files.write("\(inbox)/after-removal", "x")
        #expect(try await take(1, from: watcher, notices).map(\.name.description) == ["after-removal"])

        // The operator puts a prepared folder in the place of the old one.
        let prepared = "\(state.temporary.path)/prepared"
        mkdir(prepared, 0o770)
        try Files.write("\(prepared)/brought-along", "x")
        Files.age("\(prepared)/brought-along", seconds: 5000)
        rename(inbox, "\(state.temporary.path)/old")
        // Also over the empty folder that the watcher may have made in the meantime.
        rename(prepared, inbox)
        let taken = try await take(1, from: watcher, notices)
        #expect(taken.map(\.name.description) == ["brought-along"])
        try Files.write("\(inbox)/after-replacement", "x")
        #expect(try await take(1, from: watcher, notices).map(\.name.description) == ["after-replacement"])
        // The old folder is no longer anybody's business.
        try Files.write("\(state.temporary.path)/old/stray", "x")
        try Files.write("\(inbox)/last", "x")
        #expect(try await take(1, from: watcher, notices).map(\.name.description) == ["last"])
        watcher.stop()
    }

    @Test func aFolderInTroubleIsToldOnceAndHealsByListing() async throws {
        let state = try State()
        let inbox = state.inbox(.support)
        let (watcher, notices) = watch(state, settle: .milliseconds(20), interval: .milliseconds(50))
        rmdir(inbox)
        try Files.write(inbox, "a file in its place")
        watcher.start()
        try await notices.first { $0 == .watching }
        // The others work meanwhile.
        try Files.write("\(state.inbox(.surveys))/a", "x")
        #expect(try await take(1, from: watcher, notices).map(\.category) == [.surveys])
        usleep(200_000)
        unlink(inbox)
        try await notices.first { $0 == .healed(.support) }
        try Files.write("\(inbox)/b", "x")
        #expect(try await take(1, from: watcher, notices).map(\.category) == [.support])
        let troubles = notices.all.filter { if case .trouble = $0 { true } else { false } }
        #expect(troubles.count == 1)
        guard case .trouble(.support, let error)? = troubles.first else {
            Issue.record("another trouble")
            return
        }
        #expect(error.code == .unsafeFolder)
        watcher.stop()
    }

    @Test func missedEventsAreMadeUpForByListing() async throws {
        let state = try State()
        let (watcher, notices) = watch(state, settle: .milliseconds(100), interval: .milliseconds(50))
        watcher.start()
        try await notices.first { $0 == .watching }
        // Only the creation is told for a link; the file behind it was written elsewhere.
        for index in 0..<20 {
            try Files.write("\(state.temporary.path)/f\(index)", "x")
            link("\(state.temporary.path)/f\(index)", "\(state.inbox())/f\(index)")
        }
        #expect(try await take(20, from: watcher, notices).count == 20)
        watcher.stop()
    }

    @Test func aSettledFileWhosePermissionsChangeIsStillHandedOut() async throws {
        let state = try State()
        let (watcher, notices) = watch(state, settle: .seconds(3000), interval: .milliseconds(30))
        watcher.start()
        try await notices.first { $0 == .watching }
        try Files.write("\(state.inbox())/a", "x")
        try await notices.first { if case .settled = $0 { true } else { false } }
        // The order of what can be taken is made here, and is out of date after the next listing.
        #expect(watcher.takeSettled(limit: 0) == [])
        chmod("\(state.inbox())/a", 0o600)
        usleep(300_000)
        let taken = watcher.takeSettled(limit: 1)
        #expect(taken.map(\.status.permissions) == [0o600])
        watcher.stop()
    }

    @Test func releasedNamesComeAgain() async throws {
        let state = try State()
        let (watcher, notices) = watch(state, settle: .milliseconds(50))
        watcher.start()
        try await notices.first { $0 == .watching }
        try Files.write("\(state.inbox())/a", "x")
        let first = try await take(1, from: watcher, notices)
        watcher.release(first)
        let second = try await take(1, from: watcher, notices)
        #expect(first == second)
        // And a drop that was put back.
        guard case .claimed(let drop) = try state.claims.claim(second[0], at: State.now) else {
            Issue.record("not claimed")
            return
        }
        watcher.expectPutBack(drop.name, in: drop.category)
        #expect(try state.claims.putBack(drop))
        #expect(try await take(1, from: watcher, notices).map(\.name) == [drop.name])
        watcher.stop()
    }

    @Test func aStoppedWatcherLeavesNothingOpen() async throws {
        let state = try State()
        let queues = { try Descriptors.watching(state.inbox()) }
        let open = state.temporary.openDescriptorCount
        do {
            let (watcher, notices) = watch(state)
            watcher.start()
            watcher.start()
            try await notices.first { $0 == .watching }
            #expect(try queues() == 1)
            watcher.stop()
            watcher.stop()
            watcher.start()
            try Files.write("\(state.inbox())/a", "x")
            #expect(watcher.takeSettled(limit: 10) == [])
        }
        // One that was never started, and one that is just let go of.
        _ = watch(state)
        do {
            let (watcher, notices) = watch(state)
            watcher.start()
            try await notices.first { $0 == .watching }
        }
        // The cancelled sources let go of their descriptors on their own queues.
        for _ in 0..<500 where try queues() != 0 { usleep(10_000) }
        #expect(try queues() == 0)
        #expect(state.temporary.openDescriptorCount == open)
    }

    @Test func stoppingFromANoticeDoesNotHang() async throws {
        let state = try State()
        let notices = Notices()
        let watcher = Reference<InboxWatcher>()
        let made = InboxWatcher(
            folders: state.folders, logger: InboxWatcherTests.quietLogger,
            notify: { notice in
                watcher.value?.stop()
                notices.add(notice)
            })
        watcher.value = made
        made.start()
        try await notices.first { $0 == .watching }
        made.stop()
        watcher.value = nil
    }

    @Test func theQueuesRecordsAreReadAsTheKernelWritesThem() throws {
        func record(_ watch: Int32, _ mask: UInt32, _ name: [UInt8]) -> [UInt8] {
            let length = name.isEmpty ? 0 : (name.count + 16) & ~15
            var bytes: [UInt8] = []
            withUnsafeBytes(of: watch) { bytes += $0 }
            withUnsafeBytes(of: mask) { bytes += $0 }
            withUnsafeBytes(of: UInt32(9)) { bytes += $0 }
            withUnsafeBytes(of: UInt32(length)) { bytes += $0 }
            return bytes + name + [UInt8](repeating: 0, count: length - name.count)
        }
        var events: [EventQueue.Event] = []
        let bytes =
            record(1, 8, Array("a.csv".utf8)) + record(-1, 0x4000, []) + record(2, 128, [0xFF, 0x20])
            + record(3, 1, Array("cut".utf8)).prefix(20)
        bytes.withUnsafeBytes { EventQueue.parse($0) { events.append($0) } }
        #expect(
            events == [
                .init(watch: 1, mask: 8, name: FileName("a.csv")), .init(watch: -1, mask: 0x4000, name: nil),
                .init(watch: 2, mask: 128, name: FileName([0xFF, 0x20])),
            ])
    }

    @Test func durationsBecomeNanoseconds() {
        #expect(Duration.seconds(2).wholeNanoseconds == 2_000_000_000)
        #expect(Duration.milliseconds(-5).wholeNanoseconds == 0)
        #expect(Duration.seconds(Int64.max).wholeNanoseconds > 1_000_000_000_000_000)
        #expect(Duration.nanoseconds(7).wholeNanoseconds == 7)
    }
}
