import Glibc
import Testing

/// What only root may do on this machine, for tests that need it.
enum Machine {
    /// Not in the C library's Swift module, so looked up by name.
    private static func symbol<Function>(_ name: String, as type: Function.Type) -> Function? {
        guard let address = dlsym(nil, name) else { return nil }
        return unsafeBitCast(address, to: type)
    }

    static let isRoot = geteuid() == 0

    static let canMount: Bool = {
        guard isRoot, let folder = try? TemporaryFolder() else { return false }
        guard mountMemory(folder.path, bytes: 1 << 20) else { return false }
        unmount(folder.path)
        return true
    }()

    /// Mounts a file system in memory. Returns whether that worked.
    static func mountMemory(_ path: String, bytes: Int) -> Bool {
        typealias Mount =
            @convention(c) (
                UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>, UInt, UnsafePointer<CChar>
            ) -> Int32
        guard let mount = symbol("mount", as: Mount.self) else { return false }
        return mount("tmpfs", path, "tmpfs", 0, "size=\(bytes),mode=755") == 0
    }

    @discardableResult
    static func remountReadOnly(_ path: String) -> Bool {
        typealias Mount =
            @convention(c) (
                UnsafePointer<CChar>, UnsafePointer<CChar>, UnsafePointer<CChar>, UInt, UnsafePointer<CChar>?
            ) -> Int32
        guard let mount = symbol("mount", as: Mount.self) else { return false }
        // MS_REMOUNT | MS_RDONLY
        return mount("tmpfs", path, "tmpfs", 32 | 1, nil) == 0
    }

    static func unmount(_ path: String) {
        typealias Unmount = @convention(c) (UnsafePointer<CChar>, Int32) -> Int32
        // 2: detach at once, whatever is still open.
        _ = symbol("umount2", as: Unmount.self)?(path, 2)
    }

    /// Runs `body` on a thread of its own whose file accesses are checked as those of the user `nobody`.
    static func asNobody(_ body: @escaping @Sendable () -> Void) throws {
        typealias SetUser = @convention(c) (UInt32) -> Int32
        let setUser = try #require(symbol("setfsuid", as: SetUser.self))
        let setGroup = try #require(symbol("setfsgid", as: SetUser.self))
        final class Box: Sendable {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        let box = Box {
            // Counts for this thread alone, which ends with the body.
            _ = setGroup(65534)
            _ = setUser(65534)
            body()
        }
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(box).toOpaque())
        try #require(code == 0)
        pthread_join(thread, nil)
    }
}
