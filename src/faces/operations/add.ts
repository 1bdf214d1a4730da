/** `winnow add PATH|GIT-URL`: a repository for a set. Sets are `index`'s, cloning is `run`'s; this decides nothing but names. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import {
  changeSets,
  clonesDirectoryOf,
  findPlace,
  freeName,
  type KnownRepository,
  type RepositorySets,
  readSets,
  withMember,
} from '../../index/mod.ts';
import { cloneRepository, type GitAddress, isGitAddress, readGitAddress } from '../../run/mod.ts';
import { addView } from '../views/repos.ts';
import { checkName, usualSet } from './repository-sets.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  sources: z
    .array(z.string())
    .describe('A directory in a repository, or the address of one that git is to clone: https, ssh or file'),
  set: z.string().default(usualSet).describe('The set that it joins'),
  name: z.string().optional().describe('What it is called in ids; default: the last part of its path or address'),
});

/** `added`: new. `joined`: known from another set. `already`: in this set before. `moved`: known by this name, and its place was gone. */
const outcomes = ['added', 'joined', 'already', 'moved'] as const;

const output = z.strictObject({
  schema: z.literal('winnow.add/1'),
  set: z.string(),
  repositories: z.array(
    z.strictObject({
      name: z.string().describe('What its ids begin with: `name//path:Class.method`'),
      root: z.string(),
      url: z.string().nullable().describe('Where it was cloned from; null for a directory of your own'),
      outcome: z.enum(outcomes).describe('Whether it is new, known from another set, there already, or has moved'),
    }),
  ),
});

export type AddOutput = z.output<typeof output>;
type Added = AddOutput['repositories'][number];
type Outcome = Added['outcome'];

export const add: Operation<typeof input, typeof output> = {
  name: 'add',
  summary: 'put a repository into a set that is searched together',
  description: `Puts repositories into a named set, for \`winnow search --repos SET\`. A directory stands for the repository that holds it; nothing is copied, and it is searched as it is on disk. An address is cloned by git, the newest commit alone, into the cache directory; \`winnow repos update\` fetches what is new.

Cloning reads no configuration of git, starts no hook, fetches no submodule and asks for no password: where one is needed, clone it yourself and add the directory. ssh uses your keys.

The same repository is added once, whatever path or set it is given by. One that has moved is added again under its name: \`winnow add NEW-PATH --name NAME\`.`,
  examples: [
    { command: 'winnow add ~/code/flask ~/code/gin', does: 'two repositories for the set named default' },
    { command: 'winnow add https://github.com/pallets/flask --set web', does: 'a clone for the set web' },
    { command: 'winnow add ../checkout-2 --name second', does: 'another checkout, under a name of its own' },
  ],
  input,
  output,
  positional: [{ property: 'sources', label: 'PATH|GIT-URL', variadic: true }],
  run: async ({ sources, set, name }, context) => {
    if (sources.length === 0) throw new WinnowError('bad-usage', 'Expected a directory or an address to add.');
    if (name !== undefined && sources.length > 1)
      throw new WinnowError('bad-usage', `--name is for one repository; ${sources.length} came.`);
    checkName('set', set);
    if (name !== undefined) checkName('repository', name);
    const asked = sources.map((source) => placeOf(source, context));
    const repositories: Added[] = [];
    for (const { full, address } of asked) {
      const added = address === null ? addPlace(full, set, name, context) : addClone(address, set, name, context);
      repositories.push(await added.catch((error: unknown) => failedAfter(error, repositories)));
    }
    return { schema: 'winnow.add/1', set, repositories };
  },
  render: addView,
  exit: () => 0,
};

interface Asked {
  readonly full: string;
  /** `null`: a directory. */
  readonly address: GitAddress | null;
}

/** Reads all before any is added, so that a slip in one adds none. @throws WinnowError of the path or the address */
function placeOf(source: string, { cwd }: Context): Asked {
  const full = resolve(cwd, source);
  if (!existsSync(full) && isGitAddress(source)) return { full, address: readGitAddress(source) };
  findPlace(full);
  return { full, address: null };
}

