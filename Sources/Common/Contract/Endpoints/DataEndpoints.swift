import Words

/// What is handed over, and what became of it.
public enum DataEndpoints {
    public static let all: [Endpoint] = [
        .dataIngest, .dataDrops, .dataRejects, .dataRejectedFile, .dataRemarks, .dataCancel,
    ]
}

extension Endpoint {
    public static let dataIngest = Endpoint(
        "data.ingest", "a file to be loaded",
        about: "Hands a file over, whole or in pieces. Formats: CSV, JSON (an array of objects) or NDJSON, each also "
            + "compressed with gzip.",
        permission: .ingest, day: .refused,
        parameters: [
            Parameter("category", .choice(of: DropCategory.self), isRequired: true, "what the file holds"),
            Parameter(
                "file", .text, fallback: "`\"upload\"`", textBytesMax: 4096,
                "the name to show; the last component of a path is taken, at most 160 bytes"),
            Parameter("source_type", .choice(of: SourceType.self), "where it comes from; recorded"),
            Parameter("content", .content, fallback: "`\"\"`", "the bytes, as text"),
            Parameter("content_base64", .content, "the bytes, as Base64 (RFC 4648 §4); instead of `content`"),
            Parameter("last", .boolean(default: true), "false when more pieces follow"),
            Parameter("upload", .text, "from the second piece on: what the first answer gave"),
            Parameter(
                "offset", .integer(0...Int.max, default: 0), unit: "bytes",
                "how many bytes of the file came before this piece"),
        ], envelope: .none,
        result: [
            Field("upload", .string, when: "more pieces follow", "to send with them"),
            Field("received_bytes", .integer, unit: "bytes", when: "more pieces follow", "of the whole file so far"),
            Field("drop_id", .integer, when: "it was the last piece", "for `data.drops`"),
            Field("category", .choice(of: DropCategory.self), when: "it was the last piece"),
            Field("sha256", .string, when: "it was the last piece", "of the content, 64 hexadecimal digits"),
            Field(
                "state", .choice(of: DropState.self), when: "it was the last piece",
                "usually `queued`: the file is safe on disk, and loaded soon"),
            Field("bytes", .integer, unit: "bytes", when: "it was the last piece", "of the whole file"),
        ],
        errors: [
            (.notFound, "there is no such upload on this connection"),
            (.invalidParams, "a further piece names another `category` than the first"),
            (.conflict, "`offset` is not where the upload stands"),
            (.unavailable, "the disk is full or cannot be written"),
        ],
        remarks: "A file that does not fit a frame (remember that Base64 is a third longer) goes in pieces, all on one "
            + "connection: the first with `last: false`; each further one with `category` again, `upload`, and "
            + "`offset` as "
            + "in `received_bytes` of the answer before; the one without `last: false` completes it. What a connection "
            + "leaves incomplete is forgotten when it closes.")

    public static let dataDrops = Endpoint(
        "data.drops", "what was delivered", about: "What was delivered and what became of it, the latest first.",
        permission: .read, day: .accepted,
        parameters: [
            Parameter("drop_id", .integer(0...Int.max, default: nil), "only this one"),
            Parameter("state", .choice(of: DropState.self), "only those"),
            .limit(1...100_000, default: 10_000, "drops a page"), .cursor,
        ], envelope: .dataOrNull,
        result: [
            Field("drops", .objects(dropFields)), Field("next_cursor", .string.orNull),
            Field("total", .integer, "all drops there are, whatever was asked for"),
            Field("matching", .integer, "drops in the state asked for"), .feeds,
        ], errors: [(.notFound, "there is no such drop")])

