import Dispatch
import Glibc
import Locks
public import Logging
public import Records

/// Watches the inboxes and hands out the names of complete files, when asked.
///
/// The kernel's events are hints; what counts is a listing of the folder, made after an event and periodically, so that
/// lost events, network file systems and folders replaced by an operator do no harm. Nothing is claimed, opened for
/// good or changed here, and nothing is handed out before it is asked for.
public final class InboxWatcher: Sendable {
    /// What the owner is told, on the watcher's own queue and one after the other.
    public enum Notice: Sendable, Hashable {
        /// All inboxes are watched and have been listed once.
        case watching
        /// New names have settled; so many can now be taken. Take until fewer come than were asked for.
        case settled(count: Int)
        /// An inbox cannot be watched or listed. It is tried again with every periodic listing.
        case trouble(Category, FileError)
        /// An inbox that was in trouble or was replaced is watched again.
        case healed(Category)
    }

    public struct Settings: Sendable, Hashable {
        /// How long a file must stay unchanged when no event says that it is complete.
        public var settle: Duration
        /// How often all inboxes are listed without any event.
        public var listingInterval: Duration

        public init(settle: Duration = .seconds(2), listingInterval: Duration = .seconds(10)) {
            self.settle = settle
            self.listingInterval = listingInterval
        }
    }

    private struct Inbox {
        let category: Category
        var tracker: SettleTracker
        var hints: [FileName: SettleTracker.Hints] = [:]
        var watch: Int32?
        var watched: FileStatus?
        var isFirst = true
        var needsListing = true
        var isInTrouble = false
        /// Monotonic nanoseconds; nil before the first listing.
        var listedAt: Int64?
        var listingDuration: Int64 = 0

        /// A listing that has just been made is not repeated at once, so that a storm of events costs a bounded share
        /// of one core however many names the folder holds.
        var earliestListing: Int64 {
            guard let listedAt else { return .min }
            return listedAt + max(InboxWatcher.listingGapNanoseconds, listingDuration * 10)
        }
    }

    private struct State {
        var inboxes: [Inbox]
        var settled: [SettledName] = []
        /// How many of `settled` have been handed out already.
        var settledTaken = 0
        var needsSorting = false
        var listingNanoseconds: Int64
        var nextFullListing: Int64 = 0
        var isStarted = false
        var isStopped = false
        var hasAnnounced = false
    }

    private static let listingGapNanoseconds: Int64 = 10_000_000

    private let folders: StateFolders
    private let events: EventQueue?
    private let eventsError: FileError?
    private let logger: Logger
    private let notify: @Sendable (Notice) -> Void
    private let queue = DispatchQueue(label: "aura.inbox-watcher")
    private let queueKey = DispatchSpecificKey<Bool>()
    private let finished = DispatchGroup()
    private let state: Guarded<State>
    private let sources: Guarded<Sources>

    private struct Sources {
        var event: (any DispatchSourceRead)?
        var timer: (any DispatchSourceTimer)?
    }

    /// - Parameter notify: called on the watcher's queue; must not block for long.
    public init(
        folders: StateFolders, settings: Settings = Settings(), logger: Logger,
        notify: @escaping @Sendable (Notice) -> Void
    ) {
        self.folders = folders
        self.logger = logger
        self.notify = notify
        var events: EventQueue?
        var eventsError: FileError?
        do throws(FileError) {
            events = try EventQueue()
        } catch {
            eventsError = error
        }
        self.events = events
        self.eventsError = eventsError
        let settle = settings.settle.wholeNanoseconds
        let listing = InboxWatcher.listingNanoseconds(settings, hasEvents: events != nil)
        state = Guarded(
            State(
                inboxes: folders.settings.categories.map {
                    Inbox(category: $0, tracker: SettleTracker(category: $0, settleNanoseconds: settle))
                }, listingNanoseconds: listing))
        sources = Guarded(Sources())
        queue.setSpecific(key: queueKey, value: true)
    }

    deinit { cancelSources() }

