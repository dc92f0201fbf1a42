import Inbox
import Store

/// Reads the share of originals that is due, in the background, when nobody else wants the processor.
final class OriginalsWorker: StageWorker {
    struct Request: Sendable {
        var originals: [KeptOriginal]
        var share: OriginalsCheck.Share
    }

    typealias Outcome = Result<OriginalsReport, FileError>

    private let archive: Archive
    private let worker = LatestRequestWorker<Request, Outcome>(threadName: "aura.originals")

    init(archive: Archive) { self.archive = archive }

    /// - Parameter onEnd: called on the stage's own thread.
    func listen(onEnd: @escaping @Sendable (Outcome) -> Void) { worker.listen(onEnd: onEnd) }

    func request(_ request: Request) {
        worker.request(request, unstarted: .success(OriginalsReport(isCutShort: true))) { [self] in check($0) }
    }

    /// On the caller's thread.
    func check(_ request: Request) -> Outcome {
        do throws(FileError) {
            return .success(
                try OriginalsCheck(archive: archive).run(
                    request.originals, share: request.share, shouldStop: { worker.isStopped }))
        } catch {
            return .failure(error)
        }
    }

    /// Ends after the original that is being read.
    func stop() { worker.stop() }
}
