/**
 * Which tools this machine has, proved by running each inside the sandbox: what is called ready runs there.
 *
 * A version that was seen is remembered by the file's path, size and time, in the process and on disk, so a start
 * costs no probes. Failures are not remembered: installing what is missing shows at once.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { Limits } from '../types.ts';
import type { FoundTool, Packages, Recipe, Tool } from './recipe.ts';
import type { Sandbox } from './sandbox.ts';
import { type Candidate, searchTool } from './toolchainsfind.ts';

/** A probe says its version and ends: the slowest, kotlinc, takes 1.5 s here. The rest keeps a broken wrapper from doing harm. */
const probeLimits: Limits = {
  wallMs: 20_000,
  cpuMs: 20_000,
  fuel: null,
  memoryBytes: 2 ** 30,
  outputBytes: 2 ** 16,
  keepBytes: 2 ** 16,
  processes: 64,
  fileBytes: 2 ** 20,
};

export interface MissingTool {
  readonly tool: Tool;
  readonly reason: string;
}

/** The tools of one recipe: all of them, or the first that is missing. */
export type Toolchain =
  | { readonly tools: ReadonlyMap<string, FoundTool>; readonly missing: null }
  | { readonly missing: MissingTool };

export class Toolchains {
  readonly #sandbox: Sandbox;
  readonly #path: readonly string[];
  readonly #file: string | null;
  /** Version by candidate file. */
  readonly #versions: Map<string, string>;
  readonly #searches = new Map<string, Promise<FoundTool | MissingTool>>();

  constructor(sandbox: Sandbox, path: readonly string[], cacheDir: string | null) {
    this.#sandbox = sandbox;
    this.#path = path;
    this.#file = cacheDir === null ? null : join(cacheDir, 'toolchains.json');
    this.#versions = new Map(this.#file === null ? [] : readVersions(this.#file));
  }

