// Finds the end of an HTTP answer, and as much of its meaning as a load generator needs.
#pragma once

#include <cstddef>
#include <string_view>

namespace waybill::bench {

// The first complete answer in `text`: its length, or 0 while it is incomplete.
std::size_t answer_length(std::string_view text, int& status);

}  // namespace waybill::bench
