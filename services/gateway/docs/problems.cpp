#include "services/gateway/docs/problems.hpp"

namespace waybill::gateway {
namespace {

std::string page(std::string_view title, std::string_view content) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta "
      "charset=\"utf-8\"><title>{0}</title></head>\n"
      "<body>\n<h1>{0}</h1>\n{1}</body>\n</html>\n",
      title, content);
}

}  // namespace

const std::vector<Problem>& problems() {
  // Those in capitals are of the advertising resources.
  static const std::vector<Problem> kProblems{
      {"ALREADY_EXISTS", 409, "The same id stands twice in one body; nothing was stored.",
       "Send each id once."},
      {"BAD_REQUEST", 400, "The request has the wrong form, or is against a rule.",
       "The detail and extra say what is wrong and where."},
      {"FORBIDDEN", 403, "The client has not seen this ad, or the caller may not do this.",
       "Show an ad before it is clicked; ask somebody with the role that it takes."},
      {"IDEMPOTENCY_MISMATCH", 422,
       "This Idempotency-Key was used before for another method, path or body.",
       "Use a new key for a new request, and the same request for the same key."},
      {"INTERNAL", 500, "The server failed. It has been logged under the correlation id.",
       "Try again; if it stays, tell whoever runs the platform the correlation id."},
      {"METHOD_NOT_ALLOWED", 405, "This path does not take this method.",
       "The header Allow lists those that it takes."},
      {"NOT_FOUND", 404, "There is no such thing, no ad for the client, or nothing to see here.",
       "Look at the path and the ids."},
      {"RATE_LIMITED", 429, "This caller has called this route too often.",
       "Wait as many seconds as the header Retry-After says."},
      {"TOO_LARGE", 413, "The body is larger than the server takes.", "Send less at once."},
      {"UNAUTHENTICATED", 401, "The request needs a valid token and has none.",
       "Sign in at /v1/auth/token and send Authorization: Bearer."},
      {"UNAVAILABLE", 503, "Something that is needed is away or too busy.",
       "Try again after the seconds in Retry-After. With an Idempotency-Key a write may always be "
       "repeated."},
      {"UNSUPPORTED_MEDIA_TYPE", 415, "The body's type is none that this operation takes.",
       "Send application/json; pictures in a form with one file."},
      {"already-exists", 409, "Something else has this name, e-mail or number already.",
       "The member field says which one it is. Choose another value."},
      {"bad-cursor", 400, "The cursor belongs to another list, filter or sort order.",
       "Start the list again without a cursor."},
      {"digest-mismatch", 422, "The bytes that came are not those that Repr-Digest names.",
       "Send them again; if it stays, the file or the digest is another one than you think."},
      {"expectation-failed", 417, "The header Expect asks for something that is not done here.",
       "Send only Expect: 100-continue, or nothing."},
      {"forbidden", 403, "The caller is known and may not do this.",
       "Ask somebody with the role that it takes."},
      {"header-too-large", 431, "The header of the request is larger than the server takes.",
       "Send fewer or shorter header fields."},
      {"idempotency-mismatch", 422,
       "This Idempotency-Key was used before for another method, path or body.",
       "Use a new key for a new request, and the same request for the same key."},
      {"illegal-transition", 409, "The order can't go from its present state to that one.",
       "Read the order; /v1/orders/states lists the moves that there are."},
      {"insufficient-stock", 409, "There are fewer units than are needed.",
       "Take fewer, or wait until there are more."},
      {"internal", 500, "The server failed. It has been logged under the correlation id.",
       "Try again; if it stays, tell whoever runs the platform the correlation id."},
      {"invalid-code", 422, "The code is wrong, was used, or has expired.",
       "Ask for a new one at /v1/users/{id}/telegram-link."},
      {"invalid-credentials", 401, "Name and password, or the refresh token, are not good.",
       "Sign in again."},
      {"limit-reached", 409, "There are as many of these as there may be.",
       "Remove one that is no longer needed."},
      {"link-expired", 403, "The link held for a while, and that is over.",
       "Ask again for what the link came with: it brings a new one."},
      {"link-invalid", 403, "The link is not one that was given out, or was changed.",
       "Use it exactly as it was given, with its whole query."},
      {"malformed-form", 400, "The body is no form.",
       "Send application/x-www-form-urlencoded in UTF-8, each member once; files as "
       "multipart/form-data, as browsers and curl -F do."},
      {"malformed-json", 400, "The body is no JSON.",
       "The detail says where reading stopped. Send UTF-8 JSON without comments."},
      {"malformed-request", 400,
       "The request breaks the rules of HTTP, or could be read in two ways.",
       "The detail names the rule. The connection is closed: use a new one."},
      {"method-not-allowed", 405, "This path does not take this method.",
       "The header Allow lists those that it takes."},
      {"mixed-currency", 422, "The products of one order have different currencies.",
       "Place an order for each currency."},
      {"negative-stock", 409, "The movement would leave fewer than no units.",
       "Read the product and remove no more than there is."},
      {"not-empty", 409, "It still has something in it.",
       "Move or delete what it has; the members say how much that is."},
      {"not-found", 404, "There is no such thing, or none that this caller may see.",
       "Look at the path; read the list that it came from again."},
      {"out-of-stock", 409, "There are fewer units than were ordered. Nothing was reserved.",
       "The member items says what was asked for and what there is. Order less."},
      {"price-changed", 409, "A price is not the one that the order expected.",
       "The member items has the present prices. Order again if they are fine."},
      {"rate-limited", 429, "This caller has called this route too often.",
       "Wait as many seconds as the header Retry-After says."},
      {"request-timeout", 408, "The request did not arrive in time.",
       "Send it in one go; the connection is closed, so use a new one."},
      {"stale", 412, "The object has changed since the version that the request names.",
       "Read it again, and repeat the change with its present ETag."},
      {"target-too-long", 414, "The URL is longer than the server takes.",
       "Send fewer or shorter parameters."},
      {"too-large", 413, "The body, or a part of it, is larger than the server takes.",
       "Send less at once; the members part and limit, where there are, say of what."},
      {"total-too-large", 422, "The total of the order is more than can be stored.",
       "Order less at once."},
      {"unauthenticated", 401, "The request needs a valid token and has none.",
       "Sign in at /v1/auth/token and send Authorization: Bearer."},
      {"unavailable", 503, "Something that is needed is away or too busy.",
       "Try again after the seconds in Retry-After. With an Idempotency-Key a write may always be "
       "repeated."},
      {"unknown-address", 422, "The user has no such delivery address.",
       "Add the address first, or name one of the user's own."},
      {"unknown-product", 422, "The catalogue has no such product, or no longer.",
       "The member items names it. Order without it."},
      {"unknown-type", 422, "No command has this type.", "docs/messages.md lists the commands."},
      {"unsupported-type", 415, "The body's Content-Type is none that this operation takes.",
       "The detail or the member accepted lists those that it takes."},
      {"upload-unknown", 422, "There is no such upload, it was used, or it was not used in time.",
       "Send the bytes again, and use the upload within its hour."},
      {"validation-failed", 400, "The request does not fit the contract.",
       "The member errors lists every violation with its place."},
  };
  return kProblems;
}

std::string problem_page(const Problem& problem) {
  return page(problem.code,
              fmt::format("<p>Status {}. {}</p>\n<p>{}</p>\n<p><a href=\"/problems\">All "
                          "problems</a></p>\n",
                          problem.status, problem.meaning, problem.remedy));
}

std::string problem_list() {
  std::string rows = "<table>\n<tr><th>code</th><th>status</th><th>meaning</th></tr>\n";
  for (const Problem& problem : problems()) {
    rows +=
        fmt::format("<tr><td><a href=\"/problems/{0}\">{0}</a></td><td>{1}</td><td>{2}</td></tr>\n",
                    problem.code, problem.status, problem.meaning);
  }
  return page("Problems", rows + "</table>\n");
}

}  // namespace waybill::gateway
