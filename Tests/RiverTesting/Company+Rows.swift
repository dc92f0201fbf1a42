public import Records

/// The rows of a company, one type a category.
extension Company {
    public struct Client: Sendable {
        public var id: String
        public var created: Day
        public var type: String
        public var location: String
        public var segment: String
        public var contractEnd: Day?

        public init(
            id: String, created: Day, type: String = "", location: String = "", segment: String = "",
            contractEnd: Day? = nil
        ) {
            self.id = id
            self.created = created
            self.type = type
            self.location = location
            self.segment = segment
            self.contractEnd = contractEnd
        }
    }

    public struct Event: Sendable {
        public var id: String
        public var client: String
        public var type: String
        /// Milliseconds since 1970.
        public var at: Int64
        public var device: String
        public var feature: String

        public init(
            id: String, client: String, type: String, at: Int64, device: String = "", feature: String = ""
        ) {
            self.id = id
            self.client = client
            self.type = type
            self.at = at
            self.device = device
            self.feature = feature
        }
    }

    public struct Transaction: Sendable {
        public var id: String
        public var client: String
        /// Micro-units of the currency.
        public var amount: Int64
        public var currency: String
        public var method: String
        public var day: Day

        public init(
            id: String, client: String, amount: Int64, currency: String, method: String = "", day: Day
        ) {
            self.id = id
            self.client = client
            self.amount = amount
            self.currency = currency
            self.method = method
            self.day = day
        }
    }

    public struct Ticket: Sendable {
        public var id: String
        public var client: String
        /// Milliseconds since 1970.
        public var created: Int64
        public var resolved: Int64?
        /// 1…5.
        public var satisfaction: Int?
        public var issue: String

        public init(
            id: String, client: String, created: Int64, resolved: Int64? = nil, satisfaction: Int? = nil,
            issue: String = ""
        ) {
            self.id = id
            self.client = client
            self.created = created
            self.resolved = resolved
            self.satisfaction = satisfaction
            self.issue = issue
        }
    }

    public struct Survey: Sendable {
        public var id: String
        public var client: String
        public var day: Day
        /// 0…10.
        public var score: Int

        public init(
            id: String, client: String, day: Day, score: Int
        ) {
            self.id = id
            self.client = client
            self.day = day
            self.score = score
        }
    }

    public struct KnownDay: Sendable {
        public var day: Day
        public var name: String
        /// Empty for all.
        public var segment: String
        public var lower: Int
        public var upper: Int

        public init(day: Day, name: String, segment: String = "", lower: Int = 0, upper: Int = 0) {
            self.day = day
            self.name = name
            self.segment = segment
            self.lower = lower
            self.upper = upper
        }
    }
}
