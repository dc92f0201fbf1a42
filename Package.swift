// swift-tools-version: 6.2
// One section per group, in the order in which the data passes through them; inside a section the modules in that order
// too. A target's dependencies are sorted: ours first, then products.

import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
]

/// A module of the house: its folder is `Sources/<group>/<name>`.
func module(_ group: String, _ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Sources/\(group)/\(name)", swiftSettings: strict)
}

/// How a release of the terminal client is linked: whole, so that none of its time goes into finding and binding shared
/// libraries; that would take several times as long as the question it asks. The libraries named are what the static
/// standard library needs and does not name itself; lld knows nothing of glibc's warnings about name services, which
/// the client does not use.
let wholeProgram: [LinkerSetting] = [
    .unsafeFlags(
        [
            "-static-executable", "-use-ld=lld", "-l_FoundationCShims", "-l_FoundationCollections",
            "-lswiftSynchronization",
        ], .when(platforms: [.linux], configuration: .release))
]

/// The tests of a module: their folder is `Tests/<name>`.
func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies, path: "Tests/\(name)", exclude: exclude, swiftSettings: strict)
}

let package = Package(
    name: "aura",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // Common
        .target(name: "CAura", path: "Sources/Common/CAura"),
        .systemLibrary(
            name: "CCrypto", path: "Sources/Common/CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(
            name: "CSystemd", path: "Sources/Common/CSystemd", pkgConfig: "libsystemd",
            providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(
            name: "CZlib", path: "Sources/Common/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CZstd", path: "Sources/Common/CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        module("Common", "Locks"),
        module("Common", "Words"),
        module("Common", "Records", ["CAura", "Words"]),
        module("Common", "Contract", ["Words"]),

        // Intake
        module(
            "Intake", "Inbox",
            [
                "CAura", "CCrypto", "CZlib", "CZstd", "Locks", "Records",
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Refinery
        module("Refinery", "Bronze", ["CAura", "Records", "Words"]),
        module("Refinery", "Silver", ["CAura", "Records", "Words"]),
        module("Refinery", "Gold", ["Freshness", "Lifecycle", "Records", "Standings", "Words"]),
        module("Refinery", "Rollup", ["Lifecycle", "Records", "Standings"]),
        module("Refinery", "Features", ["Lifecycle", "Records", "Standings", "Words"]),
        module("Refinery", "Freshness", ["Records"]),
        module("Refinery", "Lifecycle", ["Records", "Words"]),
        module("Refinery", "Periods", ["Records"]),
        module("Refinery", "Revenue", ["Records"]),
        module("Refinery", "Standings", ["Freshness", "Lifecycle", "Records", "Revenue", "Words"]),

        // Insight
        module("Insight", "ChurnModel"),
        module("Insight", "Forecasting"),
        module("Insight", "HealthScore", ["Records"]),
        module("Insight", "Invoicing", ["Records"]),
        module("Insight", "RiskRules", ["Records"]),
        module("Insight", "RiskValue", ["Records"]),
        module(
            "Insight", "Assessment", ["ChurnModel", "HealthScore", "Records", "RiskRules", "RiskValue", "Words"]),
        module("Insight", "Outlook", ["Forecasting", "Records"]),

        // Snapshot and answers
        .target(
            name: "Snapshots",
            dependencies: ["Freshness", "Lifecycle", "Locks", "Records", "Rollup", "Standings", "Words"],
            path: "Sources/Snapshots",
            swiftSettings: strict),
        .target(
            name: "Answers",
            dependencies: [
                "Contract", "Freshness", "Lifecycle", "Periods", "Records", "Revenue", "Rollup", "Snapshots",
                "Standings",
                "Words",
            ],
            path: "Sources/Answers",
            swiftSettings: strict),

        // Runtime
        module(
            "Runtime", "Store",
            [
                "Locks", "Records", "Silver", "Snapshots", "Words", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),

        module(
            "Runtime", "Telemetry",
            [
                "CSystemd", "Locks", .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        module("Runtime", "Schedule"),
        module("Runtime", "Settings", ["Records", "Words", .product(name: "Yams", package: "Yams")]),
        module(
            "Runtime", "Pipeline",
            [
                "Assessment", "Bronze", "CAura", "ChurnModel", "Features", "Forecasting", "Freshness", "Gold",
                "HealthScore", "Inbox", "Invoicing",
                "Locks", "Outlook",
                "Records", "Revenue", "RiskRules", "RiskValue", "Rollup", "Schedule", "Silver", "Snapshots",
                "Standings",
                "Store",
                "Words",
                .product(name: "Logging", package: "swift-log"),
            ]),

        // Serving
        .target(
            name: "Wire", dependencies: ["Contract"], path: "Sources/Serving/Wire", exclude: ["PROTOCOL.md"],
            swiftSettings: strict),
        module(
            "Serving", "SocketServer",
            [
                "CAura", "Contract", "Wire", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        module("Serving", "SocketClient", ["CAura", "Contract", "Wire"]),

        // Programs
        module(
            "Programs", "Daemon",
            [
                "Answers", "Assessment", "Bronze", "CAura", "ChurnModel", "Contract", "Freshness", "HealthScore",
                "Inbox",
                "Locks", "Pipeline", "Records", "RiskRules", "Schedule", "Settings", "Silver", "Snapshots",
                "SocketClient", "SocketServer", "Standings", "Store", "Telemetry", "Words",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        module("Programs", "SampleCompany"),
        module("Programs", "TerminalText"),
        module(
            "Programs", "Commands",
            [
                "Contract", "SampleCompany", "SocketClient", "TerminalText", "Words",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "aurac", dependencies: ["Commands"], path: "Sources/Programs/aurac", swiftSettings: strict,
            linkerSettings: wholeProgram),
        .executableTarget(
            name: "aurad",
            dependencies: [
                "CAura", "Daemon", "Inbox", "Settings", "SocketServer", "Telemetry",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], path: "Sources/Programs/aurad", swiftSettings: strict),

        // Tests
        tests(
            "AnswersTests",
            [
                "Answers", "Assessment", "Contract", "Gold", "HealthScore", "Records", "RiskRules", "RiverTesting",
                "Rollup", "Silver", "Snapshots", "Words",
            ]),
        tests("BronzeTests", ["Bronze", "Records", "RiverTesting"]),
        tests("ChurnModelTests", ["ChurnModel"]),
        tests(
            "CommandsTests",
            [
                "Answers", "Assessment", "Bronze", "Commands", "Contract", "Daemon", "Gold", "HealthScore", "Records",
                "RiskRules", "RiverTesting", "SampleCompany", "Silver", "Snapshots", "SocketServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ], exclude: ["Screens"]),
        tests("ContractTests", ["Contract", "Words"]),
        tests(
            "DaemonTests",
            [
                "aurad", "Commands", "Contract", "Daemon", "Inbox", "Pipeline", "Records", "SampleCompany", "Schedule",
                "Settings", "Snapshots", "SocketClient", "SocketServer", "Store", "Telemetry", "Words", "Answers",
                "Rollup",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests("FeaturesTests", ["Features", "Gold", "Records", "RiverTesting", "Silver", "Standings"]),
        tests("ForecastingTests", ["Forecasting"]),
        tests("FreshnessTests", ["Freshness", "Records", "RiverTesting"]),
        tests("GoldTests", ["Gold", "Records", "RiverTesting", "Silver", "Standings", "Words"]),
        tests(
            "InboxTests",
            ["CAura", "CZlib", "CZstd", "Inbox", "Locks", "Records", .product(name: "Logging", package: "swift-log")]),
        tests(
            "ProtocolTests",
            [
                "Answers", "Contract", "Daemon", "SampleCompany", "Settings", "SocketServer", "Wire", "Words",
                .product(name: "Logging", package: "swift-log"),
            ]),
        tests(
            "InsightTests",
            [
                "Assessment", "ChurnModel", "Gold", "HealthScore", "Records", "RiskRules", "RiskValue", "RiverTesting",
                "Silver",
                "Standings",
                "Words",
            ]),
        tests("InvoicingTests", ["Invoicing", "Records", "RiverTesting"]),
        tests("LifecycleTests", ["Freshness", "Lifecycle", "Records", "RiverTesting", "Words"]),
        tests("OutlookTests", ["Forecasting", "Outlook", "Records", "RiverTesting", "Rollup"]),
        tests(
            "PublicationTests",
            [
                "Assessment", "Bronze", "Gold", "HealthScore", "Pipeline", "Records", "RiskRules", "RiskValue",
                "RiverTesting", "Rollup", "Silver", "Snapshots", "Standings", "Store", "Words",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests("RecordsTests", ["Records", "RiverTesting", "Words"]),
        tests("ReferenceTests", ["Gold", "Records", "RiskRules", "RiverTesting", "Rollup", "Silver"]),
        .target(
            name: "RiverTesting", dependencies: ["Bronze", "Records", "Silver", "Words"], path: "Tests/RiverTesting",
            swiftSettings: strict),
        tests("RevenueTests", ["Records", "Revenue", "RiverTesting"]),
        tests("RiskValueTests", ["Records", "RiskValue", "Words"]),
        tests("RollupTests", ["Gold", "Records", "RiverTesting", "Rollup", "Silver", "Standings"]),
        tests("PeriodsTests", ["Periods", "Records", "RiverTesting"]),
        tests("PackagingTests", ["aurac", "aurad", "Daemon", "Settings"]),
        tests("SampleCompanyTests", ["SampleCompany"]),
        tests("ScheduleTests", ["Schedule"]),
        tests(
            "StandingsTests",
            [
                "Lifecycle", "Records", "Revenue", "RiverTesting", "SampleCompany", "Silver", "Standings",
                "Words",
            ]),
        tests("SettingsTests", ["Records", "Settings", "Words"], exclude: ["Fixtures"]),
        tests("SilverTests", ["Bronze", "Records", "RiverTesting", "Silver", "Words"]),
        tests(
            "SnapshotsTests",
            [
                "Assessment", "Gold", "HealthScore", "Records", "RiskRules", "RiverTesting", "Rollup", "Snapshots",
                "Words",
            ]),
        tests(
            "SocketTests",
            [
                "CAura", "Contract", "SocketClient", "SocketServer", "Wire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
            ]),
        tests(
            "TelemetryTests",
            [
                "CSystemd", "Telemetry", "TelemetryProbe", .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ]),
        .executableTarget(
            name: "TelemetryProbe", dependencies: ["Telemetry", .product(name: "Logging", package: "swift-log")],
            path: "Tests/TelemetryProbe", swiftSettings: strict),
        tests("TerminalTextTests", ["TerminalText"]),
        tests("TidyTests", [], exclude: ["imports.txt"]),
        tests("WireTests", ["Contract", "Wire"]),

        // Benchmarks and campaigns, run by hand
        .executableTarget(
            name: "aura-bench",
            dependencies: [
                "Assessment", "ChurnModel", "Contract", "Features", "Forecasting", "Gold", "Outlook", "Records",
                "RiverTesting", "SocketClient", "Standings", "SocketServer", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/Benchmarks", exclude: ["Churn/peers", "Forecast/peers"], swiftSettings: strict),
        .executableTarget(
            name: "frame-fuzz",
            dependencies: [
                "CAura", "Contract", "Locks", "SocketClient", "SocketServer", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/Campaigns/frame-fuzz", swiftSettings: strict),
    ]
)
