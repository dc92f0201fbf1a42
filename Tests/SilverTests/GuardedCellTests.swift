import Records
import RiverTesting
import Silver
import Testing

/// Cells that come with the `'` of a table for people.
@Suite struct GuardedCellTests {
    /// What stands in a rejected row is what stood in the file.
    @Test func theRawRowStays() throws {
        let river = River()
        let loaded = try river.load(
            .surveys, "survey_id,customer_id,response_date,nps_score,comments\n'=s,c,never,9,'=x\n")
        #expect(loaded.rejects.map { String(decoding: $0.raw, as: UTF8.self) } == ["'=s,c,never,9,'=x"])
    }

    @Test func aGuardedAmountIsAnAmount() throws {
        let river = River()
        let loaded = try river.load(
            .transactions,
            "transaction_id,customer_id,amount,currency,payment_method,transaction_date\nt,c,'-5.00,USD,card,2024-01-01\n"
        )
        #expect(loaded.counts.accepted == 1)
        #expect(river.tables.transactions.segments.first?.values.first?.amount == -5_000_000)
    }
}
