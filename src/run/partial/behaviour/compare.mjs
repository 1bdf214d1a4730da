/**
 * Two versions of a function of JavaScript on the same inputs, and what came of both side by side; as `winnow_compare.py` has it for Python.
 *
 * Inputs are drawn; some are made from one that came to a statement that none had come to, with a few of its choices made anew. Differences are handed out as inputs, since they count
 * only where a process of its own, with the other version first, finds them again (`only`): that one also makes the input small.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const stands = require('./stands.cjs');
const plan = require('./plan.json');
const { Side } = require('./sides.cjs');

const here = dirname(fileURLToPath(import.meta.url));
const fields = ['value', 'effects', 'writes', 'state', 'out'];
const words = { value: 'result', effects: 'calls', writes: 'writes', state: 'arguments', out: 'standard output' };
/** Inputs that are drawn before any learns; differences that are handed out. */
const drawn = 32;
const mostFound = 4;
const mostEndless = 4;
const now = performance.now.bind(performance);
const began = now();
const exit = process.exit.bind(process);
const write = (row) => writeFileSync(`${here}/behaviour.jsonl`, JSON.stringify(row));
const masked = (it) => JSON.stringify(it).replace(/‹[^›]*›/g, '‹›');

/** -> [how sure, what differs] or null. `strong`: in values that are there. `weak`: only in which stand-in stands where. */
function difference(one, other) {
  if (one.kind === 'endless' || other.kind === 'endless') return one.kind === other.kind ? null : ['strong', 'end'];
  if (one.soft || other.soft) return null;
  if (one.kind !== other.kind || (one.kind === 'raised' && one.value !== other.value)) return ['strong', 'exception'];
  let weak = null;
  for (const field of fields) {
    if (field === 'value' && one.kind === 'raised') continue;
    if (JSON.stringify(one[field]) === JSON.stringify(other[field])) continue;
    if (masked(one[field]) !== masked(other[field])) return ['strong', words[field]];
    weak ??= ['weak', words[field]];
  }
  return weak;
}

async function both(spec, isTurned) {
  const made = [null, null];
  for (const at of isTurned ? [1, 0] : [0, 1]) made[at] = await sides[at].call(spec);
  return made;
}

function shown(one, other) {
  const verb = { returned: 'returns ', raised: 'throws ', endless: 'does not end' }[one.kind];
  const parts = [['ends', verb + one.value.slice(0, 400)]];
  for (const field of fields.slice(1)) {
    if (JSON.stringify(one[field]) === JSON.stringify(other[field])) continue;
    const [mine, its] = [one[field], other[field]];
    let text = JSON.stringify(mine);
    if (Array.isArray(mine)) {
      const at = mine.findIndex((it, index) => it !== its[index]);
      text = `${mine.length} in all; ${(at < 0 ? [] : mine.slice(at, at + 3)).join(', ') || 'no more'}`;
    } else if (typeof mine === 'object')
      text =
        Object.keys(mine)
          .filter((key) => mine[key] !== its[key])
          .map((key) => `${key}: ${mine[key]}`)
          .join(', ') || 'none';
    parts.push([words[field], text.slice(0, 400)]);
  }
  return parts;
}

const counts = { inputs: 0, equal: 0, failed: 0, flaky: 0, lost: 0, reached: [false, false] };
const sides = plan.versions.map((about, at) => new Side(about, at));
stands.begin({ seed: plan.seed, turn: -1 });
process.on('uncaughtException', () => {});
process.on('unhandledRejection', () => {});

async function load() {
  for (const [at, { entry }] of plan.versions.entries()) {
    try {
      await import(entry);
    } catch (error) {
      sides[at].gap =
        `its file ended with ${error?.name ?? 'an error'} while it was loaded: ${String(error?.message ?? '').slice(0, 150)}`;
    }
    sides[at].find();
    if (sides[at].held !== null || typeof sides[at].outer === 'number') sides[at].gap = null;
    if (sides[at].gap !== null) {
      write({ behaviour: 'undecided', why: `${plan.versions[at].path}: ${sides[at].gap}`, ...counts, found: [] });
      return false;
    }
  }
  return true;
}

