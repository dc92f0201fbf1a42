/// Every method the daemon answers. A name is never reused for something else.
public enum Method: String, Sendable, CaseIterable {
    case systemStatus = "system.status"
    case systemRefresh = "system.refresh"
    case systemVerify = "system.verify"
    case systemMetrics = "system.metrics"
    case dataIngest = "data.ingest"
    case dataDrops = "data.drops"
    case dataRejects = "data.rejects"
    case dataCancel = "data.cancel"
    case kpisGet = "kpis.get"
    case clientsList = "clients.list"
    case clientsGet = "clients.get"
    case cohortsGet = "cohorts.get"
    case engagementHeatmap = "engagement.heatmap"
    case mrrMovements = "mrr.movements"
    case riskRules = "risk.rules"
    case exportTable = "export.table"
    case forecastGet = "forecast.get"
    case churnModel = "churn.model"
    case churnImportance = "churn.importance"
    case churnTrain = "churn.train"
    case churnUse = "churn.use"
    case churnExport = "churn.export"
    case churnImport = "churn.import"

    /// What a caller must be allowed to do.
    public enum Permission: String, Sendable, CaseIterable {
        case read
        /// Taking whole tables away.
        case export
        /// Handing data over, and taking it back before it is loaded.
        case ingest
        /// Making the daemon work: refresh, verify.
        case administer
    }

    public var permission: Permission {
        switch self {
        case .dataIngest, .dataCancel: .ingest
        case .exportTable: .export
        case .systemRefresh, .systemVerify, .churnTrain, .churnUse, .churnExport, .churnImport: .administer
        // Every method is named: a new one is not open to everybody by having been forgotten.
        case .systemStatus, .systemMetrics, .dataDrops, .dataRejects, .kpisGet, .clientsList, .clientsGet, .cohortsGet,
            .engagementHeatmap, .mrrMovements, .riskRules, .forecastGet, .churnModel, .churnImportance:
            .read
        }
    }
}

/// Who a caller is to the daemon. Roles are proven by the peer's user and groups; a role asked for in a request can
/// only
/// narrow what the peer has.
public enum Role: String, Sendable, CaseIterable, Comparable {
    case viewer
    case accountManager = "account_manager"
    case retentionSpecialist = "retention_specialist"
    case analyst
    case admin

    /// Higher roles may do what lower ones may.
    private var rank: Int {
        switch self {
        case .viewer: 0
        case .accountManager: 1
        case .retentionSpecialist: 2
        case .analyst: 3
        case .admin: 4
        }
    }

    public static func < (lhs: Role, rhs: Role) -> Bool { lhs.rank < rhs.rank }
}
