#include "services/gateway/edge/access.hpp"

#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include "services/gateway/edge/open_access.hpp"

using namespace waybill;
using namespace waybill::gateway;
using contract::Access;

namespace {

const Id kAnna = *Id::parse("019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b11");
const Id kBert = *Id::parse("019a2f4c-7c1e-7d3a-9f52-3f0a6f1f2b12");

// Access does not look at it.
const contract::Contract& any_contract() {
  static const auto kContract = contract::Contract::load({"services/gateway/api.yaml"});
  return kContract;
}

int status_of(const Fault& fault) {
  return http_status(fault.kind);
}

// The status that access gives, 200 for none.
int access(Access rule, const Caller& caller, const std::string& owner_param = "") {
  contract::Operation operation;
  operation.access = rule;
  operation.owner_param = owner_param;
  const web::PathParams params{{"id", kAnna.to_string()}};
  const web::Request request;
  const auto fault = refuse_access({any_contract(), operation, params, request, caller});
  return fault ? status_of(*fault) : 200;
}

// Takes no token.
class NoToken final : public Authenticator {
 public:
  web::awaitable<Result<Known>> authenticate(web::Request&) override {
    co_return Fault{FaultKind::unauthenticated, "unauthenticated", "", {}};
  }
  std::string_view announced_mode() const override { return {}; }
};

Result<Known> open_caller(std::initializer_list<std::pair<std::string, std::string>> headers) {
  web::Request request;
  for (const auto& [name, value] : headers) request.headers.add(name, value);
  NoToken by_token;
  OpenAccess mode{by_token};
  boost::asio::io_context io;
  auto caller = boost::asio::co_spawn(io, mode.authenticate(request), boost::asio::use_future);
  io.run();
  return caller.get();
}

const Caller kNobody{};
const Caller kCustomer{kAnna, Role::customer};
const Caller kOther{kBert, Role::customer};
const Caller kStaff{kBert, Role::staff};
const Caller kOps{{}, Role::ops};

}  // namespace

TEST_CASE("access rules pass the roles they name", "[gateway][access]") {
  CHECK(access(Access::public_, kNobody) == 200);
  CHECK(access(Access::customer, kNobody) == 401);
  CHECK(access(Access::customer, kCustomer) == 200);
  CHECK(access(Access::staff, kNobody) == 401);
  CHECK(access(Access::staff, kCustomer) == 403);
  CHECK(access(Access::staff, kStaff) == 200);
  CHECK(access(Access::ops, kStaff) == 403);
  CHECK(access(Access::ops, kOps) == 200);
}

TEST_CASE("somebody else's object is not there", "[gateway][access]") {
  CHECK(access(Access::owner, kCustomer, "id") == 200);
  CHECK(access(Access::owner, kOther, "id") == 404);
  CHECK(access(Access::owner, kStaff, "id") == 200);
  CHECK(access(Access::owner, kNobody, "id") == 401);
  CHECK(access(Access::owner, kOther) == 200);  // the object will say
}

TEST_CASE("an object says whose it is; without an owner it is for staff", "[gateway][access]") {
  contract::Operation operation;
  operation.access = Access::owner;
  const web::Request request;
  const auto sees = [&](const Caller& caller, const std::string& owner) {
    return may_see({any_contract(), operation, {}, request, caller}, owner);
  };
  CHECK(sees(kCustomer, kAnna.to_string()));
  CHECK_FALSE(sees(kOther, kAnna.to_string()));
  CHECK_FALSE(sees(kCustomer, ""));
  CHECK(sees(kStaff, ""));
  operation.access = Access::public_;
  CHECK(sees(kNobody, kAnna.to_string()));
}

TEST_CASE("in mode open everybody is ops and may be named", "[gateway][access]") {
  CHECK(open_caller({}).value().caller == Caller{{}, Role::ops});
  CHECK(open_caller({{"Waybill-User", kAnna.to_string()}}).value().caller ==
        Caller{kAnna, Role::ops});
}

TEST_CASE("in mode open a role can be lowered for trials", "[gateway][access]") {
  const std::string anna = kAnna.to_string();
  CHECK(open_caller({{"Waybill-User", anna}, {"Waybill-Role", "customer"}}).value().caller ==
        kCustomer);
  CHECK(open_caller({{"Waybill-Role", "staff"}}).value().caller == Caller{{}, Role::staff});
  CHECK(open_caller({{"Waybill-Role", "nobody"}, {"Waybill-User", anna}}).value().caller ==
        kNobody);
}

TEST_CASE("in mode open everybody is limited like ops, whatever role is tried out",
          "[gateway][access]") {
  CHECK(open_caller({}).value().limited_as == Role::ops);
  CHECK(open_caller({{"Waybill-Role", "nobody"}}).value().limited_as == Role::ops);
}

TEST_CASE("in mode open wrong headers and tokens are refused", "[gateway][access]") {
  CHECK(status_of(open_caller({{"Waybill-User", "anna"}}).error()) == 400);
  CHECK(status_of(open_caller({{"Waybill-Role", "king"}}).error()) == 400);
  CHECK(status_of(open_caller({{"Waybill-Role", "customer"}}).error()) == 400);
  CHECK(status_of(open_caller({{"Authorization", "Bearer x"}}).error()) == 401);
}
