/**
 * Which operations are offered by a process that answers others (HTTP), and what of their input names a place of this machine.
 *
 * Whoever types a command may read and write what he likes; whoever asks over a socket may not. So an operation is offered only
 * where this table has a row for it, and of its input only what the row knows: every text is either one that means nothing to the
 * disk, or a path that is held against the roots (`roots.ts`). A new verb, and a new option that is a text, are refused until somebody has
 * read what they do and written it down here.
 */

/** What of an operation's input is what. Numbers and switches that no row names are harmless. */
export interface Offer {
  /** Texts that name files, directories, or ids that begin with one. */
  readonly paths?: readonly string[];
  /** Texts that mean nothing to the disk. */
  readonly texts?: readonly string[];
  /** Properties that write, or open what is closed; offered to a server that may write. */
  readonly guarded?: readonly string[];
  /** Values that a guarded property may have anyway. */
  readonly harmless?: Readonly<Record<string, readonly unknown[]>>;
  /** The whole operation writes, or starts what outlives the request. */
  readonly writes?: boolean;
  /** Texts that are paths where another property is given: the first word of a command line is a query or a path. */
  readonly pathsWith?: Readonly<Record<string, readonly string[]>>;
}

const limits = ['wall', 'cpu', 'memory', 'output', 'keepOutput', 'fileBytes', 'clock', 'env', 'budget'] as const;
const program = {
  paths: ['file', 'stdin', 'files', 'read', 'python'],
  texts: ['args', 'lang', 'code', 'input', ...limits, 'allow', 'function', 'traceBytes'],
} as const;
const tool: Offer = {
  paths: ['directory'],
  texts: [
    ...['searchTerms', 'filePathOrPattern', 'startEntities', 'entityTypeFilter', 'dependencyTypeFilter', 'entityNames'],
    ...['className', 'fileName', 'methodName', 'codeStr'],
  ],
};
const session: Offer = {
  writes: true,
  paths: ['file', 'files', 'out', 'png', 'read', 'in', 'database', 'notebook', 'write', 'python'],
  texts: ['id', 'name', 'code', 'as', 'pattern', 'limitBytes', 'lang', 'idle', 'total', ...limits],
};
/** What an encoder's name may be without a row saying more: anything else is a file, or an address that would be asked. */
const encoders = { encoder: ['usual', 'small'] };

/** Options of asking a model: they spend what keys of the user pay for, and record where they are told. */
const models = ['model', 'modelUrl', 'record', 'replay'];

/** Policies that need no file. */
const policies = { policy: ['strict', 'work-directory', 'open'] };

