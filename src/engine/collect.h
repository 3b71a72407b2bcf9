// Collect: the end of a SELECT: hands every batch to a receiver.
#pragma once

#include <memory>

#include "engine/engine.h"

namespace sluice {

std::unique_ptr<Operator> MakeCollect(RowReceiver* receiver);

}  // namespace sluice
