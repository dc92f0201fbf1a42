import Glibc
import Logging
import Telemetry

/// A process of its own for the tests: the environment decides what it talks to. Prints what it did, one line each.
@main
struct TelemetryProbe {
    static func main() {
        switch CommandLine.arguments.dropFirst().first {
        case "log": log()
        case "notify": notify()
        case "listen": listen()
        default: exit(64)
        }
    }

    /// One of each event, a plain entry, and a change of the level.
    private static func log() {
        let system = Telemetry.bootstrap(level: .debug)
        let events = system.events(label: "probe")
        for event in EventSamples.all { emit(event, to: events) }
        let logger = Logger(label: "probe.plain")
        logger.info("plain\nsecond line", metadata: ["peer.role": "admin", "drop": "7", "list": ["a", "b"]])
        let same = Telemetry.bootstrap(level: .error)
        logger.info("too quiet to be written")
        logger.error("loud enough")
        print("destination \(system.destination) level \(same.levels.level)")
        print(same.metrics.prometheusText(process: .current()), terminator: "")
    }

    private static func emit(_ event: some Event, to events: EventLog) {
        events.emit(event)
    }

    /// The life of a service with the real transport.
    private static func notify() {
        let manager = ServiceManager(liveness: LivenessMonitor(), events: nil)
        let beat = LivenessMonitor()
        let watched = ServiceManager(liveness: beat, events: nil)
        let heartbeat = beat.heartbeat("loop", limit: .seconds(60))
        print("watchdog \(ServiceManager.watchdogInterval().map(String.init(describing:)) ?? "none")")
        print("feed every \(ServiceManager.feedInterval().map(String.init(describing:)) ?? "none")")
        print("ready \(manager.ready("3 clients"))")
        manager.reloading()
        manager.ready("4 clients")
        heartbeat.beat()
        print("feed \(watched.feed())")
        manager.extendTimeout(by: .seconds(5))
        manager.mainPID()
        manager.stopping()
    }

    /// The sockets it was given.
    private static func listen() {
        do {
            for descriptor in try ServiceManager.listenFDs() {
                print("\(descriptor.descriptor) \(descriptor.name) \(descriptor.isUnixStreamListener)")
            }
        } catch {
            print("error \(error)")
        }
    }
}
