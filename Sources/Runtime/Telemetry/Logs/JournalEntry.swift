import Glibc

/// An entry as the fields the journal stores: `NAME=value` byte strings in one buffer.
struct JournalEntry: Sendable {
    private(set) var bytes: [UInt8] = []
    private(set) var ranges: [Range<Int>] = []

    /// - Parameter identifier: what `journalctl -t` finds.
    init(_ record: LogRecord, identifier: String) {
        bytes.reserveCapacity(512)
        append("PRIORITY", String(SyslogPriority(record.level).rawValue))
        // The journal's reader hides a message with control characters as binary.
        append("MESSAGE", TextSafety.escaped(record.message, keepsLineFeeds: true))
        append("SYSLOG_IDENTIFIER", identifier)
        append("CODE_FILE", record.file)
        append("CODE_LINE", String(record.line))
        append("CODE_FUNC", record.function)
        append("AURA_LOGGER", record.label)
        if let kind = record.kind {
            append("MESSAGE_ID", kind.messageID)
            append("AURA_EVENT", kind.rawValue)
        }
        for field in record.fields {
            append(field.journalName, field.value)
        }
    }

    private mutating func append(_ name: String, _ value: String) {
        let start = bytes.count
        bytes += name.utf8
        bytes.append(UInt8(ascii: "="))
        bytes += value.utf8
        ranges.append(start..<bytes.count)
    }

    /// Lends the fields in the form the system's calls take; the pointers are valid inside `body` alone.
    func withVectors<Result>(_ body: (UnsafePointer<iovec>, Int32) -> Result) -> Result {
        bytes.withUnsafeBytes { buffer in
            let vectors = ranges.map { range in
                let field = UnsafeRawBufferPointer(rebasing: buffer[range])
                return iovec(iov_base: UnsafeMutableRawPointer(mutating: field.baseAddress), iov_len: field.count)
            }
            return vectors.withUnsafeBufferPointer { vectors in
                // There are always fields, so there always is an address.
                guard let base = vectors.baseAddress else { preconditionFailure("a journal entry has fields") }
                return body(base, Int32(vectors.count))
            }
        }
    }
}
