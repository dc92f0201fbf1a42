public import Words

/// Everything that is known of one method, said once: the daemon dispatches by it, checks roles and parameters by it before
/// anybody looks at a question, and keeps answers by it; the client takes its words from it, and so does the page of the
/// protocol.
///
/// ```swift
/// extension Endpoint {
///     static let clientsCount = Endpoint(
///         "clients.count", "how many clients pass some filters", permission: .read, day: .applied, takesFilters: true,
///         work: .quick, isKept: true, result: [Field("count", .integer, "clients")])
/// }
/// ```
public struct Endpoint: Sendable {
    /// What `as_of` means to a method.
    public enum DayUse: Sendable {
        /// The answer is that of the day.
        case applied
        /// It may be given, and the answer is for now.
        case accepted
        case refused
    }

    /// Where an answer is worked out.
    public enum Work: Sendable {
        /// On the thread that reads the sockets: what is at hand, whatever is asked.
        case immediate
        /// There, where the question is small and so is the work; else by a worker.
        case quick
        case worker
    }

    /// What an answer shows of the data it was made from.
    public enum Envelope: Sendable {
        /// `as_of`, `snapshot` and `stale`.
        case data
        /// `as_of` and `snapshot`, both null before the first data.
        case dataOrNull
        case none
    }

    public enum Kind: Sendable {
        /// One answer.
        case answer
        /// An answer, and from then on notifications without being asked again, until the connection ends. Who answers it
        /// is a `SubscriptionHandler`, which nothing else can be.
        ///
        ///     static let alertsSubscribe = Endpoint(
        ///         "alerts.subscribe", "alerts as they come up",
        ///         kind: .subscription(Endpoint.Notification("alerts.alert", [Field("id", .integer)])),
        ///         permission: .read, day: .refused, envelope: .none, result: [Field("cursor", .string)])
        case subscription(Notification)
    }

    /// What a subscription pushes: a frame with `method` and `params`, and no id.
    public struct Notification: Sendable {
        /// What travels in `method`.
        public let name: String
        /// The members of `params`.
        public let params: [Field]

        public init(_ name: StaticString, _ params: [Field]) {
            self.name = name.description
            self.params = params
        }

        public var shape: Shape { .object(params) }
    }

    /// What travels in `method`: noun and verb.
    public let name: String
    /// The same as it stands in the program: it may go to a log.
    public let literal: StaticString
    /// What it asks for, to stand in a list: "the state of the daemon".
    public let asksFor: String
    /// What there is to know beyond that, in sentences; may be empty.
    public let about: String
    public let kind: Kind
    /// What a caller must be allowed to do.
    public let permission: Permission
    public let day: DayUse
    public let takesFilters: Bool
    public let work: Work
    /// Whether an answer is kept for as long as its generation is in force.
    public let isKept: Bool
    /// Another limit than usual; nil for the usual.
    public let timeLimitSeconds: Int?
    /// Whether it answers before what is stored has been read.
    public let answersBeforeReady: Bool
    /// Its own parameters; filters and `as_of` are not repeated among them.
    public let parameters: [Parameter]
    public let envelope: Envelope
    /// The members of the result but for the envelope's.
    public let result: [Field]
    /// What it is refused with beyond what every method is, and when.
    public let errors: [(code: Problem.Code, when: String)]
    /// What stands below the table of the result; may be empty.
    public let remarks: String

    public init(
        _ name: StaticString, _ asksFor: String, about: String = "", kind: Kind = .answer, permission: Permission,
        day: DayUse, takesFilters: Bool = false, work: Work = .worker, isKept: Bool = false,
        timeLimitSeconds: Int? = nil, answersBeforeReady: Bool = false, parameters: [Parameter] = [],
        envelope: Envelope = .data, result: [Field], errors: [(code: Problem.Code, when: String)] = [],
        remarks: String = ""
    ) {
        self.name = name.description
        literal = name
        self.asksFor = asksFor
        self.about = about
        self.kind = kind
        self.permission = permission
        self.day = day
        self.takesFilters = takesFilters
        self.work = work
        self.isKept = isKept
        self.timeLimitSeconds = timeLimitSeconds
        self.answersBeforeReady = answersBeforeReady
        self.parameters = parameters
        self.envelope = envelope
        self.result = result
        self.errors = errors
        self.remarks = remarks
        all = (day == .refused ? [] : [.asOf]) + (takesFilters ? Parameter.filters : []) + parameters
        positions = Dictionary(
            all.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    private let all: [Parameter]
    private let positions: [String: Int]

    /// Every parameter that it takes, shared ones included.
    public var allParameters: [Parameter] { all }

    public func parameter(_ name: String) -> Parameter? { positions[name].map { all[$0] } }

    /// What it pushes; nil for a method that answers and is done.
    public var notification: Notification? {
        if case .subscription(let notification) = kind { notification } else { nil }
    }

    public var noun: Substring { name.prefix { $0 != "." } }
    public var verb: Substring { name.drop { $0 != "." }.dropFirst() }

    /// The shape of the whole result.
    public var resultShape: Shape { .object(result + envelopeFields) }

    private var envelopeFields: [Field] {
        switch envelope {
        case .none: []
        case .data: [Field("as_of", .day), Field("snapshot", .string), .stale]
        case .dataOrNull: [Field("as_of", .day.orNull), Field("snapshot", .string.orNull)]
        }
    }
}

extension Endpoint {
    /// Every method there is, in the order in which a person reads them. A name is never reused for something else.
    public static let all: [Endpoint] =
        SystemEndpoints.all + DataEndpoints.all + KPIEndpoints.all + ClientEndpoints.all + PopulationEndpoints.all
        + ForecastEndpoints.all + ExportEndpoints.all + ChurnEndpoints.all

    private static let byName = Dictionary(
        all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

    public static func named(_ name: String) -> Endpoint? { byName[name] }
}
