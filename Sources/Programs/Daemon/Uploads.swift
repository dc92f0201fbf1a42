import Answers
import Contract
import Dispatch
import Glibc
import Inbox
import Locks
import Pipeline
import Records

/// Files that come over the socket, piece by piece. A piece lands in a hidden file in its inbox; the last one makes it
/// a
/// drop. What a connection leaves unfinished goes with it.
final class Uploads: Sendable {
    /// One request's share of a file.
    struct Part {
        var category: Category
        var file: String
        var sourceType: String?
        var content: [UInt8]
        var upload: String?
        var offset: Int
        var isLast: Bool

        enum SourceType: String, CaseIterable {
            case csv
            case crm
            case api
        }

        init(_ parameters: inout Parameters) throws(Problem) {
            guard let category = try parameters.choice("category", Category.self) else {
                throw Problem(
                    .invalidParams, "parameter \"category\" is missing",
                    hint: "expected one of \(Category.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            self.category = category
            file = Part.safeName(try parameters.text("file", bytesMax: 4096) ?? "upload")
            sourceType = try parameters.choice("source_type", SourceType.self)?.rawValue
            let text = try parameters.content("content")
            let base64 = try parameters.content("content_base64")
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
            upload = try parameters.text("upload")
            offset = try parameters.integer("offset", in: 0...Int.max) ?? 0
            // A single request holds a whole file unless it says otherwise.
            isLast = true
            if let last = try parameters.optionalFlag("last") { isLast = last }
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
        var path: String
        var hidden: FileName
        var shown: String
        var category: Category
        var sourceType: String?
    }

    enum Outcome {
        case more(upload: String, bytes: Int)
        case complete(Complete)
    }

    private struct Open {
        var descriptor: Int32
        var path: String
        var hidden: FileName
        var shown: String
        var category: Category
        var sourceType: String?
        var bytes: Int
        var connection: UInt64
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

    /// - Parameter seed: makes names differ from those of the last run.
    init(folders: StateFolders, seed: UInt64) {
        self.folders = folders
        state = Guarded(State(next: seed))
    }

    func add(_ part: Part, connection: UInt64) throws(Problem) -> Outcome {
        let result: Result<Outcome, Problem> = state.withLock { state in
            do throws(Problem) {
                return .success(try Uploads.add(part, connection: connection, folders: folders, &state))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
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
                close(open.descriptor)
                unlink(open.path)
                state.open[id] = nil
            }
        }
    }

    private static func add(
        _ part: Part, connection: UInt64, folders: StateFolders, _ state: inout State
    ) throws(Problem) -> Outcome {
        let id: String
        if let known = part.upload {
            guard let open = state.open[known], open.connection == connection else {
                throw Problem(
                    .notFound, "no upload \"\(known.excerpt)\" on this connection",
                    hint: "start again without \"upload\"")
            }
            guard open.bytes == part.offset else {
                throw Problem(
                    .conflict, "the upload has \(open.bytes) bytes, the piece starts at \(part.offset)",
                    hint: "send the pieces in their order")
            }
            id = known
        } else {
            guard state.open.values.count(where: { $0.connection == connection }) < openPerConnectionMax else {
                throw Problem(
                    .overloaded, "\(openPerConnectionMax) uploads of this connection are under way",
                    hint: "finish one of them first")
            }
            guard state.open.count < openMax else {
                throw Problem(.overloaded, "\(openMax) uploads are under way", hint: "try again in a moment")
            }
            id = try begin(part, connection: connection, folders: folders, &state)
        }
        guard var open = state.open[id] else { throw Problem(.internalError, "the upload is gone") }
        do throws(Problem) {
            try write(part.content, open)
        } catch {
            close(open.descriptor)
            unlink(open.path)
            state.open[id] = nil
            throw error
        }
        open.bytes += part.content.count
        state.open[id] = open
        guard part.isLast else { return .more(upload: id, bytes: open.bytes) }
        state.open[id] = nil
        let synced = fsync(open.descriptor)
        close(open.descriptor)
        guard synced == 0 else {
            unlink(open.path)
            throw failure(errno)
        }
        return .complete(
            Complete(
                path: open.path, hidden: open.hidden, shown: open.shown, category: open.category,
                sourceType: open.sourceType))
    }

    private static func begin(
        _ part: Part, connection: UInt64, folders: StateFolders, _ state: inout State
    ) throws(Problem) -> String {
        state.next &+= 1
        let name = UploadName.hidden(number: state.next, shown: part.file)
        guard let hidden = FileName(name) else { throw Problem(.invalidParams, "parameter \"file\" is no file name") }
        let path = "\(folders.inboxPath(part.category))/\(name)"
        let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(errno) }
        let id = String(state.next, radix: 36)
        state.open[id] = Open(
            descriptor: descriptor, path: path, hidden: hidden, shown: part.file, category: part.category,
            sourceType: part.sourceType, bytes: 0, connection: connection)
        return id
    }

    private static func write(_ bytes: [UInt8], _ open: Open) throws(Problem) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { buffer in
                Glibc.write(open.descriptor, buffer.baseAddress.map { $0 + offset }, buffer.count - offset)
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw failure(errno)
            }
            offset += written
        }
    }

    private static func failure(_ number: Int32) -> Problem {
        number == ENOSPC || number == EDQUOT
            ? Problem(.unavailable, "the daemon's disk is full", hint: "make room and try again")
            : Problem(.unavailable, "the upload could not be written: \(String(cString: strerror(number)))")
    }
}
