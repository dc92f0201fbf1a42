import Records
import Rollup

/// Monthly cells by segment and region.
struct SegmentRegions {
    struct Row {
        var month: Month
        var segment: UInt16
        var region: UInt16
        var cell: MonthlyCell
    }

    let snapshot: Snapshot
    /// By month, segment and region; rows without any value are left out.
    let rows: [Row]

    init(_ snapshot: Snapshot) {
        self.snapshot = snapshot
        var groupsOfPair: [UInt32: [Int]] = [:]
        for (index, group) in snapshot.groups.groups.enumerated() {
            groupsOfPair[UInt32(group.segment) << 16 | UInt32(group.region), default: []].append(index)
        }
        let pairs = groupsOfPair.keys.sorted()
        var rows: [Row] = []
        let monthly = snapshot.monthly
        for offset in 0..<monthly.monthCount {
            let month = monthly.firstMonth.advanced(by: offset)
            for pair in pairs {
                let cell = monthly.sum(month, over: groupsOfPair[pair] ?? [])
                if cell.isEmpty { continue }
                rows.append(
                    Row(
                        month: month, segment: UInt16(truncatingIfNeeded: pair >> 16),
                        region: UInt16(truncatingIfNeeded: pair), cell: cell))
            }
        }
        self.rows = rows
    }

    func writeKey(_ row: Row, _ sink: inout CellBatch) {
        sink.text(row.month.description)
        sink.text(snapshot.gold.dimensions.segment.values[Int(row.segment)])
        sink.text(snapshot.gold.dimensions.region.values[Int(row.region)])
    }
}

/// Rows of `dashboard_kpis`.
enum DashboardKPIRows {
    typealias Column = PublishedTable.Column

    static let columns: [Column] = [
        Column("month", .text), Column("segment", .text), Column("region", .text), Column("active_customers", .integer),
        Column("new_customers", .integer), Column("revenue", .money), Column("transactions", .integer),
        Column("mrr", .money), Column("repeat_revenue", .money), Column("paying_customers", .integer),
        Column("events", .integer), Column("tickets", .integer), Column("mean_resolution_hours", .real),
        Column("csat", .real), Column("nps_responses", .integer), Column("nps", .real),
        Column("churned_customers", .integer), Column("provisional", .integer),
    ]

    static func write(_ table: SegmentRegions, _ row: SegmentRegions.Row, _ sink: inout CellBatch) {
        let cell = row.cell
        table.writeKey(row, &sink)
        sink.integer(Int64(cell.activeCustomers))
        sink.integer(Int64(cell.newCustomers))
        sink.money(cell.revenue)
        sink.integer(Int64(cell.transactions))
        sink.money(cell.mrr)
        sink.money(cell.repeatRevenue)
        sink.integer(Int64(cell.payingCustomers))
        sink.integer(cell.events)
        sink.integer(Int64(cell.tickets))
        sink.optionalReal(cell.meanResolutionHours)
        sink.optionalReal(cell.csat)
        sink.integer(Int64(cell.surveyAnswers))
        sink.optionalReal(cell.nps)
        sink.integer(Int64(cell.churnedCustomers))
        sink.integer(row.month == table.snapshot.monthly.lastMonth ? 1 : 0)
    }
}

/// Rows of `mrr_movements`.
enum MovementRows {
    typealias Column = PublishedTable.Column

    static let columns: [Column] = [
        Column("month", .text), Column("segment", .text), Column("region", .text), Column("starting", .money),
        Column("new", .money), Column("reactivation", .money), Column("expansion", .money),
        Column("contraction", .money), Column("churn", .money), Column("ending", .money), Column("nrr", .real),
        Column("grr", .real), Column("logo_churn", .real), Column("starting_customers", .integer),
        Column("new_customers", .integer), Column("reactivation_customers", .integer),
        Column("expansion_customers", .integer), Column("contraction_customers", .integer),
        Column("churn_customers", .integer),
    ]

    static func write(_ table: SegmentRegions, _ row: SegmentRegions.Row, _ sink: inout CellBatch) {
        let movements = row.cell.movements
        table.writeKey(row, &sink)
        sink.money(movements.starting)
        sink.money(movements.new)
        sink.money(movements.reactivation)
        sink.money(movements.expansion)
        sink.money(movements.contraction)
        sink.money(movements.churn)
        sink.money(movements.ending)
        sink.optionalReal(movements.nrr)
        sink.optionalReal(movements.grr)
        sink.optionalReal(movements.logoChurn)
        sink.integer(Int64(movements.startingCustomers))
        sink.integer(Int64(movements.newCustomers))
        sink.integer(Int64(movements.reactivationCustomers))
        sink.integer(Int64(movements.expansionCustomers))
        sink.integer(Int64(movements.contractionCustomers))
        sink.integer(Int64(movements.churnCustomers))
    }
}

/// Rows of `cohort_retention`: one per cohort and month since.
enum CohortRows {
    typealias Column = PublishedTable.Column

    static let columns: [Column] = [
        Column("cohort_by", .text), Column("cohort", .text), Column("k", .integer), Column("size", .integer),
        Column("active", .integer), Column("retention", .real), Column("revenue", .money),
        Column("revenue_retention", .real), Column("complete", .integer),
    ]

    struct Cell {
        var definition: CohortDefinition
        var cohort: Cohort
        var k: Int
        var isComplete: Bool
    }

    static func cells(_ snapshot: Snapshot) -> [Cell] {
        var cells: [Cell] = []
        for definition in CohortDefinition.allCases {
            let table = snapshot.cohorts(definition)
            for cohort in table.cohorts {
                for k in cohort.active.indices {
                    cells.append(
                        Cell(definition: definition, cohort: cohort, k: k, isComplete: table.isComplete(cohort, k)))
                }
            }
        }
        return cells
    }

    static func write(_ cell: Cell, _ sink: inout CellBatch) {
        sink.text(cell.definition.rawValue)
        sink.text(cell.cohort.month.description)
        sink.integer(Int64(cell.k))
        sink.integer(Int64(cell.cohort.size))
        sink.integer(Int64(cell.cohort.active[cell.k]))
        sink.optionalReal(cell.cohort.retention(cell.k))
        sink.money(cell.cohort.revenue[cell.k])
        sink.optionalReal(cell.cohort.revenueRetention(cell.k))
        sink.integer(cell.isComplete ? 1 : 0)
    }
}
