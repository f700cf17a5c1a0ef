// Applies batches of events with their offsets, and parks what can't be applied. Shared by the live
// projection and the rebuild.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "libs/projection/offsets.hpp"
#include "libs/projection/parking.hpp"

namespace waybill::projection {

// So many events are parked that something else must be wrong: it stops before this one.
class StoppedError : public std::runtime_error {
 public:
  StoppedError(const messaging::Event& event, const std::string& why)
      : std::runtime_error{
            fmt::format("{}/{}/{}: {}", event.topic, event.partition, event.offset, why)} {}
};

class Applier {
 public:
  // Called when the database could not do it for the moment; false: give up, which throws.
  using Patience = std::function<bool(const pg::TransientError&)>;

  Applier(const Definition& definition, pg::Connection& connection, Patience patience);

  // Where to start with newly assigned partitions. Throws as pg::Tx.
  std::vector<messaging::TopicPartition> load(
      const std::vector<messaging::TopicPartition>& assigned);
  // All of them, in one transaction when nothing is wrong. Throws MovedError, StoppedError, and
  // pg::TransientError once the patience is over.
  void apply(std::span<const messaging::Event> events);
  // Parked events, as far as this member has seen.
  std::int64_t parked() const { return parked_; }
  void release(const std::vector<messaging::TopicPartition>& revoked) { offsets_.release(revoked); }
  // Looks again: somebody may have moved the offsets (MovedError) or retried what is parked. Throws
  // as pg::Tx.
  void look();

 private:
  void count_parked();
  void apply_patiently(std::span<const messaging::Event> events);
  void apply_once(std::span<const messaging::Event> events);
  // A planted bug (libs/core/planted.hpp).
  void move_offsets_ahead(std::span<const messaging::Event> events);
  void park(const messaging::Event& event, const std::string& reason);
  void park_once(const messaging::Event& event, const std::string& reason);
  template <class Work>
  void patiently(Work work);

  const Definition& definition_;
  pg::Connection& connection_;
  Patience patience_;
  Offsets offsets_;
  Parking parking_;
  std::int64_t parked_ = 0;
};

}  // namespace waybill::projection
