/// Attributes that clients had before a later drop changed them: what a day in the past knew of them.
public struct ClientPast: Sendable {
    /// The attributes of one client until a day.
    public struct Entry: Sendable, Equatable {
        public var client: UInt32
        /// The day of the drop that changed them: they were known on all days before it.
        public var replacedOn: Day
        /// Nil where unknown, as all here.
        public var subscriptionType: String?
        public var segment: String?
        public var region: String?
        public var tier: String?
        public var product: String?
        public var industry: String?
        public var location: String?
        /// ``ClientTable/unknownDay`` where unknown.
        public var contractEndDay: Int32

        public init(client: UInt32, replacedOn: Day, contractEndDay: Int32 = ClientTable.unknownDay) {
            self.client = client
            self.replacedOn = replacedOn
            self.contractEndDay = contractEndDay
        }
    }

    /// Entries of one client in the order of the changes.
    public var entries: [Entry]

    public init(_ entries: [Entry] = []) { self.entries = entries }
}

extension SilverTables {
    /// The tables with the attributes that clients had on a day. Records later than the day stay: whoever derives as of
    /// the day does not look at them.
    public func rewound(to day: Day, by past: ClientPast) -> SilverTables {
        var result = self
        var seen = Set<UInt32>()
        // The first change after the day tells what was known before it.
        for entry in past.entries where entry.replacedOn > day && Int(entry.client) < clients.count {
            guard seen.insert(entry.client).inserted else { continue }
            let client = Int(entry.client)
            func set(_ column: WritableKeyPath<ClientTable, CodedColumn>, _ value: String?) {
                let code = result.clients[keyPath: column].insert(value ?? "")
                result.clients[keyPath: column].codes[client] = code
            }
            set(\.subscriptionType, entry.subscriptionType)
            set(\.segment, entry.segment)
            set(\.region, entry.region)
            set(\.tier, entry.tier)
            set(\.product, entry.product)
            set(\.industry, entry.industry)
            set(\.location, entry.location)
            result.clients.contractEndDay[client] = entry.contractEndDay
        }
        return result
    }
}
