import CSystemd
import Glibc

/// A socket that the service manager opened and passed on (sd_listen_fds(3)).
public struct ListenDescriptor: Sendable, Hashable {
    /// The open descriptor; whoever takes it closes it.
    public let descriptor: Int32
    /// `FileDescriptorName=` of the socket unit; `unknown` when it names none.
    public let name: String

    /// The descriptors passed to this process, in their order; none when it was started without. Marks them to be
    /// closed when another program is started. The environment stays as it is, so the answer is always the same.
    public static func all() throws(ListenDescriptorError) -> [ListenDescriptor] {
        var names: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
        let count = sd_listen_fds_with_names(0, &names)
        guard count >= 0 else { throw .notReadable(.errno(-count)) }
        defer {
            for index in 0..<Int(count) { free(names?[index]) }
            free(names)
        }
        return (0..<Int(count)).map { index in
            ListenDescriptor(
                descriptor: SD_LISTEN_FDS_START + Int32(index),
                name: names?[index].map { String(cString: $0) } ?? "unknown")
        }
    }

    /// Whether it is a Unix stream socket that accepts connections: what the daemon can serve on.
    public var isUnixStreamListener: Bool {
        sd_is_socket_unix(descriptor, Int32(SOCK_STREAM.rawValue), 1, nil, 0) > 0
    }
}

/// Why the sockets passed by the service manager could not be taken.
public enum ListenDescriptorError: Error, Sendable, Equatable, CustomStringConvertible {
    case notReadable(ErrorCode)

    public var description: String {
        switch self {
        case .notReadable(let code):
            "could not take the sockets passed by the service manager: \(code); "
                + "check LISTEN_FDS in the environment, or give --socket and start without the socket unit"
        }
    }
}
