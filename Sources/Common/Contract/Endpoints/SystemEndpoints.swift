import Words

/// The daemon itself.
public enum SystemEndpoints {
    public static let all: [Endpoint] = [.systemStatus, .systemWhoami, .systemRefresh, .systemVerify, .systemMetrics]
}

extension Endpoint {
    public static let systemStatus = Endpoint(
        "system.status", "the state of the daemon",
        about:
            "Whether the daemon works, what it holds and what its stages do. Answered at once, also before the "
            + "first data.",
        permission: .read, day: .accepted, work: .immediate, answersBeforeReady: true, envelope: .dataOrNull,
        result: [
            Field("version", .string, "of the daemon"),
            Field(
                "ready", .boolean, "whether questions are taken; whether there is data to answer from says `snapshot`"),
            Field("started_at", .instant),
            Field("uptime_seconds", .integer, unit: "seconds"),
            Field("role", .string, "yours"),
            Field("as_of_mode", .string, "`clock`, `data` or a fixed day"),
            Field(
                "counts",
                .object([
                    Field("customers", .integer), Field("transactions", .integer), Field("events", .integer),
                    Field("tickets", .integer), Field("surveys", .integer),
                ]), "accepted records up to the as-of day"),
            .feeds,
            Field(
                "stages",
                .objects([
                    Field("name", .string, "such as `intake`, `refresh`, `publish`"),
                    Field("state", .choice(of: StageState.self), "`waiting`: it is due"),
                    Field("last_run", .instant.orNull),
                    Field("last_duration_ms", .integer.orNull, unit: "milliseconds"),
                    Field("next_run", .instant.orNull), Field("detail", .string.orNull, "what went wrong"),
                ]), "what is done in the background"),
            Field(
                "inbox",
                .object([
                    Field("pending", .integer.orNull, "files that wait; null while what is stored is being read"),
                    Field("loaded", .integer.orNull, "drops that ended so"),
                    Field("failed", .integer.orNull, "drops that were refused"),
                    Field("duplicates", .integer.orNull, "drops that came before"),
                    Field("settled", .boolean, "whether everything delivered so far is in the answers"),
                    Field(
                        "blocked", .string.orNull,
                        "why nothing is loaded at the moment, such as a full disk; it goes on by itself"),
                ])),
            Field(
                "progress",
                .object([
                    Field("drop_id", .integer), Field("category", .choice(of: DropCategory.self)),
                    Field("file", .string), Field("bytes_done", .integer, unit: "bytes"),
                    Field("bytes_total", .integer, unit: "bytes"), Field("rows", .integer),
                    Field("started_at", .instant),
                    Field(
                        "phase", .choice(of: LoadPhase.self),
                        "`verify`: an original is compared with the ledger, before a rebuild"),
                ]).orNull, "the load that runs"),
            Field(
                "problems", .array(.string),
                "what needs attention, such as a full disk, a file that cannot be used, or data that does not "
                    + "tell who has "
                    + "logged in"),
            Field(
                "settings",
                .object([
                    Field(
                        "waiting_for_restart", .array(.string),
                        "keys of `aurad.yaml` whose new values come into force with a restart"),
                    Field(
                        "without_effect", .array(.string),
                        "keys that were given a value and change nothing in this version"),
                ])),
            Field(
                "models",
                .object([
                    Field(
                        "forecast",
                        .object([
                            Field("as_of", .day), Field("snapshot", .string), Field("made_at", .instant),
                            Field("series", .integer), Field("customers", .integer),
                            Field("refitted", .integer, "series of the last pass that had changed"),
                            Field("duration_ms", .integer, unit: "milliseconds"),
                        ]), when: "once forecasts are kept"),
                    Field(
                        "churn",
                        .object([
                            Field("state", .choice(["model", "rules"]), "`rules` while no model is in force"),
                            Field("version", .string.orNull),
                            Field("choice", .choice(["automatic", "operator"]), "who decides what is in force"),
                            Field("problem", .string.orNull, "which file of the models cannot be used, and why"),
                            Field("training", .boolean, "whether one is running"),
                            Field("statement", .string.orNull, "the latest decision in words"),
                        ])),
                ]), "a member per kind of model that is kept"),
            Field(
                "history",
                .object([
                    Field("days", .integer, "days that are made"), Field("wanted", .integer, "days that are to be"),
                    Field("first", .day.orNull), Field("last", .day.orNull), Field("points", .integer),
                    Field("memory_bytes", .integer, unit: "bytes"),
                ]).orNull, "the past of the clients' health; null where none is kept"),
            Field("memory_bytes", .integer, unit: "bytes", "resident memory"),
            Field(
                "gold_db",
                .object([
                    Field("snapshot", .string.orNull, "what `gold.db` holds"),
                    Field("behind", .boolean, "whether that is older than the answers"),
                ])),
        ])

