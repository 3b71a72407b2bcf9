#include "cli/stop_signals.h"

#include <unistd.h>
#include <csignal>
#include <cstdlib>

namespace sluice {
namespace {

constexpr int kExitCodeOfInterrupt = 130;

// What a signal handler may touch.
volatile std::sig_atomic_t num_signals = 0;
volatile std::sig_atomic_t exits_at_second = 0;

void OnSignal(int) {
  num_signals = num_signals + 1;
  if (num_signals >= 2 && exits_at_second != 0) _exit(kExitCodeOfInterrupt);
}

}  // namespace

void CatchStopSignals(SecondSignal second) {
  exits_at_second = second == SecondSignal::kExit ? 1 : 0;
  struct sigaction action = {};
  action.sa_handler = OnSignal;  // without SA_RESTART: a wait for input ends
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

int NumStopSignals() { return num_signals; }
void ForgetStopSignals() { num_signals = 0; }

}  // namespace sluice
