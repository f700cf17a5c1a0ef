#include "tools/waybill/demo/sources.hpp"

#include "libs/core/clock.hpp"
#include "tools/waybill/events/print.hpp"
#include "tools/waybill/events/reader.hpp"
#include "tools/waybill/interrupt.hpp"
#include "tools/waybill/retail/jobs.hpp"

namespace waybill::tool::demo {
namespace {

namespace json = boost::json;

constexpr std::size_t kConcurrency = 8;

// Kafka's and the database's clocks are the same here; elsewhere they may differ a little.
constexpr std::chrono::minutes kClockDifference{5};

class ServicePages {
 public:
  ServicePages(Gateway& gateway, const retail::Execution& execution) : gateway_{gateway} {
    std::set<std::string> users;
    for (const auto& result : execution.orders) {
      const auto* placed = std::get_if<retail::PlacedOrder>(&result);
      if (!placed) continue;
      own_.insert(placed->id);
      users.insert(placed->user_id);
    }
    users_.assign(users.begin(), users.end());
  }

  Orders read(boost::asio::io_context& io) {
    retail::run_jobs(io, users_.size(), kConcurrency,
                     [this](std::size_t i) { return read_user(users_[i]); });
    return std::move(orders_);
  }

 private:
  awaitable<void> read_user(std::string user) {
    std::string cursor;
    do {
      std::string path = "/v1/users/" + user + "/orders?limit=100";
      if (!cursor.empty()) path += "&cursor=" + web::url_encode(cursor);
      const Answer page = co_await gateway_.get(std::move(path));
      if (!page.ok()) {
        throw std::runtime_error{
            fmt::format("the orders of user {}: {} {}", user, page.code(), page.detail())};
      }
      take(page.body.at("items").as_array());
      cursor = page.text("next");
    } while (!cursor.empty());
  }

  void take(const json::array& items) {
    for (const json::value& item : items) {
      const json::object& order = item.as_object();
      if (own_.contains(std::string{order.at("id").as_string()})) keep_newest(orders_, order);
    }
  }

  Gateway& gateway_;
  std::set<std::string> own_;
  std::vector<std::string> users_;
  Orders orders_;
};

// The day the order was first known; far in the past where it can't be read.
Instant created_at(const json::object& order) {
  const json::value* at = order.if_contains("created_at");
  if (!at || !at->is_string()) return Instant{};
  return parse_rfc3339(std::string_view{at->get_string()}).value_or(Instant{});
}

}  // namespace

Orders from_service(const GatewayOptions& gateway, const retail::Execution& execution) {
  boost::asio::io_context io{1};
  Gateway platform{io, gateway};
  return ServicePages{platform, execution}.read(io);
}

Orders from_topic(messaging::KafkaBroker& kafka, const Orders& orders) {
  Orders found;
  if (orders.empty()) return found;
  Instant first = Instant::max();
  for (const auto& [id, order] : orders) first = std::min(first, created_at(order));
  events::Selection selection;
  selection.topics = {"waybill.orders"};
  selection.from = {events::Position::Kind::time, 0, first - kClockDifference};
  const auto take = [&](const messaging::Event& event) {
    if (!orders.contains(event.key)) return;
    const auto data = events::decode(event);
    const json::value* order = data ? data->as_object().if_contains("order") : nullptr;
    if (order && order->is_object()) keep_newest(found, order->get_object());
  };
  read_events(kafka, selection, events::Mode::show, interrupted(), take);
  return found;
}

}  // namespace waybill::tool::demo
