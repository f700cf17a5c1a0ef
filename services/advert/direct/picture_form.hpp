// The form that a campaign's picture comes in: exactly one file, under any name.
#pragma once

#include <string>

#include "libs/async/async.hpp"
#include "libs/web/http.hpp"

namespace waybill::advert::direct {

inline constexpr std::uint64_t most_picture_bytes = 10 * 1024 * 1024;
// With what is around it; a client that says so much is refused before it sends.
inline constexpr std::uint64_t most_form_bytes = most_picture_bytes + 1024 * 1024;

// The file's bytes. 400 where there is none, or two; 413 above 10 MiB; 415 for what is no form.
// What the source throws comes through.
async::awaitable<Result<std::string>> read_picture(web::Request& request);

}  // namespace waybill::advert::direct
