// The services' api.yaml files as one contract: route table, validator, mapping to commands, and
// the document at /openapi.json. Loaded once, immutable afterwards, may be used by any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "libs/core/fault.hpp"
#include "libs/web/http.hpp"
#include "libs/web/router.hpp"

namespace waybill::contract {

// A file that can't be used; what() names file, place and remedy.
class ContractError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

enum class Access { public_, customer, owner, staff, ops };

struct CommandTarget {
  std::string queue;
  std::string type;   // full protobuf name
  std::string alias;  // short name for JSON publishers, may be empty
  std::vector<std::pair<std::string, std::string>> params;  // path parameter → field of the message
  bool replace = false;  // `members` lists all editable members, not only those that were sent
  std::string list{};    // the field that the body, an array, goes to; empty: the body is an object
};

struct QueryTarget {
  std::string service;
  std::string cache;  // key template "product:{id}"; empty: not cached
};

// What goes straight to a service over HTTP: writes that must never lie in a queue (x-direct), and
// bytes that pass through as they come, both ways (x-stream).
struct DirectTarget {
  std::string service;
  bool streams = false;
  std::uint64_t most_bytes = 0;  // of a streamed request's body
  bool patient = false;          // the service itself waits for somebody else, and says how long
};

struct EventsTarget {
  std::string topic;
  std::string query;               // path template of the x-query that gives the present state
  std::string event;               // SSE event name
  std::string status;              // member of the state to look at for the end …
  std::vector<std::string> final;  // … and the values that end the stream
};

struct Operation {
  std::string method;
  std::string path;  // template: /v1/orders/{id}
  std::string id;    // operationId
  Access access = Access::ops;
  std::string owner_param;  // path parameter that names the owner (x-owner), empty: the object says
  std::string limit;        // x-limit
  std::optional<CommandTarget> command;
  std::optional<QueryTarget> query;
  std::optional<DirectTarget> direct;
  std::optional<EventsTarget> events;
  bool lenient = false;  // of a document that says x-lenient
  bool has_body = false;
  bool body_required = false;
  bool if_match = false;                 // the operation takes If-Match → expected_version
  std::vector<std::string> media_types;  // of the body, as the contract names them

  struct Schemas;  // compiled; inside only
  std::shared_ptr<const Schemas> schemas;
};

struct Violation {
  std::string where;  // JSON pointer ("/items/0/quantity") or parameter name
  bool in_body = true;
  std::string message;
};

class Contract {
 public:
  // Throws ContractError. `open_groups`: the x-access-groups that are for everybody.
  static Contract load(const std::vector<std::string>& files,
                       const std::vector<std::string>& open_groups = {});
  // All */api.yaml below a folder.
  static Contract load_folder(const std::string& folder,
                              const std::vector<std::string>& open_groups = {});

  web::Router<Operation>::Match match(std::string_view method, std::string_view path) const;
  const std::vector<const Operation*>& operations() const;
  const boost::json::object& document() const;  // merged OpenAPI 3.1

  // The operation that speaks for a command of this type or alias when other systems publish it as
  // JSON; nullptr: unknown.
  const Operation* find_command(std::string_view type_or_alias) const;

  // Whether nothing but operations of lenient documents begins as this path does: what is not
  // found there is theirs, too.
  bool is_lenient(std::string_view path) const;
  // What a lenient operation makes of a body before it is looked at: unknown members are gone,
  // numbers that were sent as text are numbers.
  void relax(const Operation& operation, boost::json::value& body) const;

  // Everything that is wrong with path parameters, query, headers and body, at once. `body` is null
  // where none was sent.
  std::vector<Violation> validate(const Operation& operation, const web::PathParams& params,
                                  const web::Request& request,
                                  const boost::json::value* body) const;

  // Can the path name anything? An id that is no UUID can't: the answer is 404, whatever else is
  // wrong with the request.
  bool may_exist(const Operation& operation, const web::PathParams& params) const;
  // Does the operation take a body of this Content-Type? application/json will do wherever some
  // form of JSON is asked for; charset, if given, must be UTF-8.
  bool accepts(const Operation& operation, std::string_view content_type) const;

  // The body as a service gets it from a direct route: without read-only members.
  std::string to_direct_body(const Operation& operation, const boost::json::value& body) const;

  // The protobuf bytes of the operation's command: body members, path and query parameters by name
  // (`params` has both) and expected_version.
  Result<std::string> to_command(const Operation& operation, const web::PathParams& params,
                                 const boost::json::value* body,
                                 std::optional<std::int64_t> expected_version) const;

  // A command that another system published as JSON: `type` (full name or alias) is replaced by the
  // full name; the same checks as over HTTP, path parameters being members of the body. The result
  // is protobuf bytes.
  Result<std::string> decode_command(std::string& type, std::string_view json) const;

 private:
  struct Impl;
  std::shared_ptr<const Impl> impl_;
};

// 400 validation-failed with errors[], detail "Validation failed for POST /v1/orders".
Fault validation_fault(const Operation& operation, const std::vector<Violation>& violations);
Fault validation_fault(const std::string& what, const std::vector<Violation>& violations);

}  // namespace waybill::contract
