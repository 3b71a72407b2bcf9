#include "base/error_code.h"

#include "absl/strings/str_format.h"
#include "base/check.h"

namespace sluice {
namespace {

constexpr ErrorCodeEntry kEntries[] = {
#define SL_ERROR_CODE(name, number, title, remedy) {ErrorCode::name, title, remedy},
#include "base/error_code_list.inc"
#undef SL_ERROR_CODE
};

}  // namespace

std::span<const ErrorCodeEntry> AllErrorCodes() { return kEntries; }

const ErrorCodeEntry& FindErrorCode(ErrorCode code) {
  const ErrorCodeEntry* found = nullptr;
  for (const ErrorCodeEntry& entry : kEntries) {
    if (entry.code == code) found = &entry;
  }
  SL_CHECK(found != nullptr);
  return *found;
}

std::string ErrorCodeName(ErrorCode code) {
  return absl::StrFormat("SL%04d", static_cast<int>(code));
}

}  // namespace sluice
