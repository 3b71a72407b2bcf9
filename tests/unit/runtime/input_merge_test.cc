#include "runtime/input_merge.h"

#include <gtest/gtest.h>

#include <string>

namespace sluice {
namespace {

Control Watermark(int64_t ms) { return {.watermark_ms = ms}; }
Control Barrier(uint64_t epoch) { return {.kind = ControlKind::kBarrier, .epoch = epoch}; }
const Control kEnd{.kind = ControlKind::kEndOfInput};
const Control kIdle{.kind = ControlKind::kIdle};
const Control kActive{.kind = ControlKind::kActive};

// What came out, as text: "w5 b1 e0 E1": watermark, barrier, the end of input 0 (more to come), of
// input 1 (the last).
class InputMergeTest : public testing::Test {
 protected:
  std::string Send(int32_t channel, const Control& control) {
    std::deque<MergedControl> merged;
    merge_.OnControl(channel, control, merged);
    std::string text;
    for (const MergedControl& event : merged) {
      if (!text.empty()) text += ' ';
      switch (event.control.kind) {
        case ControlKind::kWatermark:
          text += "w" + std::to_string(event.control.watermark_ms);
          break;
        case ControlKind::kBarrier: text += "b" + std::to_string(event.control.epoch); break;
        case ControlKind::kIdle: text += "idle"; break;
        case ControlKind::kActive: text += "active"; break;
        case ControlKind::kEndOfInput:
          text += (event.forward ? "E" : "e") + std::to_string(event.input);
          break;
      }
    }
    return text;
  }
  InputMerge merge_;
};

TEST_F(InputMergeTest, WatermarkIsTheMinimumAndNeverGoesBack) {
  merge_.AddChannel(0);
  merge_.AddChannel(0);
  EXPECT_EQ(Send(0, Watermark(5)), "");
  EXPECT_EQ(Send(1, Watermark(3)), "w3");
  EXPECT_EQ(Send(1, Watermark(2)), "");
  EXPECT_EQ(Send(1, Watermark(9)), "w5");
  EXPECT_EQ(Send(0, Watermark(7)), "w7");
}

TEST_F(InputMergeTest, IdleChannelsDoNotHoldTimeBack) {
  merge_.AddChannel(0);
  merge_.AddChannel(0);
  EXPECT_EQ(Send(0, Watermark(5)), "");
  EXPECT_EQ(Send(1, kIdle), "w5");
  EXPECT_EQ(Send(0, kIdle), "idle");
  EXPECT_EQ(Send(1, kActive), "active");
  EXPECT_EQ(Send(1, Watermark(4)), "");
  EXPECT_EQ(Send(1, Watermark(6)), "w6");
}

TEST_F(InputMergeTest, EndedChannelsDoNotHoldTimeBack) {
  merge_.AddChannel(0);
  merge_.AddChannel(1);
  EXPECT_EQ(Send(0, Watermark(5)), "");
  EXPECT_EQ(Send(1, kEnd), "w5 e1");
  EXPECT_EQ(Send(0, kEnd), "E0");
  EXPECT_TRUE(merge_.ended());
}

TEST_F(InputMergeTest, BarrierBlocksItsChannelUntilAllHaveIt) {
  for (int32_t channel = 0; channel < 3; ++channel) merge_.AddChannel(channel / 2);
  EXPECT_EQ(Send(0, Barrier(1)), "");
  EXPECT_TRUE(merge_.IsBlocked(0));
  EXPECT_FALSE(merge_.IsBlocked(1));
  EXPECT_EQ(Send(2, Barrier(1)), "");
  EXPECT_EQ(Send(1, Barrier(1)), "b1");
  for (int32_t channel = 0; channel < 3; ++channel) EXPECT_FALSE(merge_.IsBlocked(channel));
}

TEST_F(InputMergeTest, TheEndOfTheLastMissingChannelReleasesTheBarrier) {
  merge_.AddChannel(0);
  merge_.AddChannel(0);
  EXPECT_EQ(Send(0, Barrier(4)), "");
  EXPECT_EQ(Send(1, kEnd), "b4");
  EXPECT_FALSE(merge_.IsBlocked(0));
  EXPECT_EQ(Send(0, Barrier(5)), "b5");
  EXPECT_EQ(Send(0, kEnd), "E0");
}

TEST_F(InputMergeTest, AnInputEndsWithTheLastOfItsChannels) {
  merge_.AddChannel(0);
  merge_.AddChannel(0);
  merge_.AddChannel(1);
  EXPECT_EQ(Send(0, kEnd), "");
  EXPECT_EQ(Send(1, kEnd), "e0");
  EXPECT_EQ(Send(2, kEnd), "E1");
}

}  // namespace
}  // namespace sluice
