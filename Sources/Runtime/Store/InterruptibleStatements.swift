import GRDBSQLite

/// Lets SQLite end what it is doing when somebody asks for it: a statement over millions of rows looks up now and then.
enum InterruptibleStatements {
    /// Steps of SQLite's machine between two looks: a fraction of a millisecond.
    private static let steps: Int32 = 20_000

    private final class Question {
        let isInterrupted: () -> Bool

        init(_ isInterrupted: @escaping () -> Bool) { self.isInterrupted = isInterrupted }
    }

    /// - Parameter isInterrupted: asked on the caller's thread while statements of the connection run. Once it says so
    ///   they fail with `SQLITE_INTERRUPT`, all that follow in `body` included.
    static func during<R>(
        _ connection: OpaquePointer, _ isInterrupted: @escaping () -> Bool, _ body: () throws -> R
    ) rethrows -> R {
        let question = Question(isInterrupted)
        sqlite3_progress_handler(
            connection, steps,
            { context in
                guard let context else { return 0 }
                return Unmanaged<Question>.fromOpaque(context).takeUnretainedValue().isInterrupted() ? 1 : 0
            }, Unmanaged.passUnretained(question).toOpaque())
        // SQLite holds no reference to the question: it stays until the handler is gone.
        return try withExtendedLifetime(question) {
            defer { sqlite3_progress_handler(connection, 0, nil, nil) }
            return try body()
        }
    }
}