    public static let systemWhoami = Endpoint(
        "system.whoami", "who is asking",
        about:
            "Who the daemon takes you for, and what you may do: after `behalf` and `context.user_role`, as any other "
            + "method would answer.",
        permission: .read, day: .refused, work: .immediate, answersBeforeReady: true, envelope: .none,
        result: [
            Field(
                "person", .string,
                "by the name in `people:`, else the name of the user, else its number; of the gateway's: whom it asks for"
            ),
            Field("role", .choice(of: Role.self), "what the request is answered under"),
            Field("permissions", .array(.choice(of: Permission.self)), "what that and `roles:` allow"),
            Field("owner", .array(.string), "the names under which the person owns clients: what `owner: me` means"),
            Field("owner_unknown", .array(.string), "those of them that no client has"),
            Field("team", .string.orNull),
            Field("uid", .integer, "of the process that asks, as the kernel knows it"),
            Field("user", .string.orNull, "its name; null where the machine has none for it"),
            Field(
                "on_behalf_of", .string.orNull,
                "the person that the gateway asks for; null for whoever asks for oneself"),
        ])

    public static let systemRefresh = Endpoint(
        "system.refresh", "the pipeline to run now",
        about: "Lists the inbox, loads what waits and works the figures out anew, now.", permission: .administer,
        day: .refused, timeLimitSeconds: 3600,
        parameters: [
            Parameter(
                "wait", .boolean(default: false),
                "answer when it is done rather than at once; may take as long as loading takes")
        ], envelope: .dataOrNull,
        result: [
            Field("state", .choice(["requested", "done"]), "`done` with `wait`"),
            Field("duration_ms", .integer, unit: "milliseconds", "how long the request took"),
        ], errors: [(.unavailable, "the pipeline could not run")],
        remarks: "`as_of` and `snapshot` are those after the refresh with `wait`, else those before it.")

    public static let systemVerify = Endpoint(
        "system.verify", "a check of everything stored",
        about:
            "Checks originals, journal of loads, ledger, databases and figures against each other. Loading and answers "
            + "go on meanwhile.",
        permission: .administer, day: .refused, timeLimitSeconds: 3600,
        parameters: [
            Parameter(
                "whole", .boolean(default: true),
                "read every original and compare its SHA-256; with false the folder of originals is only listed")
        ], envelope: .dataOrNull,
        result: [
            Field("ok", .boolean, "whether all checks passed"),
            Field(
                "checks",
                .objects([
                    Field("name", .string), Field("ok", .boolean), Field("detail", .string, "what was found"),
                ])),
            Field(
                "originals",
                .object([
                    Field("kept", .integer, "originals that the ledger needs"),
                    Field("checked", .integer, "how many of them were read"),
                    Field("bytes", .integer, unit: "bytes", "of those"),
                    Field("damaged", .objects(originalFields)), Field("missing", .objects(originalFields)),
                    Field("unknown", .array(.string), "files in the folder that no loaded drop explains"),
                ])),
        ], errors: [(.unavailable, "the originals cannot be listed")])

    private static let originalFields = [
        Field("drop_id", .integer), Field("sha256", .string, "what it should have"),
        Field("file", .string.orNull, "the name it was delivered under"), Field("detail", .string),
    ]

    public static let systemMetrics = Endpoint(
        "system.metrics", "counters for monitoring", permission: .read, day: .refused, envelope: .none,
        result: [Field("text", .string, "in the text format of Prometheus")])
}
