// Messages live for ever in topics and queues: fields are only added. The baseline holds every
// field that was ever there.
#include <fstream>

#include <catch2/catch.hpp>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor_database.h>

namespace pb = google::protobuf;

namespace {

constexpr const char* kBaseline = "proto/baseline.txt";

void describe(const pb::Descriptor& message, std::set<std::string>& lines) {
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    std::string type = field.message_type() ? field.message_type()->full_name() : field.type_name();
    lines.insert(message.full_name() + ' ' + std::to_string(field.number()) + ' ' + field.name() +
                 ' ' + (field.is_repeated() ? "repeated " : "") + type);
  }
  for (int i = 0; i < message.nested_type_count(); ++i) describe(*message.nested_type(i), lines);
}

std::set<std::string> present_fields() {
  std::vector<std::string> files;
  std::set<std::string> lines;
  for (const auto* file :
       {"common/v1/outcome", "identity/v1/commands", "identity/v1/events", "product/v1/commands",
        "product/v1/events", "order/v1/commands", "order/v1/events", "report/v1/commands",
        "report/v1/events", "file/v1/commands", "file/v1/events", "advert/v1/commands",
        "advert/v1/events"}) {
    const auto* found = pb::DescriptorPool::generated_pool()->FindFileByName(
        "waybill/" + std::string{file} + ".proto");
    REQUIRE(found);
    for (int i = 0; i < found->message_type_count(); ++i) describe(*found->message_type(i), lines);
  }
  return lines;
}

std::set<std::string> baseline_fields() {
  std::ifstream in{kBaseline};
  REQUIRE(in);
  std::set<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty() && line[0] != '#') lines.insert(line);
  }
  return lines;
}

}  // namespace

TEST_CASE("no field of the baseline is gone or has changed number, name or type",
          "[house][proto]") {
  const auto present = present_fields();
  for (const std::string& field : baseline_fields()) {
    INFO("was there: " << field);
    CHECK(present.contains(field));
  }
}

TEST_CASE("every field is in the baseline", "[house][proto]") {
  const auto baseline = baseline_fields();
  for (const std::string& field : present_fields()) {
    INFO("add this line to " << kBaseline << ":\n" << field);
    CHECK(baseline.contains(field));
  }
}

TEST_CASE("docs/asyncapi.yaml names only messages that exist", "[house][proto]") {
  std::ifstream in{"docs/asyncapi.yaml"};
  REQUIRE(in);
  int seen = 0;
  for (std::string line; std::getline(in, line);) {
    const std::size_t at = line.find("name: waybill.");
    if (at == std::string::npos) continue;
    const std::string name = line.substr(at + 6);
    INFO(name);
    CHECK(pb::DescriptorPool::generated_pool()->FindMessageTypeByName(name));
    ++seen;
  }
  CHECK(seen > 0);
}
