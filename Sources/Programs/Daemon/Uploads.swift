import Answers
import Contract
import Dispatch
import Inbox
import Locks
import Pipeline
import Records

/// Files that come over the socket, piece by piece. A piece lands in a file in the folder of uploads; the last one makes
/// it a drop. What a connection leaves unfinished goes with it.
final class Uploads: Sendable {
    /// One request's share of a file.
    struct Part: Sendable {
        var category: Category
        var file: String
        var sourceType: String?
        var content: [UInt8]
        var upload: String?
        var offset: Int
        var isLast: Bool

        init(_ parameters: Parameters) throws(Problem) {
            category = parameters.choice("category", Category.self) ?? .demographics
            file = Part.safeName(parameters.text("file") ?? "upload")
            sourceType = parameters.text("source_type")
            let text = parameters.text("content")
            let base64 = parameters.text("content_base64")
            switch (text, base64) {
            case (let text?, nil): content = Array(text.utf8)
            case (nil, let base64?):
                guard let bytes = Base64Text.decode(base64) else {
                    throw Problem(.invalidParams, "parameter \"content_base64\" is no Base64")
                }
                content = bytes
            case (nil, nil): content = []
            case (_?, _?):
                throw Problem(
                    .invalidParams, "both \"content\" and \"content_base64\" are given", hint: "give one of them")
            }
            upload = parameters.text("upload")
            offset = parameters.requiredInteger("offset")
            // A single request holds a whole file unless it says otherwise.
            isLast = parameters.flag("last")
        }

        /// The last component of a path, without what a file name cannot hold, of a bounded length.
        private static func safeName(_ name: String) -> String {
            let last = name.split(separator: "/").last.map(String.init) ?? "upload"
            let cleaned = String(
                String.UnicodeScalarView(last.unicodeScalars.filter { $0.value >= 32 && $0.value != 127 }))
            var kept = ""
            for character in cleaned {
                if kept.utf8.count + character.utf8.count > 160 { break }
                kept.append(character)
            }
            return kept.isEmpty || kept == "." || kept == ".." ? "upload" : kept
        }
    }

    struct Complete {
        var file: FileName
        var shown: String
        var sha256: ContentHash
        var category: Category
        var sourceType: String?
    }

    enum Outcome {
        case more(upload: String, bytes: Int)
        case complete(Complete)
    }

    private struct Open: Sendable {
        var file: UploadFile
        var shown: String
        var category: Category
        var sourceType: String?
        var connection: UInt64
        var person: String
    }

    /// Who sends a piece.
    struct Sender {
        var connection: UInt64
        /// The key of the principal.
        var person: String
        var isAdmin: Bool
    }

    private struct State {
        var next: UInt64
        var open: [String: Open] = [:]
    }

    private let folders: StateFolders
    private let state: Guarded<State>
    private let queue = DispatchQueue(label: "aura.uploads", qos: .utility)
    static let openMax = 64
    /// Of one connection: pieces of several files seldom come mixed.
    static let openPerConnectionMax = 4
    /// Of one person, on however many connections.
    static let openPerPersonMax = 16
    /// Of all, kept for admins.
    static let openKept = 8

    /// Told how much a file needed that found no room.
    private let foundNoRoom: @Sendable (_ bytes: Int) -> Void

    /// - Parameter seed: makes names differ from those of the last run.
    init(folders: StateFolders, seed: UInt64, foundNoRoom: @escaping @Sendable (_ bytes: Int) -> Void = { _ in }) {
        self.folders = folders
        self.foundNoRoom = foundNoRoom
        state = Guarded(State(next: seed))
    }

    func add(_ part: Part, from sender: Sender) throws(Problem) -> Outcome {
        let (id, open) = try state.withLock { state throws(Problem) in
            try Uploads.open(part, from: sender, folders: folders, &state)
        }
        // The requests of a connection come one after the other, so nobody else writes to its files.
        do {
            let bytes = try open.file.append(part.content)
            guard part.isLast else { return .more(upload: id, bytes: bytes) }
            let hash = try open.file.finish()
            state.withLock { $0.open[id] = nil }
            return .complete(
                Complete(
                    file: open.file.name, shown: open.shown, sha256: hash, category: open.category,
                    sourceType: open.sourceType))
        } catch {
            let bytes = open.file.bytes + part.content.count
            state.withLock { $0.open[id] = nil }
            open.file.discard()
            if Uploads.isDiskFull(error) { foundNoRoom(bytes) }
            throw Uploads.problem(error)
        }
    }

