#include "libs/metrics/outgoing.hpp"

namespace waybill::metrics {
namespace {

const std::vector<double> kBuckets{0.0001, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4,
                                   0.6,    0.8,   1,    1.2,  1.4,  1.6, 1.8, 2};

Histogram& calls(const std::string& target, const std::string& operation, const char* outcome) {
  return histogram("integration_request_duration_seconds",
                   "Calls to the outside, failures included.",
                   {{"service", process_name()},
                    {"target", target},
                    {"operation", operation},
                    {"outcome", outcome}},
                   kBuckets);
}

}  // namespace

OutgoingKind::OutgoingKind(const std::string& target, const std::string& operation)
    : ok_{calls(target, operation, "ok")}, failed_{calls(target, operation, "failed")} {}

}  // namespace waybill::metrics
