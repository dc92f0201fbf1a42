import Records
import Revenue
import Testing

/// What each cover lets expect, and what came of it.
@Suite struct DueLogTests {
    /// One line for each due day: when it was known, when it is due, and what came of it.
    private func dues(_ client: LedgerCase) -> [String] {
        var ledger = ClientLedger()
        ledger.logsDues = true
        client.fill(&ledger)
        ledger.cover(by: client.intervals, terms: client.terms, created: LedgerCase.day(client.created))
        return ledger.dues.map { due in
            let end = LedgerCase.text(due.endedOn == LedgerPayment.noDay ? nil : due.endedOn)
            return [
                due.isFirst ? "first" : "", "\(due.amount / 1_000_000)", LedgerCase.text(due.knownOn) ?? "",
                LedgerCase.text(due.dueOn) ?? "", "\(due.outcome)", end ?? "",
                due.outcome == .paid ? "\(due.paidAmount / 1_000_000)" : "",
            ].filter { !$0.isEmpty }.joined(separator: " ")
        }
    }

    @Test func aPaymentAnswersTheOneBefore() {
        let client = LedgerCase([("2024-01-31", 100), ("2024-03-02", 110), ("2024-03-29", 110)])
        #expect(
            dues(client) == [
                "first 100 2024-01-31 2024-02-29 paid 2024-03-02 110",
                "110 2024-03-02 2024-03-31 paid 2024-03-29 110", "110 2024-03-29 2024-04-30 open",
            ])
    }

    @Test func whoComesBackAfterAMissedIntervalBeginsAnew() {
        let client = LedgerCase([("2024-01-10", 100), ("2024-06-03", 100)])
        #expect(
            dues(client) == ["first 100 2024-01-10 2024-02-10 open", "first 100 2024-06-03 2024-07-03 open"])
    }

    @Test func aLatePaymentAnswersToo() {
        let client = LedgerCase([("2024-01-10", 100), ("2024-02-25", 100)])
        #expect(
            dues(client) == ["first 100 2024-01-10 2024-02-10 paid 2024-02-25 100", "100 2024-02-25 2024-03-10 open"])
    }

    @Test func aDearerTermTakesTheOldOnesPlace() {
        let client = LedgerCase([("2024-01-10", 100), ("2024-01-20", 250)])
        #expect(
            dues(client) == [
                "first 100 2024-01-10 2024-02-10 withdrawn 2024-01-20", "first 250 2024-01-20 2024-02-20 open",
            ])
    }

    @Test func aRefundEndsTheWaitingUnlessHePaysOn() {
        var client = LedgerCase([("2024-01-10", 100), ("2024-01-15", -100)])
        #expect(dues(client) == ["first 100 2024-01-10 2024-02-10 withdrawn 2024-01-15"])
        client.pay("2024-02-10", 100)
        #expect(
            dues(client) == ["first 100 2024-01-10 2024-02-10 paid 2024-02-10 100", "100 2024-02-10 2024-03-10 open"])
    }

    @Test func nothingIsNotedUnlessAsked() {
        #expect(LedgerCase([("2024-01-10", 100)]).ledger().dues.isEmpty)
    }
}
