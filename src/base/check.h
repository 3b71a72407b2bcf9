// Assertions for our own bugs; never on anything that a user, the network or a disk can cause.
// SL_CHECK stays on in release builds and aborts; SL_DCHECK is for per-row loops and vanishes with
// NDEBUG.
#pragma once

namespace sluice {
[[noreturn]] void CheckFailed(const char* condition, const char* file, int line);
}  // namespace sluice

#define SL_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::sluice::CheckFailed(#condition, __FILE__, __LINE__))

#ifdef NDEBUG
#define SL_DCHECK(condition) static_cast<void>(0)
#else
#define SL_DCHECK(condition) SL_CHECK(condition)
#endif
