import CAura
import Records

extension Folder {
    /// Whether somebody is writing to a file.
    func writer(of name: FileName) -> SettleTracker.Writer {
        guard let file = try? open(name) else { return .unknown }
        return file.writer
    }

    /// Whether stretches of a file were never written; one that cannot be opened has none that anybody knows of.
    func hasHoles(_ name: FileName) -> Bool {
        guard let file = try? open(name) else { return false }
        return file.hasHoles
    }
}

extension Descriptor {
    /// Whether somebody has the file open for writing.
    var writer: SettleTracker.Writer {
        switch aura_probe_writer(number) {
        case 0: .nobody
        case 1: .somebody
        default: .unknown
        }
    }
}
