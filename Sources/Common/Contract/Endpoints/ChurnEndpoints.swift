import Words

/// The churn model: what it says of itself, and orders to it.
public enum ChurnEndpoints {
    public static let all: [Endpoint] = [
        .churnModel, .churnImportance, .churnTrain, .churnUse, .churnExport, .churnImport,
    ]
}

extension Endpoint {
    public static let churnModel = Endpoint(
        "churn.model", "the churn model in force and its report",
        about: "The churn model in force, how it did on rows it had not seen, and how it has held since.",
        permission: .read,
        day: .accepted, envelope: .dataOrNull,
        result: [
            Field("state", .choice(["model", "rules"]), "`rules` while no model is in force"),
            Field("version", .string.orNull, "the name of the model's file"),
            Field(
                "choice", .choice(["automatic", "operator"]),
                "`automatic`: trainings decide what is in force; `operator`: an operator has decided it with "
                    + "`churn.use`, "
                    + "and trainings go on without replacing it"),
            Field("problem", .string.orNull, "which file of the models cannot be used, and why"),
            Field("training", .object([Field("running_since", .instant)]).orNull, "while one is running"),
            Field(
                "last",
                .object([
                    Field("at", .instant),
                    Field(
                        "outcome",
                        .choice([
                            "taken", "kept", "refused", "failed", "cancelled", "imported", "chosen", "released",
                            "unusable",
                            "drifted", "recentred",
                        ]),
                        "`kept`: the model in force stayed; `refused`: too little data; `chosen` by an operator; "
                            + "`released`: an operator took a choice back; `unusable`: the file of the model in "
                            + "force is "
                            + "damaged or cannot be read; `drifted`: a window that is over calls for a "
                            + "challenger, which is "
                            + "being trained, or for another base rate; `recentred`: the model in force got the "
                            + "base rate "
                            + "of a window that is over"), Field("version", .string.orNull),
                    Field("data_day", .day.orNull), Field("statement", .string, "why, in words"),
                ]).orNull, "the latest decision"), Field("model", .object(modelFields).orNull),
            Field(
                "challenge",
                .object([
                    Field("taken", .boolean), Field("statement", .string), Field("rows", .integer.orNull),
                    Field("improvement", .number.orNull, "fall of the log loss per row"),
                    Field("standard_error", .number.orNull), Field("champion_auc", .number.orNull),
                    Field("challenger_auc", .number.orNull),
                ]).orNull, "the latest test of a new model against the one in force"),
            Field("drift", .object(driftFields).orNull), .riskRecord,
            Field("versions", .array(.string), "all that are kept"),
        ],
        remarks: "The measures of `chosen`, `logistic`, `trees`, `rules` and `last_seen` are on the same rows.")

    private static let modelFields = [
        Field("kind", .string, "`boosted trees`, `logistic regression`"), Field("label", .string),
        Field("horizon_days", .integer, unit: "days"), Field("population", .string, "in words"),
        Field("trained_at", .day, "the last of the data"), Field("rows", .integer), Field("positives", .integer),
        Field("customers", .integer), Field("first_snapshot", .day), Field("last_snapshot", .day),
        Field("features", .integer), Field("left_out", .array(.string), "columns with the reason"),
        Field("program", .string, "the version that trained it"), Field("data_fingerprint", .string),
        Field("choice", .string, "why this kind, in words"), Field("verdict", .string, "why it may rank, in words"),
        Field(
            "validation",
            .object([
                Field("statement", .string, "which rows, in words"), Field("chosen", .object(measures + curves).orNull),
                Field("logistic", .object(measures).orNull), Field("trees", .object(measures).orNull),
                Field("rules", .object([auc, Field("lift_top_tenth", .number.orNull)]).orNull),
                Field(
                    "last_seen", .object([auc, Field("lift_top_tenth", .number.orNull)]).orNull,
                    "the simplest rival on the same rows: days since a client was last seen"),
            ])),
    ]

    private static let auc = Field(
        "auc", .object([Field("value", .number), Field("lower", .number), Field("upper", .number)]).orNull,
        "bounds at 95 %")

    private static let measures = [
        Field("rows", .integer), Field("positives", .integer), auc, Field("average_precision", .number.orNull),
        Field("brier", .number.orNull), Field("log_loss", .number.orNull), Field("calibration_error", .number.orNull),
        Field("observed_over_expected", .number.orNull), Field("lift_top_tenth", .number.orNull),
    ]

    private static let curves = [
        Field(
            "calibration",
            .objects([
                Field("rows", .integer), Field("expected", .fraction), Field("observed", .fraction),
                Field("lower", .fraction), Field("upper", .fraction),
            ]), "from the lowest to the highest probability"),
        Field(
            "lift",
            .objects([
                Field("tenth", .integer, "1…10"), Field("rows", .integer),
                Field("churners", .number, "a fraction where rows of equal score are divided between tenths"),
                Field("lift", .number), Field("cumulative_lift", .number), Field("cumulative_recall", .fraction),
            ]), "from the top"),
    ]