export const offers: Readonly<Record<string, Offer>> = {
  search: {
    paths: ['directory', 'rule'],
    texts: ['query', 'repos', 'deadline', 'pattern', 'regex', 'selector', 'lang', 'kind', 'path'],
    pathsWith: { pattern: ['query'], regex: ['query'], rule: ['query'] },
    guarded: ['encoder', 'rewrite', ...models],
    harmless: { ...encoders, ...no('rewrite') },
  },
  grep: {
    paths: ['paths'],
    texts: ['pattern', 'repos', 'regexp', 'glob', 'iglob', 'type', 'typeNot'],
    pathsWith: { regexp: ['pattern'] },
  },
  show: { paths: ['directory'], texts: ['id'] },
  syntax: { paths: ['file'], texts: ['function'] },
  similar: {
    paths: ['code', 'directory'],
    texts: ['lang', 'path', 'inLang'],
    guarded: ['encoder'],
    harmless: encoders,
  },
  duplicates: { paths: ['directory'], texts: ['path', 'lang'] },
  map: { paths: ['directory'], texts: ['focus', 'words'] },
  graph: { paths: ['directory'], texts: ['symbol', 'path'] },
  impact: { paths: ['change', 'directory'] },
  query: { paths: ['directory'], texts: ['query', 'time'] },
  locate: {
    paths: ['issue', 'directory', 'coverage', 'python'],
    texts: ['text', 'failing'],
    pathsWith: { text: ['issue'] },
    guarded: ['encoder', 'rewrite', ...models],
    harmless: { ...encoders, ...no('rewrite') },
  },
  'tool search-entity': tool,
  'tool traverse-graph': tool,
  'tool retrieve-entity': tool,
  'tool search-class': tool,
  'tool search-class-in-file': tool,
  'tool search-method': tool,
  'tool search-method-in-class': tool,
  'tool search-method-in-file': tool,
  'tool search-code': tool,
  'tool search-code-in-file': tool,
  'tool get-code-around-line': tool,
  'tool get-class-full-snippet': tool,
  'tool get-file-content': tool,
  run: {
    paths: [...program.paths, 'in', 'out', 'recordCalls', 'policy'],
    texts: program.texts,
    // What this machine has, with the paths of its programs, is for who administers it.
    guarded: ['network', 'in', 'keep', 'drop', 'ask', 'out', 'recordCalls', 'observe', 'policy', 'doctor', ...models],
    harmless: { ...policies, ...no('network', 'keep', 'drop', 'ask', 'observe', 'doctor') },
  },
  trace: {
    paths: [...program.paths, 'html', 'save'],
    texts: program.texts,
    guarded: ['network', 'html', 'save'],
    harmless: no('network'),
  },
  risk: { paths: ['target', 'policy'], texts: ['allow'], guarded: ['policy'], harmless: policies },
  check: {
    paths: ['candidates', 'probes', 'context', 'out'],
    texts: ['entry', 'lang', 'call', 'memory'],
    guarded: ['out'],
  },
  select: { paths: ['matrix', 'answers', 'pairs'], texts: ['method', 'task'], guarded: ['pairs'] },
  'bench show': { paths: ['folder'], texts: ['problem'] },
  compare: {
    paths: ['matrix', 'candidates', 'probes'],
    texts: ['entry', 'lang', 'task', 'right', 'wrong', 'unsure'],
  },
  'diff-behaviour': { paths: ['a', 'b', 'python'], texts: ['from', 'to', 'budget'] },
  test: {
    paths: ['path', 'python', 'jars', 'read', 'saveCoverage', 'recordCalls'],
    texts: ['args', 'only', 'exclude', 'testWall', ...limits],
    guarded: ['saveCoverage', 'recordCalls', 'observe'],
    harmless: no('observe'),
  },
  judge: {
    paths: ['directory', 'submissions', 'problem'],
    texts: ['lang', 'entry', 'time', ...limits],
    guarded: ['showSecret'],
    harmless: no('showSecret'),
  },
  explain: { paths: ['run', 'html'], texts: ['step'], guarded: ['html'] },
  index: {
    paths: ['directory'],
    guarded: ['rebuild', 'encoder'],
    harmless: { ...no('rebuild'), ...encoders },
  },
  repos: { texts: ['names', 'set'], guarded: ['action'], harmless: { action: ['list', 'refresh'] } },
  languages: {},
  history: { writes: true, paths: ['in'], texts: ['id'] },
  keep: { writes: true, texts: ['id'] },
  undo: { writes: true, texts: ['id'] },
  'session new': { ...session, guarded: ['connection', 'passwordVariable'] },
  'session run': session,
  'session interrupt': session,
  'session restart': session,
  'session fork': session,
  'session snapshot': session,
  'session open': session,
  'session list': session,
  'session show': session,
  'session put': session,
  'session get': session,
  'session changes': session,
  'session keep': session,
  'session drop': session,
  'session undo': session,
  'session end': session,
  'session export': session,
  'session replay': session,
};

/** Of verbs that are left out on purpose: why. Matched by the whole name, then by its first word. */
const absent: Readonly<Record<string, string>> = {
  add: 'It changes the sets of repositories, which are what is served; it is a command.',
  repl: 'It needs a terminal.',
  'env serve': 'It is a server of its own, over standard input.',
  env: 'It reads data sets from anywhere; it is a command.',
  model: 'It asks a provider outside, with keys of whoever started the server; it is a command.',
  bench: 'A measurement is a command: it takes the whole machine and writes a folder.',
  train: 'It takes minutes of all processors; it is a command.',
  completions: 'It is for a shell.',
  solve: 'It asks a model, with keys of whoever started the server; it is a command.',
  serve: 'It starts a server.',
  mcp: 'It starts a server.',
};

/** Why an operation is not offered. */
export function whyAbsent(name: string): string {
  return (
    absent[name] ??
    absent[name.split(' ')[0] ?? ''] ??
    'Nobody has said yet what of its input names a file; it is a command.'
  );
}

/** Switches that are harmless while they are off. */
function no(...names: readonly string[]): Readonly<Record<string, readonly unknown[]>> {
  return Object.fromEntries(names.map((name) => [name, [false]]));
}
