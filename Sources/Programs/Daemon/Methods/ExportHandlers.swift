import Answers
import Contract
import Records
import Snapshots
import SocketServer
import Words

/// Whole tables.
enum ExportHandlers {
    static let all: [any MethodHandler.Type] = [ExportTable.self]

    enum ExportTable: MethodHandler {
        static let endpoint = Endpoint.exportTable

        static func question(_ parameters: Parameters) throws(Problem) -> ExportAnswer.Question {
            try ExportAnswer.Question(parameters)
        }

        static func answer(
            _ question: ExportAnswer.Question, _ call: inout Call, into result: inout [UInt8]
        ) throws(Problem) {
            let services = call.services
            let snapshot = try call.snapshot(page: question.snapshotID)
            func write() throws(Problem) {
                try JSONWriter.append(to: &result, reservedBytes: 1 << 20) { (writer) throws(Problem) in
                    try ExportAnswer.write(question, snapshot, bytesMax: services.pageBytesMax, to: &writer)
                }
            }
            if question.table == .customerHealthHistory {
                try services.withHealthHistory(
                    of: snapshot, isFirstPage: question.snapshotID == nil, by: call.deadline, write: write)
            } else {
                try write()
            }
            // An export is on record once, whatever its pages.
            let export = AuditLog.Export(
                person: call.principal.key, table: question.table.rawValue, format: question.format.rawValue,
                snapshotID: snapshot.id)
            if !services.audit.isNewExport(export, isFirstPage: question.offset == 0) { call.record = nil }
        }

        static func sharedWork(_ params: JSONObject, _ snapshot: Snapshot) -> String? {
            var work: [String] = []
            if let asOf = OtherDay.asked(params, snapshot) { work.append(asOf) }
            if params["table"]?.stringValue?.hasSameText(as: PublishedTable.customerHealthHistory) == true,
                snapshot.healthHistory?.isComplete == false
            {
                work.append("history")
            }
            return work.isEmpty ? nil : work.joined(separator: " ")
        }
    }
}

extension String {
    /// Without a look at more than the table's own name.
    fileprivate func hasSameText(as table: PublishedTable) -> Bool {
        utf8.count == table.rawValue.utf8.count && self == table.rawValue
    }
}
