import NIOCore

/// Runs a connection's tasks on the connection's own event loop.
///
/// A call waits for its request, for the database and for its answer to be taken; each of these wakes the loop anyway,
/// and going from there to another thread and back costs more than most calls do. The loop has to outlive the tasks.
final class LoopExecutor: TaskExecutor {
  private let loop: any EventLoop

  init(_ loop: any EventLoop) {
    self.loop = loop
  }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
  }
}
