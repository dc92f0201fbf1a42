import Records

extension Snapshot {
    /// Who is to be looked at first: the most probable churn where a model is in force, the highest risk where the rules
    /// rank.
    public var workList: SortKey {
        assessments.churn.model == nil ? .workList : SortKey(field: .churnProbability, ascending: false)
    }
}
