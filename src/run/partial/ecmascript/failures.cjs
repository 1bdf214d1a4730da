/**
 * Errors of the program: at which statement, and whether an injected value can have caused them.
 *
 * The statement is found by the error's stack, in the rewritten text. From what it reads, edges between variables, members and parameters
 * are walked (`code/instrument/partialflow.ts`); where that comes to a root that was injected, the error is possible, and otherwise genuine. What was not
 * found is possible.
 */
'use strict';
const injections = require('./injections.cjs');
const { row, cut } = require('./rows.cjs');
const { within } = require('./kept.cjs');
const spent = require('./spent.cjs');
const plan = require('./plan.json');

const files = [];
/** Statement of each thrown object, for those of `throw`. */
const thrown = new WeakMap();
let lastThrown = null;
const seen = new Map();
const told = new WeakSet();

function add(file) {
  files[files.length] = file;
}

function threw(file, statement, error) {
  const at = { file, statement };
  if ((typeof error === 'object' && error !== null) || typeof error === 'function') {
    if (!thrown.has(error)) thrown.set(error, at);
  } else lastThrown = { error, at };
  return error;
}

const isAfter = (line, column, place) => line > place[0] || (line === place[0] && column >= place[1]);

function spanAt(file, line, column) {
  let best = null;
  for (const span of file.table.spans) {
    if (!isAfter(line, column, span.from) || isAfter(line, column, span.to)) continue;
    if (best === null || isAfter(span.from[0], span.from[1], best.from)) best = span;
  }
  if (best !== null) return best;
  // Engines differ in the column; the line is told alike.
  for (const span of file.table.spans) if (span.from[0] === line) best ??= span;
  return best;
}

/** Frames of the program's own files, the innermost first. */
function framesOf(error) {
  let stack = '';
  try {
    stack = String(error?.stack ?? '');
  } catch {
    return [];
  }
  const found = [];
  for (const [, path, line, column] of stack.slice(0, 20_000).matchAll(/([^\s()]+?):(\d+):(\d+)\)?$/gm)) {
    const file = files.find((one) => path.endsWith(`/${one.table.runsAs}`) && !path.includes('/.winnow-partial/'));
    if (file === undefined) continue;
    const at = spanAt(file, Number(line), Number(column));
    if (at === null) continue;
    const span = found.length === 0 ? spanOfMember(file, at, error) : at;
    found[found.length] = { file, span, line: span === at ? Number(line) : span.line };
  }
  return found;
}

/**
 * QuickJS tells the place of the last operation that has one, and reading a member may have none: then the statement is one of those behind it, the next
 * that reads what the message names.
 */
function spanOfMember(file, span, error) {
  if (process.versions.quickjs === undefined) return span;
  const key = `.${/property '([^']+)'/.exec(messageOf(error))?.[1]}`;
  if (key === '.undefined' || span.reads.includes(key)) return span;
  let best = null;
  for (const one of file.table.spans) {
    if (!one.reads.includes(key) || !isAfter(one.from[0], one.from[1], span.from)) continue;
    if (best === null || isAfter(best.from[0], best.from[1], one.from)) best = one;
  }
  return best ?? span;
}

/** All that a set of keys may rest on, themselves included. */
function keysBehind(file, keys) {
  const done = new Set();
  const open = [...keys];
  while (open.length > 0) {
    const key = open.pop();
    if (done.has(key)) continue;
    done.add(key);
    for (const next of file.edges.get(key) ?? []) open[open.length] = next;
  }
  return done;
}

/** Injections that a set of keys may rest on. */
function injectedBehind(file, keys) {
  const found = new Set();
  for (const key of keysBehind(file, keys)) for (const index of injections.reached.get(key) ?? []) found.add(index);
  return found;
}

function nameOf(error) {
  try {
    if (error === null) return 'null';
    const name = error?.name;
    if (typeof name === 'string' && name !== '') return name;
    return error?.constructor?.name ?? typeof error;
  } catch {
    return typeof error;
  }
}

function messageOf(error) {
  try {
    const text = typeof error === 'object' && error !== null ? (error.message ?? '') : error;
    return String(text).replace(/\$yp\.\w+\(\.\.\.\)/g, '(a value)');
  } catch {
    return '';
  }
}

/**
 * @param after as rows say it
 * @param at where it is known to be: file and statement
 * @returns whether an injected value can have caused it
 */