/** One input in a process of its own: whether it is there again, and how small it can be. */
async function again(only) {
  let spec = only.spec;
  let outcomes = await both(spec, true);
  const found = difference(...outcomes);
  if (found === null || found[0] !== only.sure || found[1] !== only.what)
    return write({ behaviour: 'undecided', why: 'it was not there again', ...counts, found: [] });
  if (found[1] !== 'end')
    for (const place of Object.keys({ ...outcomes[1].input, ...outcomes[0].input })) {
      const trial = { ...spec, plain: [...(spec.plain ?? []), place] };
      const made = await both(trial, false);
      const still = difference(...made);
      if (still !== null && still[0] === found[0] && still[1] === found[1]) [spec, outcomes] = [trial, made];
    }
  write({
    behaviour: 'changed',
    why: found[1],
    ...counts,
    found: [],
    difference: {
      sure: found[0],
      input: { ...outcomes[1].input, ...outcomes[0].input },
      assumed: [],
      one: shown(...outcomes),
      other: shown(outcomes[1], outcomes[0]),
    },
  });
}

async function compare() {
  const found = [];
  const kept = [];
  const seen = new Set();
  let endless = 0;
  const rare = stands.random(`learn ${plan.seed}`);
  for (let number = 0; number < plan.inputs && now() - began < plan.wallMs; number++) {
    let spec = { seed: plan.seed, turn: number };
    if (number >= drawn && kept.length > 0 && number % 2 === 1) {
      const from = rare.pick(kept.slice(-12));
      const salt = { ...from.spec.salt };
      for (let at = 0; at < 3; at++)
        if (from.places.length > 0) salt[rare.pick(from.places)] = 1 + Math.floor(rare.next() * 1000);
      spec = { ...from.spec, salt };
    }
    const outcomes = await both(spec, false);
    counts.inputs++;
    outcomes.forEach((one, at) => {
      counts.reached[at] ||= one.ran;
      const news = one.lines.filter((line) => !seen.has(`${at} ${line}`));
      for (const line of news) seen.add(`${at} ${line}`);
      if (news.length > 0 || (one.ran && kept.length < 40)) kept.push({ spec, places: one.places });
    });
    // Where the inputs themselves are not the same, nothing is told by what comes of them.
    const [mine, its] = outcomes.map(({ input = {} }) =>
      JSON.stringify(Object.entries(input).filter(([name]) => !plan.alone.includes(name))),
    );
    if (mine !== its) {
      counts.flaky++;
      continue;
    }
    const differs = difference(...outcomes);
    if (differs === null) {
      if (outcomes[0].kind === 'endless') endless++;
      else if (outcomes[0].soft || outcomes[1].soft) counts.failed++;
      else counts.equal++;
      if (endless >= mostEndless) break;
      continue;
    }
    if (differs[0] === 'weak' && found.some(({ sure }) => sure === 'weak')) counts.equal++;
    else found.push({ spec, sure: differs[0], what: differs[1] });
    if (found.filter(({ sure }) => sure === 'strong').length >= mostFound) break;
  }
  found.sort((one, other) => (one.sure === other.sure ? 0 : one.sure === 'strong' ? -1 : 1));
  const isReached = plan.versions.every(
    ({ differ, isHead }, at) => (differ.length === 0 && !isHead) || counts.reached[at],
  );
  const [behaviour, why] =
    counts.inputs === 0
      ? ['undecided', 'no input could be run']
      : !isReached
        ? ['undecided', 'the lines that differ were never reached']
        : counts.equal === 0
          ? ['undecided', 'on every input an injected value failed in an operation, or the inputs were not the same']
          : ['preserved', 'no difference'];
  write({ behaviour, why, ...counts, found });
}

if (await load()) await (plan.only === null ? compare() : again(plan.only));
exit(0);
