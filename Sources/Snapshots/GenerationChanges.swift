/// What is known of the difference between a generation and the one before, where the day and the settings are the same.
public struct GenerationChanges: Sendable {
    /// The generation before.
    public let since: UInt64
    /// Dense indices of the clients of whom anything was recorded or taken back since, ascending.
    public let clients: [UInt32]
    /// Where nothing but events and transactions has come, the positions of these clients, ascending: every other client
    /// stands where he stood, with the same metrics, months and features. Nil otherwise.
    public let positions: [Int]?
    /// What the models say may differ for any client: others stand in comparison, or another model spoke.
    public var assessmentsMoved = false

    /// - Parameter isActivityOnly: nothing but events and transactions has come since.
    public init(_ previous: Snapshot, clients: [UInt32], isActivityOnly: Bool) {
        since = previous.generation
        self.clients = clients
        guard isActivityOnly else {
            positions = nil
            return
        }
        positions = clients.compactMap { client in
            let client = Int(client)
            guard client < previous.positionOfClient.count, previous.positionOfClient[client] >= 0 else { return nil }
            return Int(previous.positionOfClient[client])
        }
    }
}
