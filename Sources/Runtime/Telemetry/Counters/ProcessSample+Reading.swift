import Glibc

extension ProcessSample {
    /// Reads the figures of this process from the kernel.
    public static func current() -> ProcessSample {
        var sample = ProcessSample()
        if let stat = contents("/proc/self/stat") {
            sample = ProcessSample(
                stat: stat, systemStat: contents("/proc/stat"), ticksPerSecond: Int64(sysconf(Int32(_SC_CLK_TCK))),
                pageBytes: Int64(sysconf(Int32(_SC_PAGESIZE))))
        }
        sample.openDescriptors = openDescriptors()
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            sample.maxDescriptors = Int64(clamping: limit.rlim_cur)
        }
        return sample
    }

    /// A file of the kernel, whose size is not known before it is read.
    private static func contents(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return nil }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += buffer[..<count]
        }
    }

    /// The entries of the folder of open descriptors, without the one that reads it.
    private static func openDescriptors() -> Int64? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count: Int64 = 0
        while let entry = readdir(folder) {
            // 0x2E is the full stop of "." and ".."; descriptors are digits.
            if entry.pointee.d_name.0 != 0x2E { count += 1 }
        }
        return count - 1
    }
}