    private static func listingNanoseconds(_ settings: Settings, hasEvents: Bool) -> Int64 {
        let interval = settings.listingInterval.wholeNanoseconds
        // Without events the listing alone must find drops in time.
        return hasEvents ? interval : min(interval, max(settings.settle.wholeNanoseconds, 200_000_000))
    }

    /// Takes other settings into force; files that wait already settle by them too.
    public func reload(_ settings: Settings) {
        let now = MachineClock.monotonic
        state.withLock { state in
            let settle = settings.settle.wholeNanoseconds
            state.listingNanoseconds = InboxWatcher.listingNanoseconds(settings, hasEvents: events != nil)
            state.nextFullListing = min(state.nextFullListing, now + state.listingNanoseconds)
            for index in state.inboxes.indices where state.inboxes[index].tracker.settleNanoseconds != max(1, settle) {
                state.inboxes[index].tracker.setSettle(nanoseconds: settle)
            }
        }
        queue.async { [weak self] in self?.schedule() }
    }

    /// Starts watching. The first listing is made on the watcher's queue; `Notice.watching` follows it.
    public func start() {
        let isFirst = state.withLock { state in
            defer { state.isStarted = true }
            return !state.isStarted && !state.isStopped
        }
        guard isFirst else { return }
        if let eventsError {
            logger.warning(
                "folders cannot be watched, listing them instead", metadata: ["code": "\(eventsError.code.rawValue)"])
        }
        sources.withLock { sources in
            let timer = DispatchSource.makeTimerSource(queue: queue)
            timer.setEventHandler { [weak self] in self?.wake() }
            finished.enter()
            timer.setCancelHandler { [finished] in finished.leave() }
            timer.schedule(deadline: .now())
            timer.activate()
            sources.timer = timer
            guard let events else { return }
            let source = DispatchSource.makeReadSource(fileDescriptor: events.descriptor.number, queue: queue)
            source.setEventHandler { [weak self] in self?.drainEvents() }
            finished.enter()
            // The handler keeps the descriptor open until Dispatch has let go of it.
            source.setCancelHandler { [finished, events] in
                withExtendedLifetime(events) {}
                finished.leave()
            }
            source.activate()
            sources.event = source
        }
        // A stop that came in between has found no sources to cancel.
        if state.withLock({ $0.isStopped }) { cancelSources() }
    }

    /// Stops watching; nothing is notified after the call has returned. From inside a notification it returns at once.
    public func stop() {
        state.withLock { $0.isStopped = true }
        cancelSources()
        if DispatchQueue.getSpecific(key: queueKey) != true { finished.wait() }
    }

    private func cancelSources() {
        sources.withLock { sources in
            sources.event?.cancel()
            sources.timer?.cancel()
            sources = Sources()
        }
    }

    /// How many names could be taken now, and how many files are there and not complete yet.
    public var counts: (settled: Int, waiting: Int) {
        state.withLock { state in
            state.inboxes.reduce((0, 0)) { ($0.0 + $1.tracker.settledCount, $0.1 + $1.tracker.waitingCount) }
        }
    }

    /// Hands out up to `limit` settled names, the ones that changed longest ago first. A name is handed out once; it
    /// comes again when the file behind it changes, or after `release`.
    public func takeSettled(limit: Int) -> [SettledName] {
        state.withLock { state in
            if state.needsSorting {
                state.settled = state.inboxes.flatMap(\.tracker.settled).sorted(by: SettledName.isOrderedBefore)
                state.settledTaken = 0
                state.needsSorting = false
            }
            var taken: [SettledName] = []
            while taken.count < limit, state.settledTaken < state.settled.count {
                let next = state.settled[state.settledTaken]
                state.settledTaken += 1
                let index = state.inboxes.firstIndex { $0.category == next.category }
                if let index, state.inboxes[index].tracker.take(next) { taken.append(next) }
            }
            if state.settledTaken == state.settled.count {
                state.settled = []
                state.settledTaken = 0
            }
            return taken
        }
    }

