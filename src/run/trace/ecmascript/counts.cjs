/**
 * How often each line of a file ran, and each way from one that decides: the rows of the tables, by line.
 *
 * What is known before the program begins is put together then; counts are looked up when they are written.
 */
'use strict';
const { stringify } = JSON;
const { ownKeys } = Reflect;

function pairs(counts) {
  let text = '';
  const keys = ownKeys(counts);
  for (let at = 0; at < keys.length; at++) text += `${at === 0 ? '' : ','}[${keys[at]},${counts[keys[at]]}]`;
  return text;
}

/**
 * @param told how often points ran (`c`, and `timesOf` where that is not all), and branches (`whenTrue`, `whenFalse`)
 * @returns `hits` writes what there is; `foresee` says from which executions on a place has its last ones, when a run before has told how often lines run
 */
exports.countsFor = function countsFor(tables, writer, { c, timesOf, whenTrue, whenFalse }) {
  const { plan, points, branches, codes, files } = tables;
  const { level } = plan;
  /** What is known of a file's lines and ways from its static rows. */
  const linesOf = { __proto__: null };
  const waysOf = { __proto__: null };
  for (const name of files) {
    linesOf[name] = [];
    waysOf[name] = [];
  }
  for (let k = 0; k < points.length; k++) {
    const { length } = points[k];
    for (let at = 1; at < length; at++) linesOf[codes[points[k][0]][0]].push([points[k][at], k]);
  }
  for (let k = 0; k < branches.length; k++) {
    const [code, line, yes, no] = branches[k];
    const ways = waysOf[codes[code < 0 ? points[-1 - code][0] : code][0]];
    if (yes !== 0 && yes !== line) ways.push([line, yes, code < 0 ? c : whenTrue, code < 0 ? -1 - code : k]);
    if (no !== 0 && no !== line) ways.push([line, no, code < 0 ? c : whenFalse, code < 0 ? -1 - code : k]);
  }

  function hits() {
    for (let at = 0; at < files.length; at++) {
      const name = files[at];
      const lines = { __proto__: null };
      for (let one = 0; one < linesOf[name].length; one++) {
        const row = linesOf[name][one];
        const sum = (lines[row[0]] ?? 0) + timesOf(row[1]);
        lines[row[0]] = level === 'coverage' && sum > 0 ? 1 : sum;
      }
      const ways = { __proto__: null };
      for (let one = 0; one < waysOf[name].length; one++) {
        const row = waysOf[name][one];
        const key = `${row[0]},${row[1]}`;
        const sum = (ways[key] ?? 0) + (row[2] === c ? timesOf(row[3]) : row[2][row[3]]);
        ways[key] = level === 'coverage' && sum > 0 ? 1 : sum;
      }
      writer.always(`"e":"hits","file":${stringify(name)},"lines":[${pairs(lines)}],"ways":[${pairs(ways)}]`);
    }
  }

  function foresee(lastFrom, lastCallsFrom) {
    const { lastHits } = plan.limits;
    if (plan.totals === null || plan.totals === undefined) return;
    for (const name of files) {
      const totals = new Map(plan.totals[name] ?? []);
      const seen = new Map();
      for (const [line, k] of linesOf[name]) {
        const code = points[k][0];
        const total = totals.get(line) ?? 0;
        // A line on which several places are told has no last one that could be foreseen.
        lastFrom[k] = seen.has(line) ? Number.POSITIVE_INFINITY : total - lastHits;
        if (seen.has(line)) lastFrom[seen.get(line)] = Number.POSITIVE_INFINITY;
        seen.set(line, k);
        if (points.findIndex((one) => one[0] === code) === k) lastCallsFrom[code] = lastFrom[k];
      }
    }
  }

  return { hits, foresee };
};
