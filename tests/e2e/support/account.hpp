// Accounts and their tokens.
#pragma once

#include <string>

#include "tests/e2e/support/http.hpp"

namespace waybill::e2e {

// Of the account that WAYBILL_EMAIL and WAYBILL_PASSWORD_FILE name, which has the role ops; renewed
// in time. Throws std::runtime_error when it can't sign in.
std::string ops_token();

// POST /v1/auth/token.
Reply sign_in(const std::string& name, const std::string& password);
Reply refresh(const std::string& refresh_token);

// With this token instead of the one of ops; empty: without any, from an address that nobody else
// has, so that tests don't use up each other's limits (the gateway of the tests believes
// X-Forwarded-For).
Call as(const std::string& token, Call call);

// A new account with these roles beside `customer`; what it can sign in with.
struct Account {
  std::string id;
  std::string email;
  std::string password;
  std::string token;  // access token of its first login
};
Account make_account(const std::vector<std::string>& roles = {});

}  // namespace waybill::e2e
