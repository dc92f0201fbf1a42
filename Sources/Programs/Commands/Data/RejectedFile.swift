internal import Contract
internal import TerminalText

/// The rejected rows of a delivery as a file to be mended.
struct RejectedFile {
    let dropID: String
    /// Where it goes; nil for a name made of that of the delivery.
    let path: String?

    func write(_ session: DaemonSession, _ console: Console) throws(CommandFailure) -> ExitStatus {
        var target: OutputFile?
        var rows = 0
        var leftOut = 0
        var category = ""
        var total = 0
        let pages = PagedQuery(
            session: session, endpoint: .dataRejectedFile, parameters: ["drop_id": DropID.value(dropID)])
        try pages.forEachPage(
            { page throws(CommandFailure) in
                guard let bytes = Base64Text.decode(page[at: "content_base64"].stringValue ?? "") else {
                    throw CommandFailure(.internalError, "the daemon has sent no Base64", hint: "report this")
                }
                rows += page[at: "rows"].int ?? 0
                leftOut += page[at: "left_out"].int ?? 0
                total = page[at: "total"].int ?? 0
                category = page[at: "category"].stringValue ?? ""
                guard !bytes.isEmpty else { return }
                if path == "-" {
                    return try console.write(bytes, as: page[at: "format"].stringValue == "csv" ? .csv : .json)
                }
                if target == nil { target = try OutputFile(path ?? Self.name(for: page, dropID: dropID)) }
                try target?.write(bytes)
            },
            // Rows of a drop do not change with the figures.
            onConflict: { () throws(CommandFailure) in .fail })
        guard rows > 0 else {
            throw CommandFailure(
                .failed,
                total == 0 ? "drop \(dropID) has no rejected rows" : "none of the rejected rows can be written",
                hint: "\"aurac drops show \(dropID)\" shows what became of it")
        }
        let number = HumanNumber(console.errorStyle(colorAllowed: false))
        if leftOut > 0 {
            console.complain("\(number.integer(leftOut)) rows are longer than any row may be, and left out")
        }
        guard let target else { return .done }
        try target.finish()
        console.complain(
            "\(number.integer(rows)) rows written to \(target.path); mend them, then: aurac ingest \(target.path) "
                + "--category \(category) --wait")
        return .done
    }

    /// In the current folder, with nothing of the delivered name that a shell or a terminal would stumble over.
    private static func name(for page: Answer, dropID: String) -> String {
        let name = page[at: "file"].stringValue ?? ""
        let stem = name.prefix { $0 != "." }.prefix(60).map { character in
            character.isASCII && (character.isLetter || character.isNumber || "-_".contains(character))
                ? character : "_"
        }
        return "\(stem.isEmpty ? "drop" : String(stem)).rejected-\(dropID).\(page[at: "format"].stringValue ?? "csv")"
    }
}
