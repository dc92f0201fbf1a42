// Room for many rows at once: growing row by row, a table would be copied over and over, and every copy would touch
// memory that nobody has used before.

extension Array {
    /// Makes room for further elements. Unlike `reserveCapacity` it may be asked again and again: what grows, grows by
    /// half at least.
    public mutating func reserveFurther(_ further: Int) {
        let needed = count + further
        if needed > capacity { reserveCapacity(Swift.max(needed, capacity + capacity / 2)) }
    }
}

extension TicketTable {
    public mutating func reserveFurther(_ rows: Int) {
        id.reserveFurther(rows)
        client.reserveFurther(rows)
        createdAt.reserveFurther(rows)
        resolvedAt.reserveFurther(rows)
        satisfaction.reserveFurther(rows)
        issueType.codes.reserveFurther(rows)
    }
}

extension SurveyTable {
    public mutating func reserveFurther(_ rows: Int) {
        id.reserveFurther(rows)
        client.reserveFurther(rows)
        day.reserveFurther(rows)
        score.reserveFurther(rows)
        comments.reserveFurther(rows)
    }
}
