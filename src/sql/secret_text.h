// Secrets that stand in SQL text: the values of options such as 'password'. Whoever shows a line of
// a script hides them.
#pragma once

#include <string>
#include <string_view>

namespace sluice {

// True if an option of this name holds a secret.
bool IsSecretOption(std::string_view key);

// The text with '*' for each byte of a secret: 'password' = '*******'. Keeps references to secrets,
// ${env:NAME}.
std::string HideSecrets(std::string_view text);

}  // namespace sluice
