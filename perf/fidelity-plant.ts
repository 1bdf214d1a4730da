/**
 * Snippets with a type error that stands in them: bodies of recorded functions in which an empty list, mapping or text, or a zero, became `None`.
 *
 *     node perf/fidelity-plant.ts click.jsonl flask.jsonl > planted.jsonl
 *     winnow bench fidelity … --type-errors planted.jsonl
 *
 * The idea: to forget to make the container is a mistake that people make, and no missing value can excuse it. A variable is taken only where a statement of the
 * body itself, under no condition, assigns it, and where the suite came to a later place that a `None` does not survive: an item, a length, a loop, an
 * `append`. One for each function, drawn by a seed.
 */
import { seededRandom } from '../src/base/mod.ts';
import { cutBody } from '../src/bench/partial/fidelitycut.ts';
import { readRecording } from '../src/bench/partial/fidelityfile.ts';

/** As many as the public set has, and half as many again. */
const wanted = 63;
const seed = 1;

const empty = /^([A-Za-z_]\w*) = (?:\[\]|\{\}|0|''|"")$/;
/** What follows the name, or stands before it, where `None` raises. */
const behind = /^(?:\[|\.(?:append|add|update|extend|items|setdefault|join|pop|insert)\()/;
const before = /(?:\bin |\blen\(|\bsorted\()$/;

const found: { id: string; code: string }[] = [];
for (const path of process.argv.slice(2)) {
  const { project, functions, sources } = await readRecording(path);
  for (const one of functions) {
    const cut = one.calls === one.returned ? cutBody(one, sources.get(one.path) ?? '') : null;
    if (cut === null) continue;
    const lines = cut.code.split('\n');
    const at = lines.findIndex((line, index) => {
      const name = empty.exec(line)?.[1];
      return cut.sites.some(
        (site) =>
          site.kind === 'name' &&
          site.what === name &&
          site.at.line > index + 1 &&
          (behind.test((lines[site.at.line - 1] ?? '').slice(site.at.endColumn - 1)) ||
            before.test((lines[site.at.line - 1] ?? '').slice(0, site.at.column - 1))),
      );
    });
    if (at < 0) continue;
    lines[at] = (lines[at] ?? '').replace(/ = .*/, ' = None');
    found.push({ id: `${project}/${one.path}:${one.name}`, code: lines.join('\n') });
  }
}
for (const row of seededRandom(seed).shuffle(found).slice(0, wanted)) console.log(JSON.stringify(row));
console.error(`${found.length} functions can have one; ${Math.min(wanted, found.length)} drawn`);
