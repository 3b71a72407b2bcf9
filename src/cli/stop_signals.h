// SIGINT and SIGTERM as wishes to stop, counted.
#pragma once

namespace sluice {

enum class SecondSignal {
  kExit,   // the process ends at once, with exit code 130
  kCount,  // whoever runs the job sees to it
};

// From here on the signals are counted. Call once, before other threads start.
void CatchStopSignals(SecondSignal second);

// Signals since the last call of ForgetStopSignals.
int NumStopSignals();
void ForgetStopSignals();

}  // namespace sluice
