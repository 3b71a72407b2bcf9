// The stable code of everything that can go wrong for a user: printed with each message, listed in
// the docs from the same table (base/error_code_list.inc). A code keeps its number and its meaning
// for ever.
//
//   SL10xx  reading SQL text        SL13xx  connectors, formats, options
//   SL11xx  names and validation    SL2xxx  lint: legal, but probably not meant
//   SL12xx  types and functions     SL3xxx  at run time
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice {

enum class ErrorCode : int16_t {
#define SL_ERROR_CODE(name, number, title, remedy) name = number,
#include "base/error_code_list.inc"
#undef SL_ERROR_CODE
};

struct ErrorCodeEntry {
  ErrorCode code;
  std::string_view title;   // what happened, in general
  std::string_view remedy;  // what the user can do, in general
};

// Every code, in ascending order.
std::span<const ErrorCodeEntry> AllErrorCodes();
const ErrorCodeEntry& FindErrorCode(ErrorCode code);

// "SL1203"
std::string ErrorCodeName(ErrorCode code);

}  // namespace sluice
