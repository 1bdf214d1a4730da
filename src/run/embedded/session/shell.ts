/**
 * Sessions of Bash: an interpreter in JavaScript (just-bash), with a realm of its own for each session.
 *
 * The interpreter forgets its state after each script. So its text is changed at one place when it is loaded: it tells of the state that a script ran in, and
 * what of that outlives a script (variables, functions, directory, options) is what the next cell begins with. A session's files are the realm's own.
 * State cannot be copied, since it is made of JavaScript objects of that realm: copies are made by running the cells again.
 *
 * Output comes when a cell ends. A cell is stopped where the interpreter asks whether to go on; a loop inside one tool
 * (`awk 'BEGIN { while (1); }'`) does not ask, and ends the process with all of its sessions.
 */
import { seededRandom } from '../../../base/mod.ts';
import type { JobFile } from '../../types.ts';
import { bashEngine, openShellCode } from '../engines/bash.ts';
import { encodeBytes } from '../shell/bytetext.ts';
import { openRealm, type Shell, type ShellResult } from '../shell/realm.ts';
import { leftOut, type ShellCode, type Stopping, shellLimits, stopByLimit, stopWhenFull } from '../shell/run.ts';
import {
  type CellSink,
  type EngineCell,
  type EngineChange,
  type EngineEnding,
  type EngineFile,
  type EngineFiles,
  EngineRefusal,
  type EngineSession,
  type SessionEngine,
  type SessionEngineModule,
  type SessionEngineOptions,
  type SessionSetup,
} from './engine.ts';

const workDirectory = '/work';

