// The statements on inbox, outbox and effect. Lists arrive as arrays, in the order of command ids,
// so that two workers take row locks in the same order. `= ANY` beside the join with unnest() makes
// every plan look rows up by key, also one that was made while the table was empty.
#pragma once

#include "libs/pg/pg.hpp"

namespace waybill::outbox::sql {

// ---- inbox

// Blocks on the key of a command that another transaction is doing and returns what was free.
inline constexpr pg::Statement insert_commands{
    "insert_commands",
    "INSERT INTO inbox (command_id, type, fingerprint, caller, correlation_id, reply_to) "
    "SELECT id, type, fingerprint, caller, correlation_id, reply_to::text[] "
    "FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) "
    "AS c (id, type, fingerprint, caller, correlation_id, reply_to) "
    "ON CONFLICT (command_id) DO NOTHING RETURNING command_id"};

// The rows stay locked: whoever completes one of them waits until we have added our reply queue.
inline constexpr pg::Statement find_commands{
    "find_commands",
    "SELECT command_id, fingerprint, outcome, dead, array_to_json(answers) FROM inbox "
    "WHERE command_id = ANY ($1::uuid[]) ORDER BY command_id FOR UPDATE"};

inline constexpr pg::Statement revive_command{
    "revive_command",
    "UPDATE inbox SET dead = false, outcome = NULL, finished_at = NULL, at = now(), "
    "reply_to = $2::text[] WHERE command_id = $1"};

inline constexpr pg::Statement add_waiters{
    "add_waiters",
    "UPDATE inbox SET reply_to = reply_to || "
    "ARRAY(SELECT unnest($2::text[]) EXCEPT SELECT unnest(reply_to)) WHERE command_id = $1"};

inline constexpr pg::Statement find_answers{
    "find_answers",
    "SELECT outcome, array_to_json(reply_to) FROM inbox "
    "WHERE command_id = ANY ($1::uuid[]) AND outcome IS NOT NULL"};

inline constexpr pg::Statement delete_commands{
    "delete_commands", "DELETE FROM inbox WHERE command_id = ANY ($1::uuid[])"};

// The first outcome of a command is its only one.
inline constexpr pg::Statement finish_commands{
    "finish_commands",
    "UPDATE inbox SET outcome = o.outcome, answers = o.answers::uuid[], finished_at = now() "
    "FROM unnest($1::uuid[], $2::bytea[], $3::text[]) AS o (id, outcome, answers) "
    "WHERE command_id = o.id AND command_id = ANY ($1::uuid[]) AND inbox.outcome IS NULL"};

inline constexpr pg::Statement complete_commands{
    "complete_commands",
    "UPDATE inbox SET outcome = o.outcome, finished_at = now() "
    "FROM unnest($1::uuid[], $2::bytea[]) AS o (id, outcome) "
    "WHERE command_id = o.id AND command_id = ANY ($1::uuid[]) AND inbox.outcome IS NULL "
    "RETURNING inbox.outcome, array_to_json(reply_to)"};

// A command that has been done, or waits for its saga, is not dead.
inline constexpr pg::Statement bury_command{
    "bury_command",
    "INSERT INTO inbox (command_id, type, fingerprint, caller, correlation_id, outcome, dead, "
    "finished_at) VALUES ($1, $2, $3, $4, $5, $6, true, now()) "
    "ON CONFLICT (command_id) DO UPDATE SET outcome = excluded.outcome, finished_at = now() "
    "WHERE inbox.dead"};

inline constexpr pg::Statement find_operation{
    "find_operation", "SELECT outcome, caller, at, finished_at FROM inbox WHERE command_id = $1"};

inline constexpr pg::Statement claim_effect{
    "claim_effect",
    "INSERT INTO effect (consumer, event_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"};

// Makes the server do what was left for later.
inline constexpr pg::Statement flush{"flush", "SELECT 1"};

// ---- outbox

// Ids follow the order of the arrays.
inline constexpr pg::Statement insert_outbox{
    "insert_outbox",
    "INSERT INTO outbox (channel, target, key, type, headers, payload) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::json[], "
    "$6::bytea[])"};

// The same, but says what the rows were given, in their order.
inline constexpr pg::Statement insert_express{
    "insert_express",
    "INSERT INTO outbox (channel, target, key, type, headers, payload) "
    "SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::json[], "
    "$6::bytea[]) RETURNING id, at"};

inline constexpr pg::Statement find_untold{
    "find_untold",
    "SELECT id, target, key, type, headers, payload, at FROM outbox "
    "WHERE channel = $1 AND id <= $2 ORDER BY id LIMIT $3"};

inline constexpr pg::Statement find_newest{
    "find_newest",
    "SELECT coalesce((SELECT id FROM outbox WHERE channel = $1 ORDER BY id DESC LIMIT 1), 0)"};

inline constexpr pg::Statement move_told{
    "move_told",
    "WITH told AS (DELETE FROM outbox WHERE channel = $1 AND id = ANY ($2::bigint[]) "
    "RETURNING id, channel, target, key, type, headers, payload, at) "
    "INSERT INTO outbox_sent (id, channel, target, key, type, headers, payload, at) "
    "SELECT id, channel, target, key, type, headers, payload, at FROM told"};

// Counting stops where the figure has told its story.
inline constexpr pg::Statement measure_outbox{
    "measure_outbox",
    "SELECT (SELECT count(*) FROM (SELECT FROM outbox WHERE channel = $1 LIMIT 100000) AS "
    "counted), "
    "(SELECT at FROM outbox WHERE channel = $1 ORDER BY id LIMIT 1)"};

inline constexpr pg::Statement tend_outbox_sent{
    "tend_outbox_sent", "SELECT tend_outbox_sent(make_interval(hours => $1))"};

// A command whose repeat could still do harm is never forgotten; the rest in portions.
inline constexpr pg::Statement forget_commands{
    "forget_commands",
    "DELETE FROM inbox WHERE command_id = ANY (ARRAY(SELECT command_id FROM inbox "
    "WHERE at < now() - make_interval(hours => $1) AND outcome IS NOT NULL AND NOT dead "
    "ORDER BY at LIMIT 5000))"};

// One relay per service and channel; the lock goes with the connection.
inline constexpr pg::Statement try_lock{"try_lock",
                                        "SELECT pg_try_advisory_lock(hashtextextended($1, 0))"};

inline constexpr pg::Statement notify{"notify", "SELECT pg_notify($1, '')"};

}  // namespace waybill::outbox::sql
