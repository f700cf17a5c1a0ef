// What each code of a problem means: the `type` of a problem document is the address of its page.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace waybill::gateway {

struct Problem {
  std::string_view code;
  int status;
  std::string_view meaning;  // what has happened
  std::string_view remedy;   // what to do about it
};

// Every code that an answer of this platform may carry, by name.
const std::vector<Problem>& problems();

// The page of one, and the list of all, as HTML.
std::string problem_page(const Problem& problem);
std::string problem_list();

}  // namespace waybill::gateway