    private static let dropFields = [
        Field("drop_id", .integer, "counts up"), Field("file", .string, "the name it was delivered under"),
        Field("category", .choice(of: DropCategory.self)),
        Field("source_type", .string.orNull, "as given to `data.ingest`"),
        Field("bytes", .integer, unit: "bytes", "of the content as it came"),
        Field(
            "sha256", .string.orNull,
            "of the content; null before it has been read, and for roles that are shown no raw rows: who guesses a short "
                + "file could prove it"),
        Field(
            "state", .choice(of: DropState.self),
            "`refused`: nothing of it was taken, see `reason`; `duplicate`: the same content came before, see "
                + "`duplicate_of`"),
        Field("rows", .integer.orNull, "data rows; = `accepted` + `rejected` + `duplicates`"),
        Field("accepted", .integer.orNull, "null before it is loaded, like all counts here"),
        Field("rejected", .integer.orNull), Field("duplicates", .integer.orNull),
        Field("collisions", .integer.orNull, "duplicates whose content differs from the row that counts"),
        Field("updated", .integer.orNull, "accepted rows that changed an earlier record"),
        Field("warnings", .integer.orNull, "optional values that were unreadable and count as unknown"),
        Field("orphans", .integer.orNull, "accepted rows of clients not known yet"), Field("received_at", .instant),
        Field("loaded_at", .instant.orNull), Field("reason", .string.orNull, "why it was refused"),
        Field("duplicate_of", .integer.orNull, "`drop_id` of the first delivery"),
        Field(
            "restored_original", .boolean, when: "of a duplicate",
            "whether it took the place of the original of the first delivery, which was damaged or missing"),
        Field(
            "delivered_by", .string.orNull,
            "the person who sent it, or whose file was put into the inbox: by the name in `people:`, the user's name, or "
                + "`uid:` and the user's number; null where that is not on record"),
        Field(
            "served", .boolean.orNull,
            "whether every answer has its rows (of a duplicate: those of the first delivery); `loaded` alone "
                + "means that "
                + "they are stored, and the figures follow a little later; null where there are none, as it was refused"
        ),
    ]

    public static let dataRejects = Endpoint(
        "data.rejects", "rows that were not accepted",
        about:
            "Rows that were not accepted, the latest drop first, in the order of its lines. Of every drop some 10,000 "
            + "rejected rows are listed one by one, at most eight times the size of the file as it was delivered "
            + "(256 KiB at least, 16 MiB at most). Those after them are told by the stretch: an entry whose `last_line` "
            + "is not null stands for `rows` rejected rows between two lines. Their text is in the file as it was "
            + "delivered.",
        permission: .read, day: .accepted,
        parameters: [
            Parameter("drop_id", .integer(0...Int.max, default: nil), fallback: "all drops", "only those of this one"),
            .limit(1...10_000, default: 100, "entries a page"), .cursor,
        ], envelope: .dataOrNull,
        result: [
            Field(
                "rejects",
                .objects([
                    Field("drop_id", .integer),
                    Field("line", .integer, "on which the row starts, the first line of the file is 1"),
                    Field(
                        "last_line", .integer.orNull,
                        "null for a row that is listed; else the line on which the last row of the stretch starts"),
                    Field("rows", .integer, "how many rejected rows the entry stands for; 1 for one that is listed"),
                    Field(
                        "column", .string.orNull,
                        "null when the row as a whole is unreadable, or rows of a stretch differ in it"),
                    Field("code", .string, "short name of the reason, for programs"),
                    Field("reason", .string, "for people"),
                    Field(
                        "raw", .string.orNull,
                        "the row as it stood in the file, cut after 4 KiB; null for a stretch"),
                ])),
            Field("next_cursor", .string.orNull),
            Field("masked", .boolean, "whether `raw` is null because the role sees no contact data"),
            Field("total", .integer, "rejected rows of the drops asked for, listed or not"),
            Field("listed", .integer.orNull, "how many of them are listed one by one; null without `drop_id`"),
        ], errors: [(.notFound, "there is no such drop")])

