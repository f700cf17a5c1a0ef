#include "services/gateway/limits/rate_limits.hpp"

#include <boost/asio/ip/address.hpp>

#include "libs/metrics/metrics.hpp"

namespace waybill::gateway {
namespace {

using std::chrono::ceil;
using std::chrono::seconds;

void count_refusal(const std::string& limit) {
  metrics::counter("rate_limited_total", "Calls refused by a rate limit.", {{"limit", limit}})
      .add();
}

}  // namespace

std::string limited_as(const Caller& caller, std::string_view address) {
  if (caller.user) return "user " + caller.user->to_string();
  boost::system::error_code error;
  const auto parsed = boost::asio::ip::make_address(address, error);
  if (error || parsed.is_v4()) return fmt::format("address {}", address);
  const auto v6 = parsed.to_v6();
  if (v6.is_v4_mapped()) {
    const auto v4 = boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, v6);
    return "address " + v4.to_string();
  }
  auto bytes = v6.to_bytes();
  std::fill(bytes.begin() + 8, bytes.end(), 0);
  return "address " + boost::asio::ip::address_v6{bytes}.to_string() + "/64";
}

void Counted::add_headers(web::Headers& headers) const {
  const auto window = ceil<seconds>(limit.window).count();
  const auto next = ceil<seconds>(verdict.next).count();
  headers.set("RateLimit-Policy", fmt::format(R"("{}";q={};w={})", policy, limit.calls, window));
  headers.set("RateLimit", fmt::format(R"("{}";r={};t={})", policy, verdict.left, next));
  if (!verdict.admitted) headers.set("Retry-After", std::to_string(std::max<long>(next, 1)));
}

RateLimits::RateLimits(cache::Limiter& limiter, Limits limits)
    : limiter_{limiter}, limits_{std::make_shared<const Limits>(std::move(limits))} {}

std::shared_ptr<const Limits> RateLimits::limits() const {
  const std::lock_guard lock{mutex_};
  return limits_;
}

void RateLimits::set(Limits limits) {
  auto fresh = std::make_shared<const Limits>(std::move(limits));
  const std::lock_guard lock{mutex_};
  limits_ = std::move(fresh);
}

web::awaitable<std::optional<Counted>> RateLimits::count(const contract::Operation& operation,
                                                         Role role, std::string caller) {
  const auto present = limits();
  const auto rule = present->rule(operation.limit, role);
  if (!rule) co_return std::nullopt;
  std::string key = fmt::format("limit:{} {} {}", operation.method, operation.path, caller);
  const auto verdict = co_await limiter_.admit(std::move(key), rule->limit);
  Counted counted;
  counted.policy = rule->name;
  counted.limit = rule->limit;
  counted.verdict = verdict;
  if (!verdict.admitted) count_refusal(counted.policy);
  co_return counted;
}

Fault too_many_calls() {
  return {FaultKind::rate_limited,
          "rate-limited",
          "Too many calls of this kind; Retry-After says when the next one passes.",
          {}};
}

}  // namespace waybill::gateway