    /// Gives back names that were handed out and could not be claimed (not settled after all, no space): they settle
    /// again when they have been quiet for the settle delay.
    public func release(_ names: [SettledName]) {
        let now = MachineClock.monotonic
        state.withLock { state in
            for name in names {
                guard let index = state.inboxes.firstIndex(where: { $0.category == name.category }) else { continue }
                state.inboxes[index].tracker.release(name.name, now: now)
            }
        }
        queue.async { [weak self] in self?.schedule() }
    }

    /// To be called before a claimed drop is put back into its inbox: the rename by which it arrives does not mean that
    /// it is complete, so it has to stay unchanged for the settle delay.
    public func expectPutBack(_ name: FileName, in category: Category) {
        state.withLock { state in
            guard let index = state.inboxes.firstIndex(where: { $0.category == category }) else { return }
            state.inboxes[index].tracker.expectPutBack(name)
        }
    }

    // MARK: - On the queue

    private func drainEvents() {
        guard let events else { return }
        state.withLock { state in
            events.drain { event in InboxWatcher.take(event, into: &state) }
        }
        listWhatIsDue()
    }

    private static func take(_ event: EventQueue.Event, into state: inout State) {
        if event.has(Int(IN_Q_OVERFLOW)) {
            for index in state.inboxes.indices {
                state.inboxes[index].tracker.hintsWereLost()
                state.inboxes[index].needsListing = true
            }
            return
        }
        for index in state.inboxes.indices where state.inboxes[index].watch == event.watch {
            if event.has(Int(IN_IGNORED)) { state.inboxes[index].watch = nil }
            guard let name = event.name else {
                // The folder itself was removed, renamed or unmounted.
                state.inboxes[index].needsListing = true
                continue
            }
            if name.isIgnored { continue }
            // Another file under this name: what was said before was about the one that it replaces.
            if event.has(Int(IN_CREATE)) { state.inboxes[index].hints[name] = .created }
            if event.has(Int(IN_MOVED_TO)) { state.inboxes[index].hints[name] = .movedIn }
            if event.has(Int(IN_CLOSE_WRITE)) { state.inboxes[index].hints[name, default: []].insert(.closed) }
            state.inboxes[index].needsListing = true
        }
    }

    private func wake() {
        let now = MachineClock.monotonic
        state.withLock { state in
            let isFull = now >= state.nextFullListing
            if isFull { state.nextFullListing = now + state.listingNanoseconds }
            for index in state.inboxes.indices {
                let isDue = state.inboxes[index].tracker.due.map { now >= $0 } ?? false
                if isFull || isDue { state.inboxes[index].needsListing = true }
            }
        }
        listWhatIsDue()
    }

    private func listWhatIsDue() {
        var notices: [Notice] = []
        state.withLock { state in
            guard !state.isStopped else { return }
            var newlySettled = 0
            for index in state.inboxes.indices
            where state.inboxes[index].needsListing && MachineClock.monotonic >= state.inboxes[index].earliestListing {
                newlySettled += list(&state.inboxes[index], notices: &notices)
            }
            if !state.hasAnnounced {
                state.hasAnnounced = true
                notices.append(.watching)
            }
            // Also without new names: what is known about the old ones may have changed.
            state.needsSorting = true
            if newlySettled > 0 {
                let count = state.inboxes.reduce(0) { $0 + $1.tracker.settledCount }
                notices.append(.settled(count: count))
            }
        }
        schedule()
        for notice in notices { notify(notice) }
    }

