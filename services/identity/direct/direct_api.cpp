#include "services/identity/direct/direct_api.hpp"

#include "libs/auth/secrets.hpp"
#include "libs/core/base64.hpp"
#include "libs/log/log.hpp"
#include "libs/runtime/gateway_request.hpp"
#include "services/identity/domain/password.hpp"
#include "services/identity/domain/telegram.hpp"

namespace waybill::identity::direct {
namespace {

namespace json = boost::json;
using runtime::caller_of;
using runtime::cause_of;
using runtime::client_of;

// Idempotency keys of direct writes become command ids in this name space (RFC 9562, section 5.5);
// the value is arbitrary and must never change.
const Id kCommands = *Id::parse("0d5b1e0c-3c43-5d0e-8f5e-7a1d5c0f9b62");
constexpr const char* kCreateUser = "waybill.identity.v1.CreateUser";

metrics::Counter& logins(const std::string& outcome) {
  return metrics::counter("auth_logins_total", "Attempts to sign in with a password.",
                          {{"outcome", outcome}});
}

metrics::Counter& reused() {
  return metrics::counter("auth_refresh_reused_total",
                          "Refresh tokens that came a second time: their logins were ended.");
}

// The body may hold a password, so a plain hash would invite to guess it.
std::string fingerprint(const web::Request& request, const config::Secret& secret) {
  const std::string text = request.method + '\n' + request.path + '\n' + request.body;
  return base64url_encode(auth::keyed_digest(secret, text));
}

// One text for all of them, so that it tells nothing.
Fault bad_credentials() {
  return {FaultKind::unauthenticated,
          "invalid-credentials",
          "The credentials are wrong.",
          {{"error", "invalid_grant"}}};
}

// RFC 6749 section 5.1: nobody keeps a copy.
web::Response unkept(web::Response response) {
  response.headers.set("Cache-Control", "no-store");
  return response;
}

web::Response token_response(const TokenPair& pair, const Policy& policy) {
  using std::chrono::floor;
  return web::json_response(
      200, json::object{{"access_token", pair.access},
                        {"token_type", "Bearer"},
                        {"expires_in", floor<seconds>(policy.access_life).count()},
                        {"refresh_token", pair.refresh},
                        {"refresh_expires_in", floor<seconds>(policy.refresh_life).count()}});
}

// Of a path that begins with /v1/users/{id}.
Id user_in(std::string_view path) {
  constexpr std::string_view kBefore = "/v1/users/";
  path.remove_prefix(kBefore.size());
  return Id::parse(path.substr(0, path.find('/'))).value_or(Id{});
}

std::string new_link_code() {
  std::optional<std::string> code;
  while (!code) code = domain::link_code_of(*base64url_decode(auth::new_secret()));
  return *code;
}

web::Response to_response(const common::v1::Outcome& outcome) {
  web::Response response{outcome.status(),
                         outcome.status() < 400 ? "application/json" : "application/problem+json",
                         outcome.body()};
  if (outcome.has_location()) response.headers.set("Location", outcome.location());
  if (outcome.has_version()) {
    response.headers.set("ETag", '"' + std::to_string(outcome.version()) + '"');
  }
  return response;
}

// What verifying a password found.
struct Verdict {
  bool right = false;
  std::optional<std::string> better_hash;
};

Verdict check(const config::Secret& password, const std::string& hash, const Policy& policy) {
  if (!auth::verify_password(password.reveal(), hash)) return {};
  if (!auth::needs_rehash(hash, policy.password_cost)) return {true, std::nullopt};
  return {true, auth::hash_password(password.reveal(), policy.password_cost)};
}

}  // namespace

DirectApi::DirectApi(boost::asio::io_context& io, const Policy& policy, const keys::KeyRing& keys,
                     pg::Options database, Transactions transactions, LaneSizes sizes)
    : policy_{policy},
      keys_{keys},
      transactions_{std::move(transactions)},
      decoy_{auth::hash_password(auth::new_secret(), policy.password_cost)},
      hash_seconds_{metrics::histogram("auth_hash_seconds", "Hashing or verifying a password.")},
      hash_queue_{metrics::gauge("auth_hash_queue", "Passwords that wait to be hashed.")},
      connections_{std::move(database), sizes.database_threads},
      hash_lane_{io, sizes.hash_threads, sizes.hash_queue, sizes.hash_niceness},
      database_lane_{io, sizes.database_threads, sizes.database_queue} {
  routes_.add("POST", "/v1/auth/register", &DirectApi::register_account);
  routes_.add("POST", "/v1/users", &DirectApi::create_account);
  routes_.add("POST", "/v1/auth/token", &DirectApi::give_token);
  routes_.add("POST", "/v1/auth/revoke", &DirectApi::revoke_token);
  routes_.add("POST", "/v1/auth/password", &DirectApi::change_password);
  routes_.add("POST", "/v1/users/{id}/telegram-link", &DirectApi::give_link_code);
}

web::awaitable<web::Response> DirectApi::handle(web::Request& request) {
  const auto match = routes_.match(request.method, request.path);
  if (!match.value) co_return web::problem_response(not_found("There is no such write."), request);
  const Route route = *match.value;
  web::Visit visit{meters_.of(request.method, match.route)};
  try {
    auto response = co_await (this->*route)(request);
    visit.answered(response.status);
    co_return response;
  } catch (const pg::TransientError& error) {
    const log::Scope scope{request.trace};
    log::warn("direct.unavailable", {{"path", request.path}, {"reason", error.what()}});
  }
  visit.answered(503);
  co_return web::problem_response(unavailable("This can't be done at the moment."), request);
}

template <class Work>
web::awaitable<Result<std::invoke_result_t<Work&, pg::Connection&>>> DirectApi::in_database(
    const web::Request& request, Work& work) {
  auto job = [this, &request, &work] {
    const log::Scope scope{request.trace};
    auto connection = connections_.take();
    return work(*connection);
  };
  auto result = co_await database_lane_.run(job, request.deadline);
  co_return result;
}

template <class Work>
web::awaitable<Result<std::invoke_result_t<Work&>>> DirectApi::hashing(const web::Request& request,
                                                                       Work& work) {
  bool started = false;
  auto job = [this, &work, &started] {
    started = true;
    hash_queue_.add(-1);
    const metrics::Timer timer{hash_seconds_};
    return work();
  };
  hash_queue_.add(1);
  auto result = co_await hash_lane_.run(job, request.deadline);
  if (!started) hash_queue_.add(-1);
  co_return result;
}

web::awaitable<web::Response> DirectApi::register_account(const web::Request& request) {
  const auto account = read_registration(request.body);
  if (!account) co_return web::problem_response(account.error(), request);
  auto response = co_await store_account(request, *account);
  co_return response;
}

web::awaitable<web::Response> DirectApi::create_account(const web::Request& request) {
  const Caller caller = caller_of(request);
  if (!caller.is_staff())
    co_return web::problem_response(forbidden("Only staff may create users."), request);
  const auto account = read_account(request.body);
  if (!account) co_return web::problem_response(account.error(), request);
  if (account->roles != domain::only_customer && !caller.is_ops()) {
    co_return web::problem_response(forbidden("Only ops may give roles."), request);
  }
  auto response = co_await store_account(request, *account);
  co_return response;
}

web::awaitable<web::Response> DirectApi::store_account(const web::Request& request,
                                                       const NewAccount& account) {
  std::optional<std::string> hash;
  if (account.password) {
    auto make = [&] {
      return auth::hash_password(account.password->reveal(), policy_.password_cost);
    };
    auto made = co_await hashing(request, make);
    if (!made) co_return web::problem_response(made.error(), request);
    hash = std::move(*made);
  }
  const outbox::DirectCommand command{
      kCreateUser,
      request.headers.has("Idempotency-Key") ? fingerprint(request, policy_.key_secret) : "",
      cause_of(request, kCommands)};
  auto work = [&](pg::Connection& connection) {
    return transactions_.run_once(connection, command, [&](pg::Tx& tx, outbox::Writer& out) {
      return direct::create_account(tx, out, account, hash, command.cause, now());
    });
  };
  auto outcome = co_await in_database(request, work);
  if (!outcome) co_return web::problem_response(outcome.error(), request);
  co_return to_response(*outcome);
}

web::awaitable<web::Response> DirectApi::give_token(const web::Request& request) {
  const auto grant = read_grant(request.body);
  if (!grant) co_return unkept(web::problem_response(grant.error(), request));
  web::Response response;
  if (const auto* password = std::get_if<PasswordGrant>(&*grant)) {
    response = co_await sign_in(request, *password);
  } else {
    response = co_await refresh(request, std::get<RefreshGrant>(*grant));
  }
  co_return unkept(std::move(response));
}

web::awaitable<web::Response> DirectApi::sign_in(const web::Request& request,
                                                 const PasswordGrant& grant) {
  // Before the database is asked for what could not be hashed: a flood has to stay cheap.
  if (hash_lane_.is_full()) {
    logins("overloaded").add();
    co_return web::problem_response(Lane::too_busy(), request);
  }
  const auto key = keys_.signer(now());
  if (!key) co_return web::problem_response(key.error(), request);
  auto find = [&](pg::Connection& connection) {
    pg::Session session{connection};
    return store::find_credentials(session, grant.name);
  };
  const auto known = co_await in_database(request, find);
  if (!known) co_return web::problem_response(known.error(), request);

  const bool may_sign_in = known->has_value() && (*known)->password.has_value();
  const std::string& hash = may_sign_in ? *(*known)->password : decoy_;
  auto verify = [&] { return check(grant.password, hash, policy_); };
  const auto verdict = co_await hashing(request, verify);
  if (!verdict) {
    logins("overloaded").add();
    co_return web::problem_response(verdict.error(), request);
  }
  std::optional<TokenPair> pair;
  if (may_sign_in && verdict->right) {
    auto enter = [&](pg::Connection& connection) {
      std::optional<TokenPair> made;
      transactions_.run(connection, [&](pg::Tx& tx, outbox::Writer&) {
        made = direct::sign_in(tx, **known, verdict->better_hash, {policy_, *key, now()});
      });
      return made;
    };
    auto entered = co_await in_database(request, enter);
    if (!entered) co_return web::problem_response(entered.error(), request);
    pair = std::move(*entered);
  }

  const log::Scope scope{request.trace};  // nothing is awaited from here on
  logins(pair ? "succeeded" : "refused").add();
  log::info("auth.login", {{"outcome", pair ? "succeeded" : "refused"},
                           {"user_id", pair ? pair->user_id.to_string() : ""},
                           {"client", client_of(request)}});
  co_return pair ? token_response(*pair, policy_)
                 : web::problem_response(bad_credentials(), request);
}

web::awaitable<web::Response> DirectApi::refresh(const web::Request& request,
                                                 const RefreshGrant& grant) {
  const auto key = keys_.signer(now());
  if (!key) co_return web::problem_response(key.error(), request);
  auto work = [&](pg::Connection& connection) {
    std::optional<TokenPair> made;
    std::optional<domain::Session> copied;
    transactions_.run(connection, [&](pg::Tx& tx, outbox::Writer& out) {
      made = direct::refresh(tx, out, grant.token, {policy_, *key, now()},
                             cause_of(request, kCommands), copied);
    });
    if (copied) {
      reused().add();
      log::warn(
          "auth.refresh_reused",
          {{"user_id", copied->user_id}, {"family", copied->id}, {"client", client_of(request)}});
    }
    return made;
  };
  const auto pair = co_await in_database(request, work);
  if (!pair) co_return web::problem_response(pair.error(), request);
  if (!*pair) co_return web::problem_response(bad_credentials(), request);
  co_return token_response(**pair, policy_);
}

web::awaitable<web::Response> DirectApi::revoke_token(const web::Request& request) {
  auto token = read_revocation(request.body);
  if (!token) co_return unkept(web::problem_response(token.error(), request));
  auto work = [&](pg::Connection& connection) {
    std::optional<Id> whose;
    transactions_.run(connection, [&](pg::Tx& tx, outbox::Writer& out) {
      whose =
          revoke(tx, out, *token, keys_.key_set(), policy_, cause_of(request, kCommands), now());
    });
    if (whose) {
      log::info("auth.revoked", {{"user_id", *whose}, {"client", client_of(request)}});
    }
    return whose.has_value();
  };
  const auto done = co_await in_database(request, work);
  if (!done) co_return unkept(web::problem_response(done.error(), request));
  co_return unkept(web::json_response(200, json::object{}));
}

web::awaitable<web::Response> DirectApi::change_password(const web::Request& request) {
  const Caller caller = caller_of(request);
  auto change = read_password_change(request.body);
  if (!change) co_return web::problem_response(change.error(), request);
  if (hash_lane_.is_full()) co_return web::problem_response(Lane::too_busy(), request);
  auto find = [&](pg::Connection& connection) {
    pg::Session session{connection};
    return store::find_credentials(session, caller.user.value_or(Id{}));
  };
  const auto found = co_await in_database(request, find);
  if (!found) co_return web::problem_response(found.error(), request);
  if (!*found) co_return web::problem_response(bad_credentials(), request);
  const store::Credentials& known = **found;
  const auto allowed =
      domain::check_password(change->next.reveal(), known.email, known.username, "/new_password");
  if (!allowed) co_return web::problem_response(allowed.error(), request);

  auto rehash = [&]() -> std::optional<std::string> {
    if (!auth::verify_password(change->current.reveal(), known.password.value_or(decoy_))) {
      return std::nullopt;
    }
    return auth::hash_password(change->next.reveal(), policy_.password_cost);
  };
  const auto hash = co_await hashing(request, rehash);
  if (!hash) co_return web::problem_response(hash.error(), request);
  if (!*hash) co_return web::problem_response(bad_credentials(), request);

  auto work = [&](pg::Connection& connection) {
    bool done = false;
    transactions_.run(connection, [&](pg::Tx& tx, outbox::Writer& out) {
      done = direct::change_password(tx, out, known, **hash, policy_, cause_of(request, kCommands),
                                     now());
    });
    if (done) log::info("auth.password_changed", {{"user_id", known.user_id}});
    return done;
  };
  const auto done = co_await in_database(request, work);
  if (!done) co_return web::problem_response(done.error(), request);
  if (!*done) co_return web::problem_response(bad_credentials(), request);
  web::Response response;
  response.status = 204;
  co_return response;
}

// Not by the inbox: it keeps outcomes, and the code is in this one. A repeat gets a new code.
web::awaitable<web::Response> DirectApi::give_link_code(const web::Request& request) {
  const Id user_id = user_in(request.path);
  const Caller caller = caller_of(request);
  const std::string code = new_link_code();
  const Instant expires_at = now() + domain::link_code_life;
  auto work = [&](pg::Connection& connection) {
    bool done = false;
    transactions_.run(connection, [&](pg::Tx& tx, outbox::Writer&) {
      done = direct::store_link_code(tx, user_id, caller, code, expires_at);
    });
    return done;
  };
  const auto done = co_await in_database(request, work);
  if (!done) co_return unkept(web::problem_response(done.error(), request));
  if (!*done) co_return web::problem_response(not_found("There is no such user."), request);
  const std::string url = "https://t.me/" + policy_.telegram_bot + "?start=" + code;
  const json::object body{{"code", code}, {"url", url}, {"expires_at", to_rfc3339(expires_at)}};
  co_return unkept(web::json_response(201, body));
}

}  // namespace waybill::identity::direct