    public static let dataRejectedFile = Endpoint(
        "data.rejected_file", "rejected rows as they came, to be mended",
        about:
            "The rejected rows of a drop, byte for byte as they stood in the file, under its own header: mended, they can be "
            + "handed in as a file again. Rows of JSON come as lines of objects. Rows that `data.rejects` tells by the stretch "
            + "are in it too, with what stands among them.",
        permission: .read, day: .accepted, timeLimitSeconds: 300,
        parameters: [
            Parameter("drop_id", .integer(0...Int.max, default: nil), isRequired: true, "as `data.drops` lists it"),
            .cursor,
        ], envelope: .dataOrNull,
        result: [
            Field("category", .choice(of: DropCategory.self)),
            Field("file", .string, "the name it was delivered under"),
            Field("format", .string, "`csv`, with the delimiter of the file, or `ndjson`"),
            Field("content_base64", .string, "the next bytes, as Base64"), Field("rows", .integer, "rows in them"),
            Field(
                "left_out", .integer,
                "rejected rows on the way that are longer than any row may be: they cannot be mended and are not in it"),
            Field("next_cursor", .string.orNull), Field("total", .integer, "rejected rows of the drop"),
        ],
        errors: [
            (.notFound, "there is no such drop, or its original is gone"), (.conflict, "the drop is not loaded"),
            (.forbidden, "the role sees no contact data and does not hand in files"),
        ])

    public static let dataRemarks = Endpoint(
        "data.remarks", "what was noticed of rows that were not rejected",
        about:
            "What was noticed of the rows of a drop that were not rejected: in the order of their lines, some 5,000 one by "
            + "one. An entry whose `last_line` is not null stands for `rows` further rows between two lines. Nothing of the "
            + "rows' text is in it.",
        permission: .read, day: .accepted,
        parameters: [
            Parameter("drop_id", .integer(0...Int.max, default: nil), isRequired: true, "as `data.drops` lists it"),
            .limit(1...10_000, default: 100, "entries a page"), .cursor,
        ], envelope: .dataOrNull,
        result: [
            Field(
                "remarks",
                .objects([
                    Field("line", .integer.orNull, "on which the row starts; null where it is not known any more"),
                    Field("last_line", .integer.orNull, "null for a remark on one row"),
                    Field("rows", .integer, "how many rows the entry stands for"),
                    Field("column", .string.orNull, "null for a remark on the row"),
                    Field("code", .choice(of: RemarkKind.self)), Field("text", .string, "for people"),
                ])),
            Field("next_cursor", .string.orNull), Field("total", .integer, "remarks in all, each on one row"),
            Field(
                "summary",
                .objects([
                    Field("code", .choice(of: RemarkKind.self)), Field("column", .string.orNull),
                    Field("rows", .integer),
                    Field("text", .string, "for people"),
                ]), "how often each is made of each column"),
        ], errors: [(.notFound, "there is no such drop")])

    public static let dataCancel = Endpoint(
        "data.cancel", "a drop not to be loaded",
        about:
            "Ends a drop that waits or is being loaded and that the asker has delivered; administrators end any. Nothing of it is taken: it ends as `refused` with the reason "
            + "\"cancelled on request\", and its file is kept in the quarantine. Answers when that has "
            + "happened, which takes "
            + "as long as the daemon needs to look up from what it is doing.",
        permission: .ingest, day: .refused,
        parameters: [
            Parameter("drop_id", .integer(0...Int.max, default: nil), isRequired: true, "as `data.drops` lists it")
        ], envelope: .dataOrNull,
        result: [
            Field("drop_id", .integer), Field("state", .choice(of: DropState.self), "`refused`"),
            Field("cancelled", .boolean, "true"),
        ],
        errors: [
            (.notFound, "there is no such drop"),
            (.forbidden, "somebody else has delivered it, or it is not on record who has"),
            (
                .conflict,
                "it has come to its end already (loaded, refused or a duplicate), or was put back into the "
                    + "inbox because it "
                    + "was still being written"
            ), (.unavailable, "it could not be ended yet: it will be, unless the daemon is restarted before"),
        ])
}
