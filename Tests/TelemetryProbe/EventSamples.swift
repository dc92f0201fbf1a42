public import Telemetry

/// One event of each kind, in the order of the kinds, with every field known.
public enum EventSamples {
    public static let all: [any Event] = [
        DaemonStarted(version: "1.0.0"),
        DaemonReady(snapshot: 13, clients: 14, duration: .milliseconds(15)),
        DaemonStopping(signal: 15, connections: 17),
        DaemonStopped(exitStatus: 15, duration: .milliseconds(19)),
        ConfigurationLoaded(rules: 20),
        ConfigurationReloaded(rules: 22, duration: .milliseconds(24)),
        ConfigurationRejected(file: .rules, line: 26, errorCode: .errno(28)),
        DropReceived(dropID: 28, category: "transactions", bytes: 30),
        DropLoaded(
            dropID: 31, category: "transactions", rows: 33, accepted: 34, rejected: 35, duplicates: 36, orphans: 37,
            bytes: 38, duration: .milliseconds(39)),
        DropRefused(dropID: 40, category: "transactions", bytes: 42, errorCode: .errno(28)),
        DropDuplicate(dropID: 44, category: "transactions", duplicateOf: 46),
        DropPutBack(dropID: 47, category: "transactions", errorCode: .errno(28)),
        StageFinished(stage: "load", rows: 52, duration: .milliseconds(53)),
        StageFailed(stage: "load", errorCode: .errno(28)),
        RefreshFinished(snapshot: 57, clients: 58, duration: .milliseconds(59)),
        GoldPublished(snapshot: 63, bytes: 65, duration: .milliseconds(66)),
        ArchiveCompressed(bytesBefore: 68, bytes: 69),
        ArchiveFailed(errorCode: .errno(28)),
        VerifyFinished(checks: 73, duration: .milliseconds(74)),
        VerifyFailed(checks: 75, failures: 76, errorCode: .errno(28)),
        OriginalDamaged(dropID: 77, sha256: SafeText(hash: String(repeating: "ab", count: 32))),
        OriginalMissing(dropID: 78, sha256: SafeText(hash: String(repeating: "cd", count: 32))),
        JournalDamaged(),
        PublicationDamaged(),
        DiskFullBegan(stage: "load", bytesFree: 79),
        DiskFullEnded(bytesFree: 80, duration: .milliseconds(81)),
        ClientDenied(peerUID: 1000, method: "clients.get", errorCode: .errno(28)),
        RequestFailedInternally(
            method: "clients.get", peerUID: 1000, errorCode: .errno(28), duration: .milliseconds(90)),
        RequestAudited(peerUID: 1000, method: "clients.get", outcome: .answered, duration: .milliseconds(94)),
        OverloadBegan(connections: 95, queued: 96),
        OverloadEnded(refused: 97, duration: .milliseconds(98)),
        WatchdogMissed(part: "pipeline", silence: .milliseconds(100), limit: .milliseconds(101)),
        WatchdogRecovered(duration: .milliseconds(102)),
        ModelTrained(model: "churn", rows: 107, isTaken: true, duration: .milliseconds(108)),
        ModelTrainingFailed(model: "churn", errorCode: .errno(28)),
        ModelUnusable(model: "churn", version: "churn-2026-01-01-00000000", errorCode: .errno(5)),
        ModelWatched(model: "churn", observedPerMille: 1090, inputsMoved: 110, advice: "keep"),
        ModelDrifted(model: "churn", advice: "retrain"),
        DatabaseMigrated(schemaBefore: 111, schema: 112, duration: .milliseconds(113)),
    ]
}
