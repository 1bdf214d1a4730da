/**
 * Which statements no ROLLBACK takes back, so that they are named before they run.
 *
 * A session is one transaction, and what stands here acts outside of it: it ends the transaction, cannot run in one, reaches the server's
 * files, programs or other servers, or changes what PostgreSQL keeps outside of transactions (sequences, session locks).
 * Told from words: of the statement, and of the bodies that it carries. It is a warning and no wall: text that is put together while it runs, and
 * functions that are in the database already, are not seen. What a session must not do is to be kept from it by the rights of its user.
 */
import { type Statement, splitStatements } from './statements.ts';

/** By the words that a statement begins with; the longest that fits counts. */
const beginnings: readonly (readonly [words: string, reason: string])[] = [
  ['commit', 'it ends the transaction that the session is; keep the session instead'],
  ['end', 'it ends the transaction that the session is; keep the session instead'],
  ['rollback', 'it ends the transaction that the session is; drop the session instead'],
  ['rollback to', ''],
  ['rollback work to', ''],
  ['rollback transaction to', ''],
  ['abort', 'it ends the transaction that the session is; drop the session instead'],
  ['begin', 'the session is one transaction already'],
  ['start transaction', 'the session is one transaction already'],
  ['prepare transaction', 'it ends the transaction that the session is'],
  ['vacuum', 'it runs outside of transactions'],
  ['analyze', ''],
  ['checkpoint', 'it runs outside of transactions'],
  ['create database', 'it runs outside of transactions'],
  ['drop database', 'it runs outside of transactions'],
  ['alter database', 'it changes a database for all its users'],
  ['create tablespace', 'it runs outside of transactions'],
  ['drop tablespace', 'it runs outside of transactions'],
  ['alter system', "it changes the server's settings"],
  ['create subscription', 'it reaches another server'],
  ['alter subscription', 'it reaches another server'],
  ['drop subscription', 'it reaches another server'],
  ['discard', 'it runs outside of transactions'],
  ['listen', 'it acts outside of the transaction'],
  ['unlisten', 'it acts outside of the transaction'],
  ['notify', 'others hear it when the session is kept, and cannot unhear it'],
  ['load', "it loads a program into the server's process"],
];

/** Functions that act outside of the transaction, with why. */
const functions: readonly (readonly [name: RegExp, reason: string])[] = [
  [/^dblink/, 'it acts on another connection'],
  [/^(?:nextval|setval)$/, 'sequences are not rolled back'],
  [/^set_config$/, 'it changes settings, which policies and triggers may read'],
  [/^pg_(?:try_)?advisory_(?:lock|unlock)/, 'locks of a session outlive its transaction'],
  [/^pg_notify$/, 'others hear it when the session is kept, and cannot unhear it'],
  [/^pg_(?:terminate|cancel)_backend$/, 'it ends what others do'],
  [
    /^pg_(?:reload_conf|rotate_logfile|switch_wal|promote|create_restore_point|logical_emit_message)$/,
    'it acts on the server',
  ],
  [/^pg_(?:create|drop|copy)_(?:physical|logical)?_?replication_slot$/, 'it acts on the server'],
  [/^pg_(?:file_(?:write|rename|unlink|sync)|stat_reset\w*)$/, 'it acts on the server'],
  [/^lo_(?:export|import)$/, "it reaches the server's files"],
  [/^(?:http|http_(?:get|post|put|patch|delete|head))$/, 'it reaches other machines'],
];

/** Languages of functions that do more than a transaction holds (https://www.postgresql.org/docs/current/catalog-pg-language.html). */
const untrusted = /^(?:c|internal|plperlu|plpython\du?|plpythonu|pltclu|plsh|plr)$/;

/** Why a statement cannot be taken back; null: as far as its words tell, it can. */
export function whyIrreversible(statement: Statement): string | null {
  const { words } = statement;
  // EXPLAIN ANALYZE runs what it explains; without ANALYZE nothing runs, and naming it all the same does no harm.
  const line = words.join(' ');
  const begun = beginnings
    .filter(([start]) => line === start || line.startsWith(`${start} `))
    .sort(([a], [b]) => b.length - a.length)[0];
  if (begun !== undefined && begun[1] !== '') return begun[1];
  if (words[0] === 'copy' && (words.includes('program') || !/\b(?:from|to) (?:stdin|stdout)\b/.test(line)))
    return "it reaches the server's files or starts a program there";
  if (words[0] === 'copy') return 'rows to and from a client are not passed on by a session; use INSERT or SELECT';
  if (/^(?:create|drop|reindex)\b.* concurrently\b/.test(line)) return 'it runs outside of transactions';
  const language = words[words.indexOf('language') + 1]?.replaceAll('"', '') ?? '';
  if (/^(?:create|do)$/.test(words[0] ?? '') && words.includes('language') && untrusted.test(language))
    return `functions in ${language} can do more than the transaction holds`;
  return (
    calledIn(words) ??
    statement.bodies
      .flatMap((body) => splitStatements(body).map(({ words: inner }) => calledIn(inner)))
      .find(Boolean) ??
    null
  );
}

function calledIn(words: readonly string[]): string | null {
  for (const [at, word] of words.entries()) {
    if (words[at + 1] !== '(') continue;
    const name = word.replaceAll('"', '');
    const found = functions.find(([pattern]) => pattern.test(name));
    if (found !== undefined) return `${name}: ${found[1]}`;
  }
  return null;
}
