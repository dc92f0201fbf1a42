internal import Glibc

/// A file that is read from front to back in chunks, or the standard input.
final class InputFile {
    /// The name it goes by in the ledger: without its folders.
    let name: String
    /// Its size when it is known.
    let bytesTotal: Int?
    private let descriptor: Int32
    private let closes: Bool
    private let path: String

    init(_ path: String, standardInput: Int32) throws(CommandFailure) {
        self.path = path
        if path == "-" {
            name = "stdin"
            descriptor = standardInput
            closes = false
            bytesTotal = nil
            return
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        closes = true
        guard descriptor >= 0 else {
            throw CommandFailure(
                .noInput, "could not open \"\(path)\": \(SystemFailure.last.text)",
                hint: "check the name and the permissions")
        }
        var status = stat()
        let isKnown = fstat(descriptor, &status) == 0
        if isKnown, status.st_mode & S_IFMT == S_IFDIR {
            close(descriptor)
            throw CommandFailure(.noInput, "\"\(path)\" is a folder", hint: "name the files in it")
        }
        bytesTotal = isKnown && status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
        name = path.split(separator: "/").last.map { String($0) } ?? path
    }

    deinit { if closes, descriptor >= 0 { close(descriptor) } }

    /// The next bytes; fewer than asked for only at the end.
    func read(_ count: Int) throws(CommandFailure) -> [UInt8] {
        do throws(SystemFailure) {
            return try FileBytes.read(descriptor, count: count)
        } catch {
            throw CommandFailure(
                .noInput, "could not read \"\(path)\": \(error.text)", hint: "check the disk and try again")
        }
    }
}
