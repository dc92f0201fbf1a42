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

let package = Package(
    name: "aura",
    targets: [
        // Common
        .target(name: "CAura", path: "Sources/Common/CAura"),
        module("Common", "Records", ["CAura"]),

        // Refinery
        module("Refinery", "Bronze", ["CAura", "Records"]),
        module("Refinery", "Silver", ["CAura", "Records"]),
        module("Refinery", "Gold", ["Records"]),
        module("Refinery", "Rollup", ["Records"]),

        // Insight
        module("Insight", "HealthScore", ["Records"]),
        module("Insight", "RiskRules", ["Records"]),
        module("Insight", "Assessment", ["HealthScore", "Records", "RiskRules"]),

        .executableTarget(name: "probe", dependencies: ["Assessment", "Bronze", "Gold", "HealthScore", "Records", "RiskRules", "Rollup", "Silver"], path: "Tests/probe", swiftSettings: strict),
    ]
)
