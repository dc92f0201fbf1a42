import Assessment
import ChurnModel
import Inbox
import Store

/// Why something failed, as far as a log may know: what the kernel or SQLite has answered, or a word of the code. The
/// error's own text names files, and files are named after clients.
public enum FailureCode: Sendable, Equatable {
    /// An error number of the operating system.
    case errno(Int32)
    /// SQLite's extended result code.
    case sqlite(Int32)
    case word(Word)

    /// A closed set; the manual of aurad explains each.
    public enum Word: String, Sendable, CaseIterable {
        // Files of the state directory; the words of FileError.
        case noSpace = "no_space"
        case permissionDenied = "permission_denied"
        case readOnlyFileSystem = "read_only_file_system"
        case missing
        case alreadyExists = "already_exists"
        case outOfResources = "out_of_resources"
        case differentFileSystem = "different_file_system"
        case unsafeFolder = "unsafe_folder"
        case damaged
        case inputOutput = "input_output"
        // Originals.
        case originalMissing = "original_missing"
        case originalDamaged = "original_damaged"
        case originalUnreadable = "original_unreadable"
        case packerFailed = "packer_failed"
        // Models.
        case unsuitableData = "unsuitable_data"
        case unsuitableSettings = "unsuitable_settings"
        case cancelled
        /// The system gave no thread.
        case noThread = "no_thread"
        case other
    }

    public init(of error: any Error) {
        if let code = SilverStore.resultCode(of: error) {
            self = .sqlite(code)
            return
        }
        switch error {
        case let error as FileError: self = FailureCode(error)
        case let error as ArchiveError: self = FailureCode(error)
        case let error as ModelShelf.Failure: self = error.number.map { .errno($0) } ?? .word(.damaged)
        case let error as ForecastFile.Failure: self = .errno(error.number)
        case let error as IntakeStage.LoadFailure: self = error.code
        case let error as ChurnModelError: self = FailureCode(error)
        case StateProblem.databaseDamaged: self = .word(.damaged)
        case StateProblem.databaseMisplaced: self = .word(.missing)
        case is ChurnTrainer.Damaged: self = .word(.damaged)
        default: self = .word(.other)
        }
    }

    private init(_ error: FileError) {
        self =
            error.errorNumber == 0
            ? .word(Word(rawValue: error.code.rawValue) ?? .other) : .errno(error.errorNumber)
    }

    private init(_ error: ArchiveError) {
        switch error {
        case .file(let error): self.init(error)
        case .read(.file(let error)): self.init(error)
        case .read: self = .word(.originalUnreadable)
        case .missing: self = .word(.originalMissing)
        case .damaged: self = .word(.originalDamaged)
        case .packer: self = .word(.packerFailed)
        }
    }

    private init(_ error: ChurnModelError) {
        switch error {
        case .undecodable: self = .word(.damaged)
        case .invalidSettings: self = .word(.unsuitableSettings)
        case .invalidTable, .invalidTrainingData, .featureMismatch, .refused: self = .word(.unsuitableData)
        case .cancelled: self = .word(.cancelled)
        }
    }
}