/** What cannot be known ahead, such as a clone that fails, keeps what was added before it, and says so. */
function failedAfter(error: unknown, added: readonly Added[]): never {
  if (!(error instanceof WinnowError) || added.length === 0) throw error;
  const names = added.map(({ name }) => name);
  throw new WinnowError(error.code, `${error.message} Added before: ${names.join(', ')}.`, {
    details: { ...error.details, added: names },
    cause: error,
  });
}

async function addPlace(full: string, set: string, name: string | undefined, context: Context): Promise<Added> {
  const { root } = findPlace(full);
  return put(context, set, (sets) => {
    const known = [...sets.repositories.values()].find((one) => one.root === root);
    if (known !== undefined) return { repository: sameName(known, name), outcome: null };
    const named = name === undefined ? undefined : sets.repositories.get(name);
    if (named !== undefined && existsSync(named.root)) throw taken(named);
    const repository = { name: name ?? freeName(sets, basename(root)), root, url: null };
    return { repository, outcome: named === undefined ? 'added' : 'moved' };
  });
}

async function addClone(address: GitAddress, set: string, name: string | undefined, context: Context): Promise<Added> {
  const home = context.settings.cacheDir;
  const cloned = (sets: RepositorySets): KnownRepository | undefined =>
    [...sets.repositories.values()].find(({ url, root }) => url === address.url && existsSync(root));
  const before = readSets(home);
  const named = name === undefined ? undefined : before.repositories.get(name);
  if (named !== undefined && named.url !== address.url && existsSync(named.root)) throw taken(named);
  const there = cloned(before);
  if (there !== undefined) return put(context, set, () => ({ repository: sameName(there, name), outcome: null }));
  const parent = clonesDirectoryOf(home);
  const made = await cloneRepository(address, parent, context.settings, {
    signal: context.signal,
    onProgress: (label, percent) =>
      context.progress({ label, done: percent ?? 0, total: percent === null ? null : 100 }),
  });
  try {
    return await put(context, set, (sets) => {
      // Somebody else may have cloned it meanwhile.
      const known = cloned(sets);
      if (known !== undefined) return { repository: sameName(known, name), outcome: null };
      const gone = [...sets.repositories.values()].find(({ url }) => url === address.url);
      const wanted = name ?? gone?.name ?? freeName(sets, address.label);
      const holder = sets.repositories.get(wanted);
      if (holder !== undefined && holder.url !== address.url && existsSync(holder.root)) throw taken(holder);
      const root = join(parent, wanted);
      // Under the lock: what lies there belongs to nobody any more.
      rmSync(root, { recursive: true, force: true });
      renameSync(made, root);
      const repository = { name: wanted, root: findPlace(root).root, url: address.url };
      return { repository, outcome: sets.repositories.has(wanted) ? 'moved' : 'added' };
    });
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Puts what `choose` gives into the set, under the lock. `null` as outcome: it is known. */
async function put(
  context: Context,
  set: string,
  choose: (sets: RepositorySets) => { repository: KnownRepository; outcome: Outcome | null },
): Promise<Added> {
  let added: Added | null = null;
  await changeSets(context.settings.cacheDir, (sets) => {
    const { repository, outcome } = choose(sets);
    const isMember = sets.sets.get(set)?.includes(repository.name) ?? false;
    added = { ...repository, outcome: outcome ?? (isMember ? 'already' : 'joined') };
    return added.outcome === 'already' ? sets : withMember(sets, set, repository);
  });
  if (added === null) throw new Error('nothing was put into the set');
  return added;
}

function sameName(known: KnownRepository, name: string | undefined): KnownRepository {
  if (name === undefined || name === known.name) return known;
  throw new WinnowError('bad-usage', `${known.root} is known as ${known.name}. Give no --name, or remove it first.`);
}

const taken = ({ name, root }: KnownRepository): WinnowError =>
  new WinnowError('bad-usage', `${name} is the name of ${root}. Choose another with --name.`);