/** The one place where a script is given its state: in `execInScope` of just-bash 3.4.2. */
const place = /await new (\w+)\((\w+),(\w+)\)\.executeScript\(/g;

/** @throws Error when it is not the build that is known */
function telling(source: string): string {
  const found = [...source.matchAll(place)];
  if (found.length !== 1) throw new Error(`just-bash gives a script its state in ${found.length} places, not in one`);
  return source.replace(place, 'await (this.winnowState?.($3),new $1($2,$3)).executeScript(');
}

/** What the interpreter keeps of a script while it runs; more than this file knows of. */
interface ShellState {
  env: Map<string, string>;
  cwd: string;
  lastExitCode: number;
  currentLine: number;
  /** What runs decides whether a loop or a branch goes on. */
  inCondition: boolean;
  [name: string]: unknown;
}

/** A statement of a script at its top, as the interpreter's parser has it. */
interface Statement {
  readonly sourceText?: string;
  readonly pipelines: readonly { readonly commands: readonly { readonly type: string; readonly name?: unknown }[] }[];
}

interface Script {
  readonly statements: readonly Statement[];
}

interface TellingShell extends Shell {
  registerTransformPlugin(plugin: { name: string; transform(given: { ast: Script }): { ast: Script } }): void;
  state: ShellState;
  winnowState?: (state: ShellState) => void;
}

/** What outlives a cell. The rest (loops, functions and redirections that are at work) is as in a fresh shell. */
const kept = (
  'env arrays cwd previousDir lastExitCode lastArg functions options shoptOptions directoryStack hashTable completionSpecs ' +
  'readonlyVars associativeArrays namerefs boundNamerefs invalidNamerefs integerVars lowercaseVars uppercaseVars ' +
  'exportedVars declaredVars lastBackgroundPid'
).split(' ');

/** Set behind a cell, so that one that was ended early is told from one that came to its end. */
const endMark = '__winnow_end';

export const bashSessions: SessionEngineModule = {
  language: 'bash',
  probe: () => bashEngine.probe(),
  open: async (options) => new ShellSessions(options),
};

class ShellSessions implements SessionEngine {
  readonly options: SessionEngineOptions;
  readonly code: ShellCode;

  constructor(options: SessionEngineOptions) {
    this.options = options;
    this.code = openShellCode(telling);
  }

  async open(setup: SessionSetup): Promise<EngineSession> {
    const session = new ShellSession(this, setup);
    await session.prepare();
    return session;
  }

  settle(): void {}

  heldBytes(): number {
    return 0;
  }
}

/** What a loop has for coming out of its condition, ms. One that never does is stopped there. */
const conditionMs = 250;

/**
 * Says stop from when the host has asked for it, to the end of the cell. Not at once in a condition of a loop: the interpreter would forget all that
 * the loop has printed.
 */
class CellStop implements Stopping {
  readonly #stopping: () => boolean;
  readonly #inCondition: () => boolean;
  #dueMs = 0;
  reason: string | null = null;

  constructor(stopping: () => boolean, inCondition: () => boolean) {
    this.#stopping = stopping;
    this.#inCondition = inCondition;
  }

  because(reason: string): void {
    this.reason ??= reason;
  }

  isDue(): boolean {
    if (this.reason === null && this.#stopping()) this.reason = 'asked';
    if (this.reason === null) return false;
    if (!this.#inCondition()) return true;
    if (this.#dueMs === 0) this.#dueMs = performance.now();
    return performance.now() > this.#dueMs + conditionMs;
  }
}

class ShellSession implements EngineSession {
  readonly files: EngineFiles;
  readonly #engine: ShellSessions;
  readonly #setup: SessionSetup;
  readonly #shell: TellingShell;
  readonly #fresh: ShellState;
  readonly #given: JobFile[];
  #stop: CellStop = new CellStop(
    () => false,
    () => false,
  );
  /** The statements of the cell that runs, the mark behind it left out; null before it was read. */
  #statements: readonly Statement[] | null = null;

  constructor(engine: ShellSessions, setup: SessionSetup) {
    this.#engine = engine;
    this.#setup = setup;
    this.#given = [...setup.files];
    this.#shell = this.#open();
    this.#fresh = { ...this.#shell.state };
    this.files = shellFiles(this.#shell, this.#given);
  }

  #open(): TellingShell {
    const { determinism, env, files, memoryBytes, fileBytes, outputBytes } = this.#setup;
    const { code, options } = this.#engine;
    const random = seededRandom(determinism.seed);
    const startedMs = determinism.clockMs ?? 0;
    let sleptMs = 0;
    let readings = 0;
    const { Bash } = openRealm(code.bundle, code.pinner, {
      now: () => Math.floor((determinism.clockMs === null ? Date.now() : startedMs + readings++ / 1000) + sleptMs),
      random: () => random.int(2 ** 32) / 2 ** 32,
    });
    const given = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
    const shell = new Bash({
      cwd: workDirectory,
      env: { ...env, HOME: workDirectory },
      files: Object.fromEntries(
        files.map(({ path, bytes, mode }) => [
          `${workDirectory}/${path}`,
          { content: bytes.slice(), mode: mode ?? 0o644 },
        ]),
      ),
      commands: code.commands.filter((name) => !leftOut.has(name)),
      sleep: async (ms: number) => {
        sleptMs += ms;
      },
      defenseInDepth: false,
      executionLimits: shellLimits(
        { memoryBytes: Math.min(memoryBytes, options.memoryBytes), fileBytes, outputBytes: outputBytes / 2 },
        given,
      ),
    }) as TellingShell;
    const stop: Stopping = { isDue: () => this.#stop.isDue(), because: (reason) => this.#stop.because(reason) };
    stopWhenFull(shell, stop);
    // It would decode once more what looks like bytes in text: `Ã©` would come out as `é`.
    shell.logResult = (result) => result;
    shell.registerTransformPlugin({
      name: 'winnow',
      transform: ({ ast }) => {
        if (this.#statements !== null) return { ast };
        this.#statements = ast.statements.slice(0, -1);
        return { ast: { ...ast, statements: ast.statements.flatMap(withStatus) } };
      },
    });
    const { execInScope } = shell;
    shell.execInScope = (line, given, scope, depth, ...rest) => {
      if (depth === 0) stopByLimit(scope, stop);
      return execInScope.call(shell, line, given, scope, depth, ...rest);
    };
    return shell;
  }

  /** What every machine has, and programs count on. */
  async prepare(): Promise<void> {
    await this.#shell.fs.mkdir('/tmp', { recursive: true });
  }

  async run(code: string, _count: number, sink: CellSink): Promise<EngineCell> {
    const shell = this.#shell;
    const seen: { state: ShellState | null; line: number | null; isSet: boolean } = {
      state: null,
      line: null,
      isSet: false,
    };
    const stop = new CellStop(
      () => this.#engine.options.stopping(),
      () => seen.state?.inCondition === true,
    );
    this.#stop = stop;
    this.#statements = null;
    shell.winnowState = (state) => {
      if (seen.state !== null) return;
      seen.state = state;
      watchStatus(state, (line) => {
        if (line <= lastLine) seen.line = line;
        seen.isSet = true;
      });
    };
    const lines = code.replace(/\n*$/, '\n');
    const lastLine = lines.split('\n').length - 1;
    const result = await shell.exec(`${lines}${endMark}=$?`, { rawScript: true, stdin: '', stdinKind: 'bytes' });
    const { state } = seen;
    const status = state === null ? result.exitCode : Number(state.env.get(endMark) ?? result.exitCode);
    const cameToEnd = state?.env.has(endMark) === true;
    const wasStopped = stop.reason !== null;
    print(result, sink, wasStopped);
    if (isOverflow(result)) sink.overflow();
    if (wasStopped || cameToEnd || state === null) {
      if (state !== null) this.#keep(state, status);
      const notices = await this.#repair();
      return {
        ending: endingOf(stop.reason, status & 0xff, lineOf(lines, this.#statements ?? [], seen.line), result),
        state: 'kept',
        notices,
      };
    }
    shell.state = { ...this.#fresh, env: new Map(this.#fresh.env) };
    const notices = await this.#repair();
    return { ending: { kind: 'exit', code: result.exitCode & 0xff, signal: null }, state: 'lost', notices };
  }

  #keep(state: ShellState, status: number): void {
    const next: ShellState = { ...this.#fresh };
    for (const name of kept) if (name in state) next[name] = state[name];
    next.env.delete(endMark);
    next.lastExitCode = status;
    this.#shell.state = next;
  }

  /** The work directory is there again where a cell has removed it. */
  async #repair(): Promise<readonly string[]> {
    const { fs, state } = this.#shell;
    const isThere = async (path: string) => (await fs.lstat(path).catch(() => null))?.isDirectory === true;
    const lost: string[] = [];
    if (!(await isThere(workDirectory))) {
      await fs.rm(workDirectory, { force: true }).catch(() => undefined);
      await fs.mkdir(workDirectory, { recursive: true });
      lost.push('The work directory was removed; an empty one stands in its place.');
    }
    if (!(await isThere(state.cwd))) {
      state.cwd = workDirectory;
      state.env.set('PWD', workDirectory);
      if (lost.length === 0) lost.push(`The current directory was removed; it is ${workDirectory} again.`);
    }
    return lost;
  }

  copy(): null {
    return null;
  }

  async restart(): Promise<void> {
    this.#shell.state = { ...this.#fresh, env: new Map(this.#fresh.env) };
  }

  heldBytes(): number {
    return 0;
  }

  drop(): void {}
}

/** Told of the line on which a command ended with another status than 0. */
function watchStatus(state: ShellState, failed: (line: number) => void): void {
  let status = state.lastExitCode;
  Object.defineProperty(state, 'lastExitCode', {
    enumerable: true,
    configurable: true,
    get: () => status,
    set: (value: number) => {
      status = value;
      if (value !== 0) failed(state.currentLine);
    },
  });
}

/**
 * In Bash an assignment ends with status 0; here it would leave the one before. So each at the top of a cell gets a `:` behind it, but where a
 * substitution gives its status.
 */
function withStatus(statement: Statement, at: number, all: readonly Statement[]): readonly Statement[] {
  const [pipeline] = statement.pipelines;
  const [command] = pipeline?.commands ?? [];
  const isAlone = statement.pipelines.length === 1 && pipeline?.commands.length === 1;
  const isAssignment = command?.type === 'SimpleCommand' && (command.name ?? null) === null;
  const isLast = at === all.length - 1;
  if (isLast || !isAlone || !isAssignment || /\$\(|`/.test(statement.sourceText ?? '`')) return [statement];
  return [statement, colon];
}

const word = (value: string) => ({ type: 'Word', parts: [{ type: 'Literal', value }] });
const colon = {
  type: 'Statement',
  pipelines: [
    {
      type: 'Pipeline',
      commands: [{ type: 'SimpleCommand', assignments: [], name: word(':'), args: [], redirections: [] }],
      negated: false,
    },
  ],
  operators: [],
  background: false,
};

/** The line that failed: where the interpreter says, if that is in the last statement; else where that begins. */
function lineOf(source: string, statements: readonly Statement[], seen: number | null): number | null {
  let at = 0;
  for (const { sourceText = '' } of statements) {
    const found = source.indexOf(sourceText, at);
    if (found !== -1) at = found;
  }
  const first = source.slice(0, at).split('\n').length;
  return seen !== null && seen >= first ? seen : first;
}

function print({ stdout, stderr, stdoutKind }: ShellResult, sink: CellSink, wasStopped: boolean): void {
  sink.stdout(stdoutKind === 'bytes' ? Buffer.from(stdout, 'latin1') : encodeBytes(stdout));
  const own = wasStopped ? stderr.replace(/(?:bash: )?[^\n]*stop work limit exceeded[^\n]*\n$/, '') : stderr;
  sink.stderr(encodeBytes(own));
}

function endingOf(stopped: string | null, status: number, line: number | null, result: ShellResult): EngineEnding {
  if (stopped === 'full') return failed('exit status 1', 'no space is left for files', line);
  if (stopped !== null) return { kind: 'interrupted' };
  if (isOverflow(result)) return { kind: 'interrupted' };
  if (status === 0) return { kind: 'done' };
  const syntax = /^bash: syntax error: (?:Parse error at )?(?:line )?(\d+)?[^\n]*/m.exec(result.stderr);
  if (syntax !== null) return failed('syntax error', syntax[0], syntax[1] === undefined ? null : Number(syntax[1]));
  return failed(`exit status ${status}`, `the last command ended with status ${status}`, line);
}

const isOverflow = ({ stderr }: ShellResult): boolean => /total output size exceeded/.test(stderr);

function failed(name: string, message: string, line: number | null): EngineEnding {
  return { kind: 'failed', error: { name, message, line, column: null, frames: [] } };
}

function shellFiles(shell: Shell, given: JobFile[]): EngineFiles {
  const { fs } = shell;
  const full = (path: string): string => `${workDirectory}/${path}`;
  const inside = (): string[] =>
    fs
      .getAllPaths()
      .filter((path) => path.startsWith(`${workDirectory}/`))
      .sort();
  const list = async (): Promise<readonly EngineFile[]> => {
    const found: EngineFile[] = [];
    for (const at of inside()) {
      const path = at.slice(workDirectory.length + 1);
      const stat = await fs.lstat(at);
      const mode = stat.mode & 0o7777;
      if (stat.isSymbolicLink) found.push({ path, kind: 'symlink', sizeBytes: 0, mode });
      else if (stat.isDirectory) found.push({ path, kind: 'directory', sizeBytes: 0, mode });
      else found.push({ path, kind: 'file', sizeBytes: (await fs.readFileBuffer(at)).length, mode });
    }
    return found;
  };
  const bytesOf = async (path: string): Promise<Uint8Array> => {
    const stat = await fs.lstat(full(path)).catch(() => null);
    if (stat?.isFile !== true) throw new EngineRefusal(`${path} is not a file of the session`);
    return Uint8Array.from(await fs.readFileBuffer(full(path)));
  };
  /** Links are followed by nobody here: what a cell has linked must not decide what the host writes. */
  const write = async (path: string, bytes: Uint8Array, mode: number | undefined): Promise<void> => {
    const parts = path.split('/');
    for (let i = 1; i <= parts.length; i++) {
      const stat = await fs.lstat(full(parts.slice(0, i).join('/'))).catch(() => null);
      const mustBeFile = i === parts.length;
      if (stat !== null && (mustBeFile ? !stat.isFile : !stat.isDirectory))
        throw new EngineRefusal(`${path} cannot be reached`);
    }
    try {
      await fs.mkdir(full(parts.slice(0, -1).join('/')), { recursive: true });
      await fs.writeFile(full(path), bytes.slice());
      if (mode !== undefined) await fs.chmod(full(path), mode & 0o7777);
    } catch (error) {
      throw new EngineRefusal(`${path} cannot be written (${(error as Error).message.slice(0, 200)})`);
    }
  };
  return {
    async put(files) {
      for (const file of files) {
        await write(file.path, file.bytes, file.mode ?? 0o644);
        const known = given.findIndex(({ path }) => path === file.path);
        if (known === -1) given.push(file);
        else given[known] = file;
      }
    },
    list,
    async changes() {
      const before = new Map(given.map((file) => [file.path, file]));
      const changed: EngineChange[] = [];
      for (const { path, kind, mode } of await list()) {
        const was = before.get(path);
        if (kind !== 'directory') before.delete(path);
        if (kind === 'symlink')
          changed.push({ path, change: 'symlink', sizeBytes: 0, mode, text: await fs.readlink(full(path)) });
        if (kind !== 'file') continue;
        const bytes = await bytesOf(path);
        if (was !== undefined && Buffer.compare(bytes, was.bytes) === 0) continue;
        const change = was === undefined ? 'added' : 'modified';
        changed.push({ path, change, sizeBytes: bytes.length, mode, text: '' });
      }
      for (const path of before.keys()) changed.push({ path, change: 'removed', sizeBytes: 0, mode: 0, text: '' });
      return changed.sort((a, b) => (a.path < b.path ? -1 : 1));
    },
    read: async (path, offset, lengthBytes) => (await bytesOf(path)).slice(offset, offset + lengthBytes),
    async write(path, offset, bytes, mode) {
      const was = offset === 0 ? new Uint8Array(0) : await bytesOf(path);
      const made = new Uint8Array(Math.max(was.length, offset + bytes.length));
      made.set(was);
      made.set(bytes, offset);
      await write(path, made, mode);
    },
  };
}
