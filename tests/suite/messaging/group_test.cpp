// What a member of a consumer group promises.
#include "tests/suite/messaging/kafka_fixture.hpp"

namespace waybill::messaging {
namespace {

// Positions as a projection keeps them.
class Positions {
 public:
  explicit Positions(const Topic& topic) : topic_{topic.name} {}

  GroupOptions member(const std::string& group) {
    GroupOptions options;
    options.group = group;
    options.topics = {topic_};
    options.positions = [this](const std::vector<TopicPartition>& asked) {
      ++asked_;
      if (broken) throw std::runtime_error{"the database is away"};
      auto answer = asked;
      for (auto& position : answer) {
        if (next_.contains(position.partition)) position.offset = next_[position.partition];
      }
      return answer;
    };
    options.revoked = [this](const std::vector<TopicPartition>& lost) {
      revoked_ += static_cast<int>(lost.size());
    };
    return options;
  }

  void applied(const std::vector<Event>& events) {
    for (const auto& event : events) next_[event.partition] = event.offset + 1;
  }

  int asked() const { return asked_; }
  int revoked() const { return revoked_; }
  bool broken = false;

 private:
  const std::string topic_;
  std::map<std::int32_t, std::int64_t> next_;
  int asked_ = 0;
  int revoked_ = 0;
};

void collect(EventConsumer& member, std::multiset<std::string>& values, Positions& positions) {
  const auto events = member.poll(100, milliseconds{50});
  positions.applied(events);
  for (const auto& event : events) values.insert(event.value);
}

}  // namespace

TEMPLATE_TEST_CASE("a member starts where its caller stands, not where the group stood",
                   "[contract][kafka][group]", InMemory, Real) {
  const Topic topic{TestType::kafka()};
  const auto group = unique_name();
  topic.produce_numbers(40);
  Positions positions{topic};
  {
    const auto member = topic.broker->join_group(positions.member(group));
    positions.applied(poll(*member, 40));
  }
  CHECK(positions.asked() == 1);
  CHECK(positions.revoked() == 4);

  topic.produce_numbers(5, 40);
  {
    const auto again = topic.broker->join_group(positions.member(group));
    CHECK(poll(*again, 5).size() == 5);
    CHECK(again->poll(1, kBriefly).empty());
  }
  // The five were handed out but not applied by the caller.
  const auto once_more = topic.broker->join_group(positions.member(group));
  CHECK(poll(*once_more, 5).size() == 5);
}

TEMPLATE_TEST_CASE("a member without positions starts at the beginning", "[contract][kafka][group]",
                   InMemory, Real) {
  const Topic topic{TestType::kafka()};
  topic.produce_numbers(20);
  GroupOptions options;
  options.group = unique_name();
  options.topics = {topic.name};

  const auto member = topic.broker->join_group(options);
  CHECK(poll(*member, 20).size() == 20);
}

TEMPLATE_TEST_CASE("positions that can't be had are asked for again", "[contract][kafka][group]",
                   InMemory, Real) {
  const Topic topic{TestType::kafka()};
  topic.produce_numbers(20);
  Positions positions{topic};
  positions.broken = true;
  const auto member = topic.broker->join_group(positions.member(unique_name()));

  CHECK_THROWS_WITH(poll(*member, 1), "the database is away");
  CHECK_THROWS_WITH(poll(*member, 1), "the database is away");
  positions.broken = false;
  CHECK(poll(*member, 20).size() == 20);
}

TEMPLATE_TEST_CASE("a member that never got its positions leaves without delay",
                   "[contract][kafka][group]", InMemory, Real) {
  const Topic topic{TestType::kafka()};
  Positions positions{topic};
  positions.broken = true;
  auto member = topic.broker->join_group(positions.member(unique_name()));
  CHECK_THROWS_WITH(poll(*member, 1), "the database is away");

  const auto start = std::chrono::steady_clock::now();
  member.reset();
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{3});
}

TEMPLATE_TEST_CASE("a member can be sent back to an earlier event", "[contract][kafka][group]",
                   InMemory, Real) {
  const Topic topic{TestType::kafka(), 1};
  topic.produce_numbers(10);
  Positions positions{topic};
  const auto member = topic.broker->join_group(positions.member(unique_name()));
  REQUIRE(poll(*member, 10).size() == 10);

  member->seek({topic.name, 0, 4});
  const auto again = poll(*member, 6);
  REQUIRE(again.size() == 6);
  CHECK(again.front().value == "4");
}

TEMPLATE_TEST_CASE("two members share the partitions, and who stays takes over from who leaves",
                   "[contract][kafka][group]", InMemory, Real) {
  const Topic topic{TestType::kafka()};
  const auto group = unique_name();
  Positions positions{topic};
  std::multiset<std::string> first_values;
  std::multiset<std::string> second_values;
  const auto first = topic.broker->join_group(positions.member(group));
  auto second = topic.broker->join_group(positions.member(group));

  // Both have joined when both get some of what is told anew.
  int told = 0;
  REQUIRE(testing::eventually(kLong, [&] {
    topic.produce_numbers(20, told);
    told += 20;
    collect(*first, first_values, positions);
    collect(*second, second_values, positions);
    return !first_values.empty() && !second_values.empty();
  }));
  const auto total = [&] { return first_values.size() + second_values.size(); };
  CHECK(testing::eventually(kLong, [&] {
    collect(*first, first_values, positions);
    collect(*second, second_values, positions);
    return total() == static_cast<std::size_t>(told);
  }));

  second.reset();
  const auto taken = first_values.size();
  topic.produce_numbers(100, told);
  CHECK(testing::eventually(kLong, [&] {
    collect(*first, first_values, positions);
    return first_values.size() == taken + 100;
  }));
}

}  // namespace waybill::messaging