    /// Lists one inbox and lets its tracker decide. Returns how many names have newly settled.
    private func list(_ inbox: inout Inbox, notices: inout [Notice]) -> Int {
        let started = MachineClock.monotonic
        defer {
            inbox.listedAt = MachineClock.monotonic
            inbox.listingDuration = MachineClock.monotonic - started
        }
        inbox.needsListing = false
        do throws(FileError) {
            let folder = try folders.openInbox(inbox.category)
            try watch(folder, &inbox, notices: &notices)
            let hints = inbox.hints
            inbox.hints = [:]
            var listing: [(name: FileName, status: FileStatus)] = []
            for name in try folder.names() where !name.isIgnored {
                guard let status = try folder.status(of: name) else { continue }
                // A file system of its own has this folder at its top.
                if status.kind == .folder, name == StateFolders.lostAndFound { continue }
                listing.append((name, status))
            }
            let count = inbox.tracker.update(
                listing, hints: hints, isFirst: inbox.isFirst, now: MachineClock.monotonic, wall: MachineClock.wall,
                writer: { folder.writer(of: $0) })
            inbox.isFirst = false
            return count
        } catch {
            if !inbox.isInTrouble {
                logger.warning(
                    "an inbox cannot be watched",
                    metadata: ["category": "\(inbox.category.rawValue)", "code": "\(error.code.rawValue)"])
                notices.append(.trouble(inbox.category, error))
            }
            inbox.isInTrouble = true
            // Without a listing nothing is known; and a name that stays due would be looked for without a pause.
            inbox.tracker.forgetAll()
            inbox.isFirst = true
            return 0
        }
    }

    /// Makes sure that the folder now at the inbox's path is the one that is watched.
    private func watch(_ folder: Folder, _ inbox: inout Inbox, notices: inout [Notice]) throws(FileError) {
        let isSame = inbox.watched.map { $0.isSameFile(as: folder.status) } ?? false
        let isWatched = events == nil || inbox.watch != nil
        if isSame, isWatched {
            if inbox.isInTrouble { announceHealed(&inbox, notices: &notices) }
            return
        }
        let hadFolder = inbox.watched != nil
        if let watch = inbox.watch, let events {
            events.remove(watch)
            inbox.watch = nil
        }
        if !isSame {
            inbox.tracker.forgetAll()
            inbox.hints = [:]
            inbox.isFirst = true
            inbox.watched = folder.status
        }
        if let events {
            do throws(FileError) {
                inbox.watch = try events.add(folder.path)
            } catch let error where error.code == .outOfResources {
                // Listing alone still finds everything; the watch is tried again with the next listing.
                if !inbox.isInTrouble {
                    logger.warning(
                        "an inbox is listed only, not watched",
                        metadata: ["category": "\(inbox.category.rawValue)", "code": "\(error.code.rawValue)"])
                    notices.append(.trouble(inbox.category, error))
                    inbox.isInTrouble = true
                }
                return
            }
        }
        if hadFolder || inbox.isInTrouble { announceHealed(&inbox, notices: &notices) }
    }

    private func announceHealed(_ inbox: inout Inbox, notices: inout [Notice]) {
        logger.notice("an inbox is watched again", metadata: ["category": "\(inbox.category.rawValue)"])
        inbox.isInTrouble = false
        notices.append(.healed(inbox.category))
    }

    /// Sets the timer to the next moment at which something may have to be done.
    private func schedule() {
        let now = MachineClock.monotonic
        let next: Int64? = state.withLock { state in
            guard !state.isStopped else { return nil }
            var next = state.nextFullListing
            for inbox in state.inboxes {
                if inbox.needsListing { next = min(next, inbox.earliestListing) }
                if let due = inbox.tracker.due { next = min(next, max(due, inbox.earliestListing)) }
            }
            return next
        }
        guard let next else { return }
        // A millisecond at least: a moment that is not quite there yet must not be waited for in a loop.
        // What was never listed is due since ever.
        let delay = next > now ? max(next - now, 1_000_000) : 1_000_000
        sources.withLock { sources in
            sources.timer?.schedule(
                deadline: .now() + .nanoseconds(Int(delay)), leeway: .milliseconds(1))
        }
    }
}

extension Duration {
    /// In nanoseconds, not negative, cut to what leaves room for sums.
    var wholeNanoseconds: Int64 {
        let limit = Int64.max / 4
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < limit / 1_000_000_000 - 1 else { return limit }
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
