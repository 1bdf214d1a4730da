/**
 * Problems from a directory: it is one, or its directories are.
 *
 * Which format a directory has is told by what lies in it: a `problem.json` or `problem.yaml` that names our schema is ours, another
 * `problem.yaml` beside `data/` is a package of Kattis's, and files that end in `.in` are a plain directory of tests.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { Problem } from '../types.ts';
import { badData, filesBelow } from './files.ts';
import { readKattisProblem } from './kattis.ts';
import { ownSchema, readOwnProblem } from './own.ts';
import { readPlainProblem } from './plain.ts';
import { readJson, readYaml } from './yaml.ts';

/**
 * @param directory absolute
 * @param onRefused told of each of several problems that cannot be read; the others are returned. Without it the first such one is thrown
 * @returns one problem, or one for each directory in it that is one, by name
 * @throws WinnowError `path-not-found`, `not-a-directory`, `bad-data`; what was refused, too, when nothing else is there
 */
export function readProblems(directory: string, onRefused?: (name: string, error: WinnowError) => void): Problem[] {
  const there = statSync(directory, { throwIfNoEntry: false });
  if (there === undefined)
    throw new WinnowError('path-not-found', `${directory} does not exist; the directory of a problem was expected.`, {
      details: { path: directory },
    });
  if (!there.isDirectory())
    throw new WinnowError('not-a-directory', `${directory} is a file; the directory of a problem was expected.`, {
      details: { path: directory },
    });
  const one = readProblem(directory);
  if (one !== null) return [one];
  const inside = readdirSync(directory)
    .filter(
      (name) => !name.startsWith('.') && statSync(join(directory, name), { throwIfNoEntry: false })?.isDirectory(),
    )
    .sort(new Intl.Collator('en', { numeric: true }).compare);
  const refused: { name: string; error: WinnowError }[] = [];
  const problems = inside
    .map((name) => {
      try {
        return readProblem(join(directory, name));
      } catch (error) {
        if (!(error instanceof WinnowError) || onRefused === undefined) throw error;
        refused.push({ name, error });
        return null;
      }
    })
    .filter((problem) => problem !== null);
  if (problems.length === 0 && refused[0] !== undefined) throw refused[0].error;
  for (const { name, error } of refused) onRefused?.(name, error);
  if (problems.length > 0) return problems;
  throw badData(
    directory,
    'is no problem and holds none: problem.json, problem.yaml or files that end in .in were expected.',
  );
}

/** @returns null when nothing in it says that it is a problem */
function readProblem(directory: string): Problem | null {
  const json = join(directory, 'problem.json');
  if (existsSync(json)) return readOwnProblem(directory, json, readJson(json));
  const yaml = join(directory, 'problem.yaml');
  if (existsSync(yaml)) {
    const described = readYaml(yaml);
    // A package of Kattis's may have no schema, and ours has no data/.
    const isOurs = described.schema === ownSchema || !existsSync(join(directory, 'data'));
    return isOurs ? readOwnProblem(directory, yaml, described) : readKattisProblem(directory, yaml, described);
  }
  const isPlain = readdirSync(directory).some((name) => name.endsWith('.in')) || hasTests(directory);
  return isPlain ? readPlainProblem(directory) : null;
}

/** Tests in directories that are usual for them; elsewhere a directory of directories is a directory of problems. */
const hasTests = (directory: string): boolean =>
  ['tests', 'data', 'sample', 'samples', 'secret'].some((name) =>
    filesBelow(join(directory, name)).some((file) => file.endsWith('.in')),
  );