    private static let driftFields = [
        Field("advice", .choice(["keep", "recentre", "retrain"]).orNull),
        Field(
            "windows",
            .objects([
                Field("day", .day), Field("rows", .integer), Field("positives", .integer),
                Field("observed_over_expected", .number.orNull), Field("lower", .number.orNull, "at 95 %"),
                Field("upper", .number.orNull, "at 95 %"), Field("slope", .number.orNull, "1 is right"),
                auc, Field("auc_change", .number.orNull),
                Field("advice", .choice(["keep", "recentre", "retrain", "wait"]), "`wait`: too few churned"),
                Field("statement", .string),
            ]), "completed windows that began after the training"), Field("inputs_day", .day.orNull),
        Field(
            "inputs",
            .objects([
                Field("feature", .string), Field("stability_index", .number, "population stability index"),
                Field("chance_level", .number, "what chance alone reaches"),
                Field("level", .choice(["stable", "moderate", "major"])), Field("missing_then", .fraction),
                Field("missing_now", .fraction),
            ])),
    ]

    public static let churnImportance = Endpoint(
        "churn.importance", "what the churn model leans on",
        about: "What the model leans on: associated with the risk, not its cause.", permission: .read, day: .accepted,
        envelope: .dataOrNull,
        result: [
            Field("version", .string), Field("statement", .string),
            Field(
                "features",
                .objects([
                    Field("feature", .string, "a column of `ai_model_features`"), Field("title", .string),
                    Field("unit", .string), Field("formula", .string),
                    Field("contribution", .number, "mean absolute log-odds"),
                    Field("share", .fraction, "of all contributions"),
                    Field(
                        "auc_drop", .number.orNull,
                        "fall of the AUC when the feature is shuffled among clients not learned from"),
                    Field("auc_drop_spread", .number.orNull, "its standard deviation over the shufflings"),
                ]), "the largest first"),
            Field(
                "correlations",
                .objects([
                    Field("feature", .string), Field("other", .string),
                    Field("coefficient", .number, "rank correlation, −1…1"),
                ]), "pairs that say much the same"),
        ], errors: [(.notReady, "no model is in force; the hint says why")])

    public static let churnTrain = Endpoint(
        "churn.train", "the churn model to be trained",
        about:
            "Trains on the data in force, in the background. The new model is put in force when it ranks better "
            + "than the "
            + "rules and beats the model in force beyond noise. Where an operator has chosen what is in force "
            + "(`churn.use`) it "
            + "is kept back, whatever it is worth.",
        permission: .administer, day: .refused, timeLimitSeconds: 3600,
        parameters: [
            Parameter("wait", .boolean(default: false), "answer when the training has ended"),
            Parameter("cancel", .boolean(default: false), "end the one that runs instead"),
        ], envelope: .dataOrNull,
        result: [
            Field("state", .choice(["requested", "done", "cancelled", "idle"]), "`idle`: there was nothing to cancel"),
            Field("duration_ms", .integer, unit: "milliseconds"),
            Field("outcome", .string.orNull, "as `last` of `churn.model`; null without `wait`, like the next two"),
            Field("version", .string.orNull), Field("statement", .string.orNull),
            Field("in_force", .string.orNull, "the version in force now; null for the rules"),
        ], errors: [(.notReady, "there is no data"), (.timeout, "it takes longer than the daemon waits")])

    public static let churnUse = Endpoint(
        "churn.use", "another version, or the rules, in force",
        about:
            "One of the parameters is given. A version or the rules stay in force, also over a restart, until the next "
            + "`churn.use`.",
        permission: .administer, day: .refused,
        parameters: [
            Parameter("version", .text, "one of `versions` of `churn.model`"),
            Parameter("rules", .boolean(default: false), "no model"),
            Parameter(
                "automatic", .boolean(default: false),
                "trainings decide again; what is in force stays until one comes to something better"),
        ], envelope: .dataOrNull,
        result: [
            Field("state", .choice(["model", "rules"])), Field("version", .string.orNull),
            Field("choice", .choice(["operator", "automatic"])),
        ],
        errors: [(.notFound, "the version is unknown"), (.invalidParams, "the file cannot be used here")])

    public static let churnExport = Endpoint(
        "churn.export", "a model file", permission: .administer, day: .refused,
        parameters: [Parameter("version", .text, fallback: "the one in force", "which")], envelope: .dataOrNull,
        result: [
            Field("version", .string), Field("bytes", .integer, unit: "bytes"),
            Field("content_base64", .string, "the file"),
        ], errors: [(.notFound, "there is no such version")])

    public static let churnImport = Endpoint(
        "churn.import", "a model file to be kept", about: "It is checked and kept, and not put in force.",
        permission: .administer, day: .refused,
        parameters: [Parameter("content_base64", .content, isRequired: true, "a file from `churn.export`")],
        envelope: .dataOrNull,
        result: [Field("version", .string), Field("bytes", .integer, unit: "bytes")],
        errors: [(.invalidParams, "it is no model that can be used here")])
}
