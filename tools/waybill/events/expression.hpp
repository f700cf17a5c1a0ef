// Conditions over a decoded event: order.status == 'PAID' && order.items[*].quantity >= 10. Pure.
#pragma once

#include <memory>
#include <string_view>

#include <boost/json.hpp>

#include "libs/core/fault.hpp"

namespace waybill::tool::events {

// Comparisons (==, !=, <, <=, >, >=, ~ for "contains") of paths with texts in quotes, numbers,
// true, false and null; && || ! and parentheses. A path names members of the payload; [n] is an
// element,
// [*] any of them; a path alone is true when something is there that is neither null nor false.
// Numbers compare with decimal strings too, as money is written.
class Expression {
 public:
  // Says where it is wrong.
  static Result<Expression> parse(std::string_view text);
  bool matches(const boost::json::value& data) const;

  struct Node;

 private:
  explicit Expression(std::shared_ptr<const Node> root) : root_{std::move(root)} {}
  std::shared_ptr<const Node> root_;
};

}  // namespace waybill::tool::events
