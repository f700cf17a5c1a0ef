#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "libs/contract/json.hpp"
#include "waybill/all_messages.hpp"

namespace waybill::contract {
namespace {

// Reading the table is what keeps all messages in the program.
bool are_messages_linked() {
  return std::all_of(std::begin(kAllMessages), std::end(kAllMessages),
                     [](const void* const volatile& file) { return file != nullptr; });
}

}  // namespace

std::unique_ptr<google::protobuf::Message> make_message(std::string_view full_name) {
  namespace pb = google::protobuf;
  if (!are_messages_linked()) return nullptr;
  const auto* type =
      pb::DescriptorPool::generated_pool()->FindMessageTypeByName(std::string{full_name});
  if (!type) return nullptr;
  const auto* prototype = pb::MessageFactory::generated_factory()->GetPrototype(type);
  return std::unique_ptr<pb::Message>{prototype->New()};
}

}  // namespace waybill::contract