  /** @throws WinnowError `sandbox-failed` */
  async of(recipe: Pick<Recipe, 'tools'>): Promise<Toolchain> {
    const found = await Promise.all(recipe.tools.map((tool) => this.#find(tool)));
    const missing = found.find((one) => 'reason' in one);
    if (missing !== undefined) return { missing };
    const tools = found.filter((one) => 'identity' in one);
    return { tools: new Map(tools.map((tool) => [tool.name, tool])), missing: null };
  }

  /** One search per tool at a time; what was found stays, what was not is looked for again. */
  #find(tool: Tool): Promise<FoundTool | MissingTool> {
    const key = `${tool.name} ${tool.executables.join(' ')} ${tool.atLeast?.join('.') ?? ''}`;
    const known = this.#searches.get(key);
    if (known !== undefined) return known;
    const search = this.#search(tool);
    this.#searches.set(key, search);
    const forget = () => this.#searches.delete(key);
    search.then((result) => 'reason' in result && forget(), forget);
    return search;
  }

  async #search(tool: Tool): Promise<FoundTool | MissingTool> {
    const { candidates, passedOver } = searchTool(tool, this.#path);
    const reasons = [...passedOver];
    for (const candidate of candidates) {
      const said = await this.#versionOf(tool, candidate);
      if ('failure' in said) reasons.push(said.failure);
      else if (!isAtLeast(said.version, tool.atLeast))
        reasons.push(`${candidate.path} is ${said.version}, older than ${tool.atLeast?.join('.')}`);
      else
        return {
          name: tool.name,
          path: candidate.path,
          version: said.version,
          read: candidate.read,
          identity: `${candidate.file} ${said.version}`,
        };
    }
    const names = tool.executables.join(' or ');
    return { tool, reason: reasons.length > 0 ? reasons.join('; ') : `${names} is not on the path` };
  }

  /** A tool by its place, not looked for. */
  async at(tool: Tool, { path, read }: Pick<Candidate, 'path' | 'read'>): Promise<FoundTool | MissingTool> {
    const { size, mtimeMs } = statSync(path);
    const file = `${path} ${size} ${mtimeMs}`;
    const said = await this.#versionOf(tool, { path, read, file });
    if ('failure' in said) return { tool, reason: said.failure };
    return { name: tool.name, path, version: said.version, read, identity: `${file} ${said.version}` };
  }

  async #versionOf(tool: Tool, candidate: Candidate): Promise<{ version: string } | { failure: string }> {
    const key = `${candidate.file} ${tool.versionArgs.join(' ')}`;
    const known = this.#versions.get(key);
    if (known !== undefined) return { version: known };
    const { ending, stdout, stderr } = await this.#sandbox.execute({
      argv: [candidate.path, ...tool.versionArgs],
      warm: null,
      files: [],
      stdin: new TextEncoder().encode(tool.versionInput ?? ''),
      env: { PATH: searchPath([candidate.path]), HOME: '/work', LC_ALL: 'C' },
      limits: probeLimits,
      network: false,
      read: candidate.read,
      reservesMemory: true,
      collect: 'none',
    });
    const text = [stdout, stderr].map(({ head }) => new TextDecoder().decode(head)).join('\n');
    const version = tool.version.exec(text)?.[1];
    // Some say their version and end with a failure: an awk that knows no such option, Rscript without its R.
    if (version === undefined || (ending.kind !== 'exited' && ending.kind !== 'crashed')) {
      const said = text.trim().split('\n')[0]?.slice(0, 200) ?? '';
      return { failure: `${candidate.path} does not run in the sandbox (${ending.kind}): ${said}` };
    }
    this.#versions.set(key, version);
    this.#keep();
    return { version };
  }

  /** Written whole or not at all; a cache that cannot be written costs time only. */
  #keep(): void {
    if (this.#file === null) return;
    const temporary = `${this.#file}.${process.pid}`;
    try {
      mkdirSync(join(this.#file, '..'), { recursive: true });
      writeFileSync(temporary, JSON.stringify(Object.fromEntries(this.#versions)));
      renameSync(temporary, this.#file);
    } catch {}
  }
}

function readVersions(file: string): readonly (readonly [string, string])[] {
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof parsed !== 'object' || parsed === null) return [];
    return Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  } catch {
    return [];
  }
}

function isAtLeast(version: string, wanted: readonly [number, number] | undefined): boolean {
  if (wanted === undefined) return true;
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}

/** The PATH inside the sandbox: the tools' own directories, then the system's. */
export const searchPath = (tools: readonly string[]): string =>
  [...new Set([...tools.map((path) => join(path, '..')), '/usr/local/bin', '/usr/bin', '/bin'])].join(':');

/** Package managers in the order they are looked for, with the words before the package names. */
const managers = [
  { key: 'apt', executable: 'apt-get', command: 'sudo apt-get install -y' },
  { key: 'dnf', executable: 'dnf', command: 'sudo dnf install -y' },
  { key: 'apk', executable: 'apk', command: 'sudo apk add' },
  { key: 'pacman', executable: 'pacman', command: 'sudo pacman -S --noconfirm' },
] as const;

/** The command that installs a tool on this machine; null when none is known. */
export function installCommand(packages: Packages, path: readonly string[]): string | null {
  const manager = managers.find(({ executable }) => path.some((dir) => existsSync(join(dir, executable))));
  const names = manager === undefined ? undefined : packages[manager.key];
  return manager === undefined || names === undefined ? (packages.otherwise ?? null) : `${manager.command} ${names}`;
}

/** The error for a job whose language lacks a tool. */
export function toolchainMissing(language: string, missing: MissingTool, path: readonly string[]): WinnowError {
  const install = installCommand(missing.tool.packages, path);
  const advice = install === null ? '' : ` Install it: ${install}`;
  return new WinnowError('toolchain-missing', `${language} needs ${missing.tool.name}: ${missing.reason}.${advice}`, {
    details: { language, tool: missing.tool.name, reason: missing.reason, install },
  });
}
