import CAura
import Glibc

/// Memory that is reached in no order: where there is much of it, on large pages, so that a look into it does not first
/// have to look up where it is.
enum LargeMemory {
    /// From here on large pages pay.
    private static let largeBytesMin = 2 * Int(AURA_LARGE_PAGE)

    /// Memory with undefined content, to be given back with ``free(_:)``.
    static func allocate<Element: BitwiseCopyable>(
        _ type: Element.Type, capacity: Int
    ) -> UnsafeMutablePointer<Element> {
        let bytes = max(1, capacity * MemoryLayout<Element>.stride)
        guard let memory = bytes >= largeBytesMin ? aura_large_allocate(bytes) : malloc(bytes) else {
            // As the standard library does when an array cannot grow.
            fatalError("out of memory: \(bytes) bytes")
        }
        return memory.bindMemory(to: Element.self, capacity: capacity)
    }

    /// Asks for large pages under memory that is about to be written for the first time.
    static func prepare(_ memory: UnsafeMutableRawBufferPointer) {
        guard memory.count >= largeBytesMin, let start = memory.baseAddress else { return }
        aura_large_prepare(start, memory.count)
    }

    static func free(_ memory: UnsafeMutablePointer<some BitwiseCopyable>) { Glibc.free(memory) }
}
