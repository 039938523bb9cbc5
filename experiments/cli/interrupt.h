// Ctrl-C: asks a run to end at the next event boundary, with all its files whole.
#ifndef TICKWIRE_EXPERIMENTS_CLI_INTERRUPT_H_
#define TICKWIRE_EXPERIMENTS_CLI_INTERRUPT_H_

namespace tickwire::cli {

// While one lives, SIGINT and SIGTERM set a flag instead of ending the program; a second one ends
// it at once. One at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
  bool was_interrupted() const;
};

}  // namespace tickwire::cli

#endif  // TICKWIRE_EXPERIMENTS_CLI_INTERRUPT_H_
