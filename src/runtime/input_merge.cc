#include "runtime/input_merge.h"

#include <algorithm>

#include "base/check.h"

namespace sluice {

int32_t InputMerge::AddChannel(int32_t input) {
  channels_.push_back({.input = input});
  return num_channels() - 1;
}

void InputMerge::OnControl(int32_t channel, const Control& control,
                           std::deque<MergedControl>& out) {
  SL_CHECK(!IsBlocked(channel));
  Channel& state = channels_[channel];
  switch (control.kind) {
    case ControlKind::kWatermark:
      state.watermark_ms = std::max(state.watermark_ms, control.watermark_ms);
      MergeTime(out);
      break;
    case ControlKind::kIdle:
    case ControlKind::kActive:
      state.idle = control.kind == ControlKind::kIdle;
      MergeTime(out);
      break;
    case ControlKind::kBarrier:
      state.at_barrier = true;
      epoch_ = control.epoch;
      MergeBarrier(out);
      break;
    case ControlKind::kEndOfInput: {
      state.ended = true;
      ++num_ended_;
      MergeBarrier(out);  // the others may have waited for this channel only
      MergeTime(out);
      const bool input_goes_on = std::any_of(
          channels_.begin(), channels_.end(),
          [&](const Channel& other) { return other.input == state.input && !other.ended; });
      if (!input_goes_on) out.push_back({state.input, control, ended()});
      break;
    }
  }
}

void InputMerge::MergeTime(std::deque<MergedControl>& out) {
  int64_t minimum = INT64_MAX;
  bool any_active = false;
  bool any_open = false;
  for (const Channel& channel : channels_) {
    if (channel.ended) continue;
    any_open = true;
    if (channel.idle) continue;
    any_active = true;
    minimum = std::min(minimum, channel.watermark_ms);
  }
  if (!any_open) return;
  if (idle_ == any_active) {
    idle_ = !any_active;
    out.push_back({0, {.kind = idle_ ? ControlKind::kIdle : ControlKind::kActive}});
  }
  if (any_active && minimum > watermark_ms_) {
    watermark_ms_ = minimum;
    out.push_back({0, {.kind = ControlKind::kWatermark, .watermark_ms = minimum}});
  }
}

void InputMerge::MergeBarrier(std::deque<MergedControl>& out) {
  bool any_at_barrier = false;
  for (const Channel& channel : channels_) {
    if (!channel.ended && !channel.at_barrier) return;
    any_at_barrier |= channel.at_barrier;
  }
  if (!any_at_barrier) return;
  for (Channel& channel : channels_) channel.at_barrier = false;
  out.push_back({0, {.kind = ControlKind::kBarrier, .epoch = epoch_}});
}

}  // namespace sluice
