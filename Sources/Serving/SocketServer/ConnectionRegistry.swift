internal import NIOConcurrencyHelpers
internal import NIOCore

/// All connections of a server and their ceilings.
final class ConnectionRegistry: Sendable {
    enum Admission: Sendable, Equatable {
        case admitted(id: UInt64)
        case full
        case userFull
        case stopping
    }

    private struct State {
        var perUser: [Asker: Int] = [:]
        /// The asker of each connection that was counted in.
        var users: [UInt64: Asker] = [:]
        /// Those of them whose peers may have none of the kept places.
        var ordinary: Set<UInt64> = []
        /// Connections that no ceiling counts.
        var ownConnections: Set<UInt64> = []
        var connections: [UInt64: Connection] = [:]
        var nextID: UInt64 = 1
        var accepted: UInt64 = 0
        var refused: UInt64 = 0
        var isDraining = false
    }

    private let limits: RunningLimits
    private let state = NIOLockedValueBox(State())

    init(_ limits: RunningLimits) { self.limits = limits }

    /// Counts a connection in, until `remove`.
    /// - Parameters:
    ///   - asker: whom it is counted to.
    ///   - mayUseKept: whether it may have one of the places that are kept.
    ///   - isOwn: the process asks itself how it is; that takes nobody's place.
    func admit(_ asker: Asker, mayUseKept: Bool, isOwn: Bool = false) -> Admission {
        let connectionsMax = limits.connectionsMax
        let connectionsPerUserMax = limits.connectionsPerUserMax
        let connectionsKept = limits.connectionsKept
        return state.withLockedValue { state in
            if state.isDraining { return .stopping }
            if isOwn {
                let id = state.nextID
                state.nextID += 1
                state.ownConnections.insert(id)
                return .admitted(id: id)
            }
            let ofUser = state.perUser[asker, default: 0]
            let hasPlace =
                state.users.count < connectionsMax
                && (mayUseKept || state.ordinary.count < connectionsMax - connectionsKept)
            guard hasPlace, ofUser < connectionsPerUserMax else {
                state.refused += 1
                return hasPlace ? .userFull : .full
            }
            state.perUser[asker] = ofUser + 1
            state.accepted += 1
            let id = state.nextID
            state.nextID += 1
            state.users[id] = asker
            if !mayUseKept { state.ordinary.insert(id) }
            return .admitted(id: id)
        }
    }

    /// Adds the connection once it is being served; it is asked to drain at once when the server is stopping.
    func attach(_ connection: Connection) {
        let isDraining = state.withLockedValue { state in
            state.connections[connection.id] = connection
            return state.isDraining
        }
        if isDraining { connection.channel.triggerUserOutboundEvent(Connection.Drain(), promise: nil) }
    }

    /// Counts a connection out; a second time is nothing.
    func remove(id: UInt64) {
        state.withLockedValue { state in
            state.connections[id] = nil
            state.ownConnections.remove(id)
            guard let asker = state.users.removeValue(forKey: id) else { return }
            state.ordinary.remove(id)
            let left = state.perUser[asker, default: 1] - 1
            state.perUser[asker] = left > 0 ? left : nil
        }
    }

    /// Asks every connection to finish and close; new ones are turned away from now on.
    func drain() {
        let connections = state.withLockedValue { state in
            state.isDraining = true
            return Array(state.connections.values)
        }
        for connection in connections {
            connection.channel.triggerUserOutboundEvent(Connection.Drain(), promise: nil)
        }
    }

    func closeAll() {
        let connections = state.withLockedValue { Array($0.connections.values) }
        for connection in connections { connection.close() }
    }

    var isEmpty: Bool { state.withLockedValue { $0.users.isEmpty && $0.ownConnections.isEmpty } }

    func add(to statistics: inout ServerStatistics) {
        state.withLockedValue { state in
            statistics.connectionsOpen = state.users.count
            statistics.connectionsAccepted = state.accepted
            statistics.connectionsRefused = state.refused
        }
    }
}
