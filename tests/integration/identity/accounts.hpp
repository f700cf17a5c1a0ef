// An identity database and short ways to run commands and queries on it.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "libs/testing/testing.hpp"
#include "services/identity/commands/commands.hpp"
#include "services/identity/queries/queries.hpp"

namespace waybill::identity::test {

// One database for all tests of this program: they use ids and names of their own.
inline testing::FreshDatabase& database() {
  static testing::FreshDatabase fresh{"identity"};
  return fresh;
}

inline const Caller kStaff{std::nullopt, Role::staff};

template <class Message>
outbox::Command<Message> command(Message body, const Caller& caller = kStaff,
                                 const Id& id = new_id()) {
  outbox::Command<Message> made;
  made.cause.command_id = id;
  made.cause.caller = caller;
  made.cause.instance = "/test";
  made.body = std::move(body);
  made.now = now();
  return made;
}

struct Done {
  std::vector<outbox::Outcome> outcomes;
  outbox::Writer out;

  const outbox::Outcome& outcome() const { return outcomes.at(0); }
  boost::json::value body(std::size_t index = 0) const {
    return boost::json::parse(outcomes.at(index).body);
  }
  std::string id(std::size_t index = 0) const {
    const auto json = body(index);
    return std::string{json.at("id").as_string()};
  }
  std::string code(std::size_t index = 0) const {
    return outcomes.at(index).fault ? outcomes.at(index).fault->code : "";
  }
  std::string field(std::size_t index = 0) const {
    const auto& members = outcomes.at(index).fault.value().members;
    return std::string{members.at("field").as_string()};
  }
};

// One worker: a connection of its own.
class Worker {
 public:
  template <class Handler, class Message>
  Done run(const Handler& handler, std::vector<outbox::Command<Message>> batch) {
    Done done;
    pg::Tx tx{connection_};
    done.outcomes = handler(tx, std::span<const outbox::Command<Message>>{batch}, done.out);
    tx.commit();
    return done;
  }
  template <class Handler, class Message>
  Done run_one(const Handler& handler, Message body, const Caller& caller = kStaff) {
    return run(handler, std::vector{command(std::move(body), caller)});
  }

  Result<web::Response> get(const runtime::QueryHandler& handler, const web::PathParams& params,
                            std::vector<std::pair<std::string, std::string>> parameters = {},
                            const Caller& caller = kStaff) {
    web::Request request;
    request.method = "GET";
    request.path = "/test";
    request.query = std::move(parameters);
    pg::Session session{connection_};
    return handler(session, {request, params, caller});
  }

 private:
  pg::Connection connection_{database().options()};
};

// A name that nobody has.
inline std::string fresh_name(const std::string& prefix = "user") {
  return prefix + "-" + new_id().to_string();
}

inline v1::CreateUser user_of(const std::string& name) {
  v1::CreateUser body;
  body.set_email(name + "@Example.org");
  body.set_username(name);
  body.set_description("a test user");
  return body;
}

inline std::string create(Worker& worker, const std::string& name = fresh_name()) {
  return worker.run_one(commands::create_users, user_of(name)).id();
}

inline v1::AddAddress address_of(const std::string& user, bool is_primary = false) {
  v1::AddAddress body;
  body.set_user_id(user);
  body.set_street("12 St James's Square");
  body.set_city("London");
  body.set_state("-");
  body.set_zip_code("SW1Y 4JH");
  body.set_country("United Kingdom");
  body.set_is_primary(is_primary);
  return body;
}

}  // namespace waybill::identity::test
