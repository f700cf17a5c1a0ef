#include "libs/cache/connection.hpp"

#include <boost/asio/post.hpp>
#include <hiredis/hiredis.h>

namespace waybill::cache {

namespace asio = boost::asio;
using Clock = std::chrono::steady_clock;

namespace {

// A Redis that leaves a PING unanswered for this long is taken for dead, though its link stands.
constexpr std::chrono::milliseconds kPulse{1'000};

}  // namespace

Connection::Connection(asio::io_context& io, const std::string& url, std::function<void()> up,
                       std::function<void()> down)
    : io_{io},
      address_{parse_address(url)},
      up_{std::move(up)},
      down_{std::move(down)},
      retry_{io},
      pulse_{io},
      sweep_timer_{io} {}

void Connection::open() {
  connect();
}

void Connection::close() {
  closed_ = true;
  up_ = down_ = nullptr;
  retry_.cancel();
  pulse_.cancel();
  sweep_timer_.cancel();
  link_.reset();
}

void Connection::connect() {
  if (closed_) return;
  const auto self = shared_from_this();
  link_ = std::make_unique<Link>(
      io_, address_, [self] { self->on_up(); }, [self] { self->on_down(); });
}

// Connected does not mean that anybody is there: a stopped process still has its socket.
void Connection::on_up() {
  beat([self = shared_from_this()] {
    self->backoff_.reset();
    if (self->up_) self->up_();
  });
}

// Asks for a sign of life again and again; gives the link up when there is none.
void Connection::beat(std::function<void()> alive) {
  const auto answered = std::make_shared<bool>(false);
  link_->send({"PING"}, [answered, alive = std::move(alive)](const redisReply* reply) {
    *answered = reply != nullptr && reply->type != REDIS_REPLY_ERROR;
    if (*answered && alive) alive();
  });
  pulse_.expires_after(kPulse);
  pulse_.async_wait([self = shared_from_this(), answered](const boost::system::error_code& error) {
    if (error || !self->link_) return;
    *answered ? self->beat({}) : self->on_down();
  });
}

void Connection::give_up() {
  asio::post(io_, [self = shared_from_this()] { self->on_down(); });
}

void Connection::on_down() {
  if (!link_) return;
  if (down_) down_();
  pulse_.cancel();
  link_.reset();
  if (closed_) return;
  retry_.expires_after(backoff_.next());
  retry_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->connect();
  });
}

void Connection::send(const std::vector<std::string_view>& arguments, Link::Reply reply) {
  if (link_) return link_->send(arguments, std::move(reply));
  asio::post(io_, [reply = std::move(reply)] { reply(nullptr); });
}

void Connection::ask(const std::vector<std::string_view>& arguments, Milliseconds most,
                     Link::Reply reply) {
  const auto question = std::make_shared<Question>(Question{std::move(reply), Clock::now() + most});
  questions_.push_back(question);
  send(arguments, [self = shared_from_this(), question](const redisReply* answered) {
    self->answer(*question, answered);
  });
  if (!sweeping_) sweep_later(most / 2);
}

void Connection::answer(Question& question, const redisReply* reply) {
  if (question.reply) std::exchange(question.reply, nullptr)(reply);
  while (!questions_.empty() && !questions_.front()->reply) questions_.pop_front();
}

// One timer for all questions instead of one for each.
void Connection::sweep_later(Milliseconds after) {
  sweeping_ = true;
  sweep_timer_.expires_after(std::max(after, Milliseconds{1}));
  sweep_timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    self->sweeping_ = false;
    if (!error) self->sweep();
  });
}

void Connection::sweep() {
  const auto now = Clock::now();
  while (!questions_.empty() &&
         (!questions_.front()->reply || questions_.front()->deadline <= now)) {
    const auto late = questions_.front();
    questions_.pop_front();
    if (late->reply) std::exchange(late->reply, nullptr)(nullptr);
  }
  if (questions_.empty()) return;
  sweep_later(std::chrono::ceil<Milliseconds>(questions_.front()->deadline - now));
}

}  // namespace waybill::cache
