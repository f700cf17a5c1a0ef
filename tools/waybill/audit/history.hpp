// What a load generator wrote down of its answers: a JSON object per line,
//   {"method": "POST", "path": "/v1/orders", "key": "…", "status": 201, "id": "0190…"}
// `key` is the idempotency key, `status` 0 where no answer came, `id` what was created (its id is
// the command's). Any number of lines may have the same key. `command_id` names the command where
// `id` does not: for everything but creations.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace waybill::tool::audit {

enum class Answer { done, accepted, refused, error };

struct HistoryLine {
  std::string key;
  Answer answer = Answer::error;
  std::string command_id = {};  // empty: the answer does not tell
};

// 2xx is done, 202 accepted, 4xx refused; no answer, 429, 408, 425 and 5xx are errors: the client
// knows nothing. nullopt: no such line.
std::optional<HistoryLine> parse_history_line(std::string_view text);

}  // namespace waybill::tool::audit
