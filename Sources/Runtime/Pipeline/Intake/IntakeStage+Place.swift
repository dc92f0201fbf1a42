import Schedule
import Store

// Nothing is stored in a database that is not where the next start looks for it.
extension IntakeStage {
    private static let misplaced = "database_misplaced"

    /// - Throws: ``StateProblem`` when the database or its log was removed or exchanged.
    func checkInPlace() throws {
        if let file = places.store.misplacedFile { throw StateProblem.databaseMisplaced(file: file) }
    }

    /// Whether both are in place; the status says so for as long as they are not. A look at two names.
    func isInPlace() -> Bool {
        let isTold = board.current.problems.contains { $0.code == IntakeStage.misplaced }
        guard let file = places.store.misplacedFile else {
            if isTold {
                board.clear(IntakeStage.misplaced)
                ask()
                // What a verification has said of it meanwhile is true no more.
                if board.current.problems.contains(where: { $0.code == "verify_failed" }) {
                    core[VerifyStage.self].ask()
                }
            }
            return true
        }
        let problem = StateProblem.databaseMisplaced(file: file)
        if !isTold { emit(.failed(stage: Self.name.rawValue, code: FailureCode(of: problem))) }
        board.raise(IntakeStage.misplaced, "\(problem)", at: now())
        return false
    }
}
