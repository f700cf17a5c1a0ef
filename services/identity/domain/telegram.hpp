// By which code a Telegram user and an account find each other (contract: documents-bot).
#pragma once

#include <chrono>
#include <string>

#include "libs/core/fault.hpp"

namespace waybill::identity::domain {

inline constexpr std::size_t link_code_size = 16;  // of [A-Za-z0-9]: 95 bits
inline constexpr std::chrono::minutes link_code_life{10};
inline constexpr std::int64_t most_link_tries = 5;  // of a Telegram user in link_try_window
inline constexpr std::chrono::minutes link_try_window{10};

// Made of random bytes; nullopt when they do not suffice. Every code is as likely as any other, so
// a byte that would favour some characters is skipped.
std::optional<std::string> link_code_of(std::string_view random);

// One text for wrong, used and expired ones, so that it tells nothing.
Fault bad_link_code();
Fault too_many_link_tries();

}  // namespace waybill::identity::domain