    /// Forgets what a connection has left incomplete. In the background, because the files of others may be on their way
    /// to the disk meanwhile, and whoever closes a connection does not wait for that.
    func discardSoon(of connection: UInt64) {
        queue.async { [self] in discard(of: connection) }
    }

    /// Waits until what was to be forgotten is.
    func finish() { queue.sync {} }

    private func discard(of connection: UInt64) {
        state.withLock { state in
            for (id, open) in state.open where open.connection == connection {
                open.file.discard()
                state.open[id] = nil
            }
        }
    }

    /// The file that a piece belongs to: begun before, or begun now.
    private static func open(
        _ part: Part, from sender: Sender, folders: StateFolders, _ state: inout State
    ) throws(Problem) -> (id: String, open: Open) {
        if let id = part.upload {
            guard let open = state.open[id], open.connection == sender.connection, open.person == sender.person
            else {
                throw Problem(
                    .notFound, "no upload \"\(id.excerpt)\" on this connection",
                    hint: "start again without \"upload\"")
            }
            guard open.category == part.category else {
                throw Problem(
                    .invalidParams,
                    "the upload was begun as \(open.category.rawValue), the piece says \(part.category.rawValue)",
                    hint: "name the same \"category\" with every piece")
            }
            guard open.file.bytes == part.offset else {
                throw Problem(
                    .conflict, "the upload has \(open.file.bytes) bytes, the piece starts at \(part.offset)",
                    hint: "send the pieces in their order")
            }
            return (id, open)
        }
        guard state.open.values.count(where: { $0.connection == sender.connection }) < openPerConnectionMax else {
            throw Problem(
                .overloaded, "\(openPerConnectionMax) uploads of this connection are under way",
                hint: "finish one of them first")
        }
        guard state.open.values.count(where: { $0.person == sender.person }) < openPerPersonMax else {
            throw Problem(
                .overloaded, "\(openPerPersonMax) uploads of yours are under way",
                hint: "finish one of them first")
        }
        guard state.open.count < (sender.isAdmin ? openMax : openMax - openKept) else {
            throw Problem(
                .overloaded, "\(state.open.count) uploads are under way", hint: "try again in a moment")
        }
        state.next &+= 1
        let id = String(state.next, radix: 36)
        guard let name = FileName(UploadName.hidden(number: state.next, shown: part.file)) else {
            throw Problem(.invalidParams, "parameter \"file\" is no file name")
        }
        do {
            let open = Open(
                file: try UploadFile(name, in: folders), shown: part.file, category: part.category,
                sourceType: part.sourceType, connection: sender.connection, person: sender.person)
            state.open[id] = open
            return (id, open)
        } catch {
            throw problem(error)
        }
    }

    private static func isDiskFull(_ error: any Error) -> Bool {
        switch error {
        case UploadFile.Failure.file(let error): error.code == .noSpace
        case let error as FileError: error.code == .noSpace
        default: false
        }
    }

    /// What whoever delivers a file is told when there is no room for it.
    static let noRoom = Problem(
        .unavailable, "the daemon's disk is full, and nothing of the file was kept", hint: "make room and try again"
    ).passing

    private static func problem(_ error: any Error) -> Problem {
        switch error {
        case UploadFile.Failure.file(let error): problem(error)
        case let error as UploadFile.Failure:
            Problem(.unavailable, error.description, hint: "send the file again")
        case let error as FileError where error.code == .noSpace:
            noRoom
        case let error as FileError:
            Problem(.unavailable, "the upload could not be written: \(error.logDescription)")
        default: Problem(.internalError, "the upload came to nothing")
        }
    }
}
