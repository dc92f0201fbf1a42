/// A stack whose top can be moved out into an array: reading pushes elements one by one and takes them off as the array
/// or object they belong to, without a copy or a reference count touched. Measured against `Array`, which can only
/// copy.
struct MovingStack<Element>: ~Copyable {
    private var base: UnsafeMutablePointer<Element>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 32) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit {
        base.deinitialize(count: count)
        base.deallocate()
    }

    subscript(index: Int) -> Element {
        @inline(__always) _read {
            assert((0..<count).contains(index))
            yield base[index]
        }
    }

    @inline(__always)
    mutating func append(_ element: consuming Element) {
        if count == capacity { grow() }
        (base + count).initialize(to: element)
        count &+= 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: 2 * capacity)
        larger.moveInitialize(from: base, count: count)
        base.deallocate()
        base = larger
        capacity *= 2
    }

    /// Moves everything from `bottom` up into an array of exactly that size.
    @inline(__always)
    mutating func pop(downTo bottom: Int) -> [Element] {
        let moved = count - bottom
        let start = base + bottom
        count = bottom
        return [Element](unsafeUninitializedCapacity: moved) { buffer, initialized in
            buffer.baseAddress?.moveInitialize(from: start, count: moved)
            initialized = moved
        }
    }

    /// Drops everything from `bottom` up.
    @inline(__always)
    mutating func drop(downTo bottom: Int) {
        (base + bottom).deinitialize(count: count - bottom)
        count = bottom
    }
}
