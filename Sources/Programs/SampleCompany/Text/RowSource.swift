/// Produces the records of one file in batches.
protocol RowSource {
    /// Appends some records; false when there are no more. A batch may be empty.
    mutating func appendBatch(to writer: inout RowWriter) -> Bool
}
