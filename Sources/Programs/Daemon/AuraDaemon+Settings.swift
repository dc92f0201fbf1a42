import Answers
import Assessment
import Bronze
import Contract
import Glibc
import HealthScore
import Inbox
import Pipeline
import Records
import RiskRules
import Settings
import Silver
import SocketServer

extension PipelineSettings {
    /// The part of the configuration that the pipeline works by.
    init(_ configuration: Configuration) {
        let asOf: AsOf =
            switch configuration.asOf {
            case .clock: .clock
            case .data: .data
            case .day(let day): .day(day)
            }
        var gold = configuration.goldSettings
        gold.segmentOfSubscriptionType = configuration.segmentOfSubscriptionType
        let rules = configuration.validation.mapValues { columns in
            columns.mapValues { rule in
                ColumnRule(
                    required: rule.required, allowedValues: rule.values, minimum: rule.minimum, maximum: rule.maximum,
                    pattern: rule.pattern)
            }
        }
        self.init(
            asOf: asOf,
            silver: SilverSettings(
                earliestDay: configuration.earliestDay, latestDay: WallClock.now().day.advanced(by: 1),
                rates: configuration.rates, rules: rules),
            gold: gold,
            forecasts: configuration.forecastSettings,
            assessor: Assessor(
                health: HealthModel(settings: configuration.risk.health),
                rules: RuleEngine(rules: configuration.risk.rules, levels: configuration.risk.levels)),
            limits: BronzeReader.Limits(rowBytesMax: configuration.inbox.maxRowBytes),
            intakeInterval: Double(configuration.schedule.intakeSeconds),
            refreshInterval: Double(configuration.schedule.refreshMinutes) * 60,
            publishInterval: Double(configuration.schedule.publishMinutes) * 60,
            archiveInterval: configuration.schedule.compressMinutes > 0
                ? Double(configuration.schedule.compressMinutes) * 60 : nil,
            verifyInterval: configuration.schedule.verifyHours > 0
                ? Double(configuration.schedule.verifyHours) * 3600 : nil,
            publishesGold: configuration.store.publishGold,
            compressAfter: Double(configuration.store.compressAfterSeconds))
        fingerprint = String(configuration.fingerprint, radix: 16)
        let people = configuration.people
        nameOfUser = { people.name(ofUser: $0) }
        ownerNames = people.ownerNames
        ownerIsContact = configuration.contactColumns.contains(Parameter.owner.name)
        history = configuration.history
        churn.label = ChurnSettings.Label(rawValue: configuration.churn.label.rawValue) ?? .automatic
        churn.horizonDays = configuration.churn.horizonDays
        churn.populationDays = configuration.churn.populationDays
        churn.snapshotsMax = configuration.churn.snapshots
        churn.treesMax = configuration.churn.trees
        trainQuiet = Double(configuration.schedule.trainQuietSeconds)
        trainInterval = configuration.schedule.trainHours > 0 ? Double(configuration.schedule.trainHours) * 3600 : nil
    }
}

extension InboxWatcher.Settings {
    init(_ configuration: Configuration) {
        self.init(
            settle: .seconds(configuration.inbox.settleSeconds),
            listingInterval: .seconds(configuration.schedule.intakeSeconds))
    }
}

extension ServerSettings {
    init(_ configuration: Configuration) {
        self.init()
        frameBytesMax = configuration.maxFrameBytes
        connectionsMax = configuration.limits.connections
        connectionsPerUserMax = configuration.limits.connectionsPerUser
        connectionsKept = configuration.limits.adminConnections
        ownProcessIsFree = true
        idleTimeout = .seconds(configuration.limits.idleSeconds)
        requestTimeout = .seconds(configuration.limits.requestSeconds)
        workerThreads =
            configuration.limits.workerThreads > 0
            ? configuration.limits.workerThreads : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }
}

/// The wall clock, UTC.
enum WallClock {
    static func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(rawValue: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