function failed(error, after, at = null) {
  // That is ours.
  if (spent.isEnd(error)) return true;
  const isObject = (typeof error === 'object' && error !== null) || typeof error === 'function';
  const own = isObject ? thrown.get(error) : lastThrown?.error === error ? lastThrown?.at : undefined;
  const frames = framesOf(error);
  const exact = own ?? null;
  const place =
    exact !== null
      ? { file: exact.file, span: exact.file.table.spans.find((one) => one.statement === exact.statement) }
      : (frames[0] ??
        (at === null
          ? null
          : { file: at.file, span: at.file.table.spans.find((one) => one.statement === at.statement) }));
  const span = place?.span;
  let because = new Set();
  let guards = new Set();
  if (place && span) {
    because = injectedBehind(place.file, span.reads);
    guards = injectedBehind(place.file, span.guards);
    for (const frame of frames.slice(0, 20))
      for (const one of injectedBehind(frame.file, frame.span.guards)) guards.add(one);
    // What the program throws of its own will, it throws because of what it asked before.
    if (exact !== null) because = new Set([...because, ...guards]);
  } else for (let index = 0; index < injections.count(); index++) because.add(index);
  for (const index of injections.reached.get('forced') ?? []) because.add(index);
  const keys = exact === null ? (span?.reads ?? []) : [...(span?.reads ?? []), ...(span?.guards ?? [])];
  const isPossible = because.size > 0 || isOfMissing(error, place?.file, keys);
  const isFirst = frames.length > 0 && frames[0].file === place?.file && frames[0].span === span;
  const line = isFirst ? frames[0].line : (span?.line ?? 1);
  const path = place?.file.path ?? files[0]?.path ?? '';
  const known = isObject && told.has(error) && after !== 'ended';
  const key = `${path} ${line} ${nameOf(error)} ${after}`;
  const times = (seen.get(key) ?? 0) + 1;
  seen.set(key, times);
  if (!known && times <= 3) {
    row({
      e: 'failed',
      path,
      line,
      column: line === span?.line ? span.column : 1,
      type: cut(nameOf(error), 100),
      message: cut(messageOf(error), 300),
      certainty: isPossible ? 'possible' : 'genuine',
      because: [...because].slice(0, 50),
      guessedPath: guards.size > 0,
      after,
    });
    // What the program throws of its own will says nothing of a type.
    if (isPossible && exact === null) want(error, place?.file, span, because);
  }
  if (isObject) told.add(error);
  return isPossible;
}

const missingCodes = /^(MODULE_NOT_FOUND|ERR_MODULE_NOT_FOUND|ENOENT|ENOTDIR)$/;
const networkCodes =
  /^(ECONN(REFUSED|RESET|ABORTED)|ENOTFOUND|EAI_\w+|ENET(UNREACH|DOWN)|EHOSTUNREACH|EADDRNOTAVAIL|ETIMEDOUT|EPIPE|UND_ERR_\w+)$/;

/** A network that is not there, or another program that fails, says nothing of the program, at any level. */
function isOfOutside(error, steps = 0) {
  if (typeof error !== 'object' || error === null || steps > 4) return false;
  try {
    if (networkCodes.test(String(error.code))) return true;
    // Node's errors of processes have these.
    if ('spawnargs' in error || ('status' in error && 'stderr' in error) || ('cmd' in error && 'killed' in error))
      return true;
    if (nameOf(error) === 'TypeError' && messageOf(error) === 'fetch failed') return true;
    return isOfOutside(error.cause, steps + 1) || isOfOutside(error.errors?.[0], steps + 1);
  } catch {
    return false;
  }
}

/** At level 1: names, modules and what is outside that are not there, though nothing stands in for them. */
function isMissing(file, key) {
  const [kind, name] = [key.slice(0, key.indexOf(':')), key.slice(key.indexOf(':') + 1)];
  if (kind === 'free') return !(name in globalThis);
  // Names like `get` stand for much else.
  if (kind === 'outside') return name !== 'network' || plan.usesNetwork;
  if (kind !== 'module') return false;
  try {
    require.resolve(name, { paths: [`${__dirname}/../${file.path}/..`] });
    return false;
  } catch {
    return true;
  }
}

/** At level 1 what is missing is no guess, but neither is it the program's mistake; a function that is called as it is gets no arguments. */
function isOfMissing(error, file, keys) {
  if (isOfOutside(error)) return true;
  if (plan.level > 1) return false;
  if (file !== undefined) for (const key of keysBehind(file, keys)) if (isMissing(file, key)) return true;
  return plan.function !== null || nameOf(error) === 'ReferenceError' || missingCodes.test(String(error?.code));
}

const concrete = new Set([
  'boolean',
  'integer',
  'float',
  'text',
  'bytes',
  'list',
  'set',
  'error',
  'regex',
  'time',
  'none',
  'awaitable',
  'mapping',
]);

/** Corrections that an error asks for: what it stumbled over becomes an instance, or what the message names. */
function want(error, file, span, because) {
  const message = messageOf(error);
  if (file === undefined || span === undefined || nameOf(error) !== 'TypeError') return;
  const type = /is not a function$|not a function/.test(message)
    ? 'instance'
    : /is not iterable|not iterable/.test(message)
      ? 'list'
      : /is not a constructor|not a constructor/.test(message)
        ? 'class'
        : 'instance';
  const isNear = (one) => span.reads.includes(`.${injections.lastName(one.what)}`) || span.reads.includes(one.root);
  const found = [...because]
    .map((index) => injections.injected(index))
    .filter((one) => concrete.has(one.type) && one.type !== type && one.kind !== 'branch')
    .sort((a, b) => Number(isNear(b)) - Number(isNear(a)) || b.what.length - a.what.length);
  for (const one of found.slice(0, 3))
    row({
      e: 'want',
      path: one.path,
      line: one.place.line,
      column: one.place.column,
      kind: one.kind,
      what: cut(injections.shown(one.what), 200),
      type,
      value: null,
      source: 'contradiction',
      why: [cut(`${nameOf(error)} at line ${span.line}: ${message}`, 200)],
    });
}

module.exports = { add, threw, failed: (error, after, at) => within(() => failed(error, after, at)), injectedBehind };
