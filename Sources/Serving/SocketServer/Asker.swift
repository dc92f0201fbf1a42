/// Whom a request is counted to. Turns, connections and places to wait are shared out between askers, so that one who
/// asks a lot waits behind one who asks a little; an asker may have any number of connections, and a connection may ask for
/// several.
public struct Asker: Sendable, Hashable {
    private enum Key: Sendable, Hashable {
        case number(UInt64)
        case name(String)
    }

    private let key: Key

    public init(_ number: UInt64) { key = .number(number) }

    public init(_ name: String) { key = .name(name) }
}
