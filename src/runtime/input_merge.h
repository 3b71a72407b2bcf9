// InputMerge: makes one stream of control events of those that arrive on the channels of an
// operator. A channel is one edge from one producer instance; several may feed the same input.
// Watermarks: the minimum over the channels that are neither idle nor ended. Barriers: a channel
// that has delivered one is blocked until all have. The end: once per input. Single-threaded.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "operators/operator.h"

namespace sluice {

struct MergedControl {
  int32_t input = 0;
  Control control;
  bool forward = true;  // false: for the operator only (the end of an input while others go on)
};

class InputMerge {
 public:
  // Returns the number of the new channel.
  int32_t AddChannel(int32_t input);
  int32_t num_channels() const { return static_cast<int32_t>(channels_.size()); }
  int32_t input(int32_t channel) const { return channels_[channel].input; }

  // True if nothing may be taken from this channel at present: it waits at a barrier or has ended.
  bool IsBlocked(int32_t channel) const {
    return channels_[channel].at_barrier || channels_[channel].ended;
  }
  // Appends to `out` what follows from it for the operator. REQUIRES: !IsBlocked(channel).
  void OnControl(int32_t channel, const Control& control, std::deque<MergedControl>& out);
  bool ended() const { return num_ended_ == num_channels(); }

 private:
  struct Channel {
    int32_t input = 0;
    int64_t watermark_ms = INT64_MIN;
    bool idle = false;
    bool at_barrier = false;
    bool ended = false;
  };

  void MergeTime(std::deque<MergedControl>& out);
  void MergeBarrier(std::deque<MergedControl>& out);

  std::vector<Channel> channels_;
  int32_t num_ended_ = 0;
  int64_t watermark_ms_ = INT64_MIN;  // sent on
  bool idle_ = false;                 // sent on
  uint64_t epoch_ = 0;                // of the barrier that is being aligned
};

}  // namespace sluice
