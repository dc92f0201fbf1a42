/// Whom a request is counted to. Turns and places to wait are shared out between askers, so that one who asks a lot waits
/// behind one who asks a little; an asker may have any number of connections.
public struct Asker: Sendable, Hashable {
    public let number: UInt64

    public init(_ number: UInt64) { self.number = number }
}
