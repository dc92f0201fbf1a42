import Glibc
import Outlook
import Records

/// The file under `models/` that base forecasts are kept in from one start to the next. It is replaced as a whole: a
/// crash leaves the old one or the new one.
struct ForecastFile: Sendable {
    let folder: String
    var path: String { "\(folder)/forecasts.afba" }

    struct Failure: Error, CustomStringConvertible {
        var description: String
        var number: Int32

        init(_ what: String, _ path: String, errorNumber: Int32) {
            description = "\(what) \(path): \(String(cString: strerror(errorNumber)))"
            number = errorNumber
        }
    }

    /// Nil when there is no file.
    func read() throws -> [ForecastKey: PackedBaseForecast]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        if descriptor < 0 {
            if errno == ENOENT { return nil }
            throw Failure("read", path, errorNumber: errno)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw Failure("read", path, errorNumber: errno) }
        var bytes = [UInt8](repeating: 0, count: max(0, Int(status.st_size)))
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Failure("read", path, errorNumber: count < 0 ? errno : EIO) }
            done += count
        }
        return try ForecastArchive.decoded(bytes)
    }

    func write(_ entries: [ForecastKey: PackedBaseForecast]) throws {
        if mkdir(folder, 0o700) != 0, errno != EEXIST { throw Failure("make", folder, errorNumber: errno) }
        let bytes = ForecastArchive.encoded(entries)
        let temporary = "\(path).part"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Failure("write", temporary, errorNumber: errno) }
        defer { close(descriptor) }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = Failure("write", temporary, errorNumber: errno)
                unlink(temporary)
                throw failure
            }
            done += count
        }
        guard fsync(descriptor) == 0 else { throw Failure("write", temporary, errorNumber: errno) }
        guard rename(temporary, path) == 0 else { throw Failure("write", path, errorNumber: errno) }
    }
}
