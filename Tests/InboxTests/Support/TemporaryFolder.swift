import Glibc
import Testing

@testable import Inbox

/// A folder of a test's own, removed with all that is in it when the test lets go of it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var template = Array("\(base)/aura-inbox-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { $0.baseAddress.flatMap { mkdtemp($0) } != nil }
        try #require(made, "no temporary folder")
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(path, 0o755)
    }

    deinit { TemporaryFolder.removeAll(path) }

    private static func removeAll(_ path: String) {
        if let folder = try? Folder(path: path), let names = try? folder.names() {
            for name in names {
                guard let status = try? folder.status(of: name) else { continue }
                if status.kind == .folder {
                    removeAll(folder.path(of: name))
                }
                _ = name.call { unlinkat(folder.descriptor.number, $0, status.kind == .folder ? AT_REMOVEDIR : 0) }
            }
        }
        rmdir(path)
    }

    /// How many descriptors of this process point into the folder.
    var openDescriptorCount: Int { Descriptors.count { $0.hasPrefix(path + "/") || $0 == path } }
}

enum Descriptors {
    /// How many open descriptors lead to something whose description passes `isIncluded`.
    static func count(where isIncluded: (String) -> Bool) -> Int {
        guard let folder = try? Folder(path: "/proc/self/fd"), let names = try? folder.names() else { return -1 }
        return names.count { name in
            var target = [UInt8](repeating: 0, count: 4096)
            let length = target.withUnsafeMutableBytes { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    text.baseAddress.map { start in
                        name.call { Int32(readlinkat(folder.descriptor.number, $0, start, text.count)) }
                    } ?? 0
                }
            }
            return length > 0 && isIncluded(String(decoding: target.prefix(Int(length)), as: UTF8.self))
        }
    }
}

extension Descriptors {
    /// How many inotify queues of this process watch a folder; others are those of tests that run at the same time.
    static func watching(_ folder: String) throws -> Int {
        var status = stat()
        try #require(stat(folder, &status) == 0, "could not look at \(folder): \(errno)")
        let watch = " ino:\(String(status.st_ino, radix: 16)) "
        let names = try Folder(path: "/proc/self/fdinfo").names()
        return names.count { name in
            let file = Descriptor(owning: open("/proc/self/fdinfo/\(name)", O_RDONLY | O_CLOEXEC))
            // A descriptor may be closed between the listing and the look.
            guard file.number >= 0 else { return false }
            var information = [UInt8](repeating: 0, count: 1 << 16)
            let length = information.withUnsafeMutableBytes { Glibc.read(file.number, $0.baseAddress, $0.count) }
            return String(decoding: information.prefix(max(0, length)), as: UTF8.self).split(separator: "\n").contains {
                $0.hasPrefix("inotify ") && $0.contains(watch)
            }
        }
    }
}

/// Plain file operations, for playing the client or the operator.
enum Files {
    static func write(_ path: String, _ bytes: [UInt8], permissions: UInt32 = 0o644) throws {
        let file = Descriptor(owning: open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, permissions))
        try #require(file.number >= 0, "could not make \(path): \(errno)")
        try file.write(bytes, path: path)
    }

    static func write(_ path: String, _ text: String) throws { try write(path, Array(text.utf8)) }

    static func read(_ path: String) throws -> [UInt8] {
        let file = Descriptor(owning: open(path, O_RDONLY | O_CLOEXEC))
        try #require(file.number >= 0, "could not open \(path): \(errno)")
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = block.withUnsafeMutableBytes { Glibc.read(file.number, $0.baseAddress, $0.count) }
            if count <= 0 { return bytes }
            bytes += block.prefix(count)
        }
    }

    static func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    static func permissions(_ path: String) -> UInt32 {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
    }

    /// The names in a folder that do not start with a point, sorted.
    static func names(_ path: String) throws -> [String] {
        try Folder(path: path).names().map(\.description).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// All names in a folder, sorted.
    static func allNames(_ path: String) throws -> [String] {
        try Folder(path: path).names().map(\.description).sorted()
    }

    /// Sets the time of the last change to so many seconds before now.
    static func age(_ path: String, seconds: Int) {
        let time = timespec(MachineClock.wall - Int64(seconds) * 1_000_000_000)
        let times = [time, time]
        utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW)
    }
}

/// SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// Eight at a time: the tests make megabytes, without an optimiser.
    mutating func bytes(_ count: Int, in range: ClosedRange<UInt8> = 0...255) -> [UInt8] {
        let (first, size) = (UInt64(range.lowerBound), UInt64(range.count))
        return [UInt8](unsafeUninitializedCapacity: count + 8) { buffer, filled in
            var index = 0
            while index < count {
                let word = next()
                var shift: UInt64 = 0
                while shift < 64 {
                    buffer[index] = UInt8(truncatingIfNeeded: first &+ ((word >> shift) & 255) % size)
                    index &+= 1
                    shift &+= 8
                }
            }
            filled = count
        }
    }
}
