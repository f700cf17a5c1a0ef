#include "libs/messaging/broker.hpp"

#include "libs/messaging/amqp_limits.hpp"
#include "libs/messaging/rabbit/consumer.hpp"
#include "libs/messaging/rabbit/publisher.hpp"
#include "libs/messaging/rabbit/topology.hpp"

namespace waybill::messaging {
namespace {

class Rabbit final : public RabbitBroker {
 public:
  explicit Rabbit(RabbitOptions options)
      : options_{std::move(options)},
        address_{rabbit::Address::parse(options_.url, options_.heartbeat)} {}

  std::unique_ptr<Publisher> make_publisher(const std::string& name) override {
    return rabbit::make_publisher(options_, address_, name);
  }

  std::unique_ptr<Consumer> make_consumer(const QueueOptions& queue) override {
    auto named = queue;
    if (named.exclusive && named.name.empty()) named.name = "reply." + new_id().to_string();
    check_queue(named);
    return rabbit::make_consumer(address_, named);
  }

  void declare(const QueueOptions& queue) override {
    check_queue(queue);
    with_connection("declare", [&](auto& connection) { rabbit::declare(connection, queue); });
  }

  void declare_notices(const NoticeQueue& queue) override {
    with_connection("declare",
                    [&](auto& connection) { rabbit::declare_notices(connection, queue); });
  }

  void remove(const QueueOptions& queue) override {
    with_connection("remove", [&](auto& connection) {
      for (const auto& name : queues_of(queue)) connection.delete_queue(name);
    });
  }

  std::optional<std::size_t> ready(const std::string& queue) override {
    std::optional<std::size_t> count;
    with_connection("ready", [&](auto& connection) { count = connection.ready(queue); });
    return count;
  }

 private:
  template <class Work>
  void with_connection(const std::string& name, const Work& work) {
    rabbit::Connection connection{address_, name};
    work(connection);
    connection.close();
  }

  const RabbitOptions options_;
  const rabbit::Address address_;
};

}  // namespace

std::unique_ptr<RabbitBroker> make_rabbit(RabbitOptions options) {
  return std::make_unique<Rabbit>(std::move(options));
}

}  // namespace waybill::messaging
