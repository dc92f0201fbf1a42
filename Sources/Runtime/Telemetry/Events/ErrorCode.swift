import Glibc

/// The machine-readable name of what went wrong: a word of the code, or a number of the operating system, of SQLite or
/// of the wire protocol. It never carries a message, because messages quote data.
public struct ErrorCode: Sendable, Hashable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// Such as `ENOSPC`, `sqlite_13`, `rpc_-32603`, `header_unknown`.
    public let text: SafeText

    /// A word of the calling module, lower case with underscores: `"header_unknown"`.
    public init(stringLiteral value: StaticString) {
        text = SafeText(stringLiteral: value)
    }

    /// The raw value of a case of a closed enumeration of errors.
    public init<Case: RawRepresentable & CaseIterable>(caseOf value: Case) where Case.RawValue == String {
        text = SafeText(caseOf: value)
    }

    private init(text: SafeText) {
        self.text = text
    }

    /// An error number of the operating system by its symbol, `ENOSPC`; `errno_4711` when it has none here.
    public static func errno(_ number: Int32) -> ErrorCode {
        ErrorCode(text: symbols[number] ?? "errno_\(number)")
    }

    /// A primary or extended result code of SQLite: `sqlite_13`.
    public static func sqlite(_ code: Int32) -> ErrorCode {
        ErrorCode(text: "sqlite_\(code)")
    }

    /// A code of the wire protocol: `rpc_-32603`, `rpc_8`.
    public static func rpc(_ code: Int) -> ErrorCode {
        ErrorCode(text: "rpc_\(code)")
    }

    public var description: String { text.description }

    /// What files, sockets, processes and memory can answer with.
    private static let symbols: [Int32: SafeText] = [
        EPERM: "EPERM", ENOENT: "ENOENT", EINTR: "EINTR", EIO: "EIO", ENXIO: "ENXIO", EBADF: "EBADF",
        ECHILD: "ECHILD", EAGAIN: "EAGAIN", ENOMEM: "ENOMEM", EACCES: "EACCES", EFAULT: "EFAULT", EBUSY: "EBUSY",
        EEXIST: "EEXIST", EXDEV: "EXDEV", ENODEV: "ENODEV", ENOTDIR: "ENOTDIR", EISDIR: "EISDIR", EINVAL: "EINVAL",
        ENFILE: "ENFILE", EMFILE: "EMFILE", ETXTBSY: "ETXTBSY", EFBIG: "EFBIG", ENOSPC: "ENOSPC", EROFS: "EROFS",
        EMLINK: "EMLINK", EPIPE: "EPIPE", ENAMETOOLONG: "ENAMETOOLONG", ENOSYS: "ENOSYS", ENOTEMPTY: "ENOTEMPTY",
        ELOOP: "ELOOP", EPROTO: "EPROTO", EOVERFLOW: "EOVERFLOW", EMSGSIZE: "EMSGSIZE", EOPNOTSUPP: "EOPNOTSUPP",
        EADDRINUSE: "EADDRINUSE", EADDRNOTAVAIL: "EADDRNOTAVAIL", ECONNABORTED: "ECONNABORTED",
        ECONNRESET: "ECONNRESET", ENOBUFS: "ENOBUFS", ENOTCONN: "ENOTCONN", ETIMEDOUT: "ETIMEDOUT",
        ECONNREFUSED: "ECONNREFUSED", ESTALE: "ESTALE", EDQUOT: "EDQUOT", ECANCELED: "ECANCELED",
    ]
}
