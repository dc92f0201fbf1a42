internal import Glibc

/// What the service manager says of the daemon: why nobody answers on its usual socket.
struct ServiceState {
    /// The properties `systemctl show` prints, by name.
    private let properties: [String: String]

    /// Reads lines of `NAME=VALUE`.
    init(_ text: String) {
        var properties: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let separator = line.firstIndex(of: "=") else { continue }
            properties[String(line[..<separator])] = String(line[line.index(after: separator)...])
        }
        self.properties = properties
    }

    /// Asks the service manager; nil where there is none, or it does not answer.
    static func ask() -> ServiceState? {
        // The mark of a machine that systemd has booted, see sd_booted(3).
        guard access("/run/systemd/system", F_OK) == 0,
            let pipe = popen(
                "timeout 2 systemctl show aurad.service --property=LoadState,ActiveState,Result 2>/dev/null", "r")
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = fread(&bytes, 1, bytes.count, pipe)
        guard pclose(pipe) == 0 else { return nil }
        return ServiceState(String(decoding: bytes[..<count], as: UTF8.self))
    }

    /// What is wrong and what to do; nil when the service manager does not say anything that helps.
    var hint: String? {
        if properties["LoadState"] == "not-found" {
            return "the service aurad is not installed on this machine; name another socket with --socket PATH"
        }
        switch properties["ActiveState"] {
        case "failed":
            let result = properties["Result"].map { $0.isEmpty || $0 == "success" ? "" : " (\($0))" } ?? ""
            return "the service aurad has failed\(result); \"journalctl -u aurad -n 50\" says why"
        case "inactive":
            return "the service aurad is stopped; \"systemctl start aurad\" starts it"
        case "activating":
            return "the service aurad is starting; try again in a moment"
        case "deactivating":
            return "the service aurad is stopping; \"systemctl start aurad\" starts it again"
        case "active":
            return "the service aurad runs, but not on this socket; \"systemctl status aurad\" shows with which options"
        default:
            return nil
        }
    }
}
