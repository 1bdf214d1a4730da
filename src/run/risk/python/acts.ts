/** How calls of Python's library are read: from a call and its arguments to what is told of it. Which names do what is the table's affair (`effects.ts`). */
import {
  addressIn,
  argument,
  connect,
  type Effect,
  hasArgument,
  type SeenCall,
  tellFile,
  tellImport,
  tellProgram,
  tellSent,
  tellShell,
  tellSize,
  tells,
  tellVariable,
} from '../effects.ts';
import { placeOf } from '../places.ts';
import { isKnownText, labelsOf, textOf, textsOf, type Values } from '../values.ts';

const modeOf = (call: SeenCall, place = 1): string =>
  hasArgument(call, place, 'mode') ? (textsOf(argument(call, place, 'mode'))[0] ?? '') : 'r';

export const opens: Effect = (call) => {
  const mode = modeOf(call);
  const path = argument(call, 0, 'file', 'filename');
  // A descriptor is no path.
  if (path.every((value) => value.kind === 'number')) return;
  if (/[wax+]/.test(mode)) tellFile(call, 'write', path);
  if (!/[wax]/.test(mode) || mode.includes('+')) tellFile(call, 'read', path);
};

export const opensPath: Effect = (call) => {
  const mode = modeOf(call, 0);
  tellFile(call, /[wax+]/.test(mode) ? 'write' : 'read', call.self === null ? [] : [call.self]);
};

export const onSelf =
  (act: 'read' | 'write' | 'delete' | 'list'): Effect =>
  (call) => {
    tellFile(call, act, call.self === null ? [] : [call.self]);
    if (act === 'write') tellContent(call, call.args.positional[0] ?? [], call.self === null ? [] : [call.self]);
  };

/** What is written may be a program, and then it says what will be done by who runs it. */
function tellContent(call: SeenCall, content: Values, path: Values): void {
  const labels = labelsOf(content);
  if (labels.includes('network'))
    call.tell({
      category: 'network',
      act: 'download',
      severity: path.some((one) => one.kind === 'text' && ['system', 'startup', 'secret'].includes(placeOf(one.text)))
        ? 'critical'
        : 'medium',
      target: textsOf(path)[0] ?? null,
      reason: 'stores what came over the network',
    });
  for (const one of content) {
    if (!isKnownText(one) || one.text.length < 8) continue;
    const name = textsOf(path)[0] ?? '';
    if (/\.py\w?$/.test(name)) call.read('python', one.text, 'a program that it writes');
    else if (/\.(?:sh|bash)$/.test(name) || /^#!.*sh\b/.test(one.text) || placeOf(name) === 'startup')
      call.read('bash', one.text, 'a script that it writes');
    else if (/\.[cm]?js$/.test(name)) call.read('javascript', one.text, 'a program that it writes');
  }
}

export const writes: Effect = (call) => {
  const path = call.self?.kind === 'name' && call.self.args !== null ? (call.self.args.positional[0] ?? []) : [];
  for (const value of call.args.positional.slice(0, 1)) tellContent(call, value, path);
};

export const encodes: Effect = (call) => {
  for (const value of call.args.positional[0] ?? []) {
    if (!isKnownText(value) || !/[(;\s/]/.test(value.text)) continue;
    const isPython = /\b(?:import|def|print|exec|eval)\b|\w\(/.test(value.text);
    call.read(isPython ? 'python' : 'bash', value.text, 'code that it encodes');
  }
};

export const runsProcess =
  (place: number, isAlwaysShell = false): Effect =>
  (call) => {
    const command = argument(call, place, 'args', 'cmd', 'command');
    const shell = call.args.named.get('shell') ?? [];
    const isShell =
      isAlwaysShell ||
      shell.some((one) => one.kind === 'name' && one.name === 'True') ||
      shell.some((one) => one.kind === 'number' && one.number !== 0);
    if (isShell && command.every((one) => one.kind !== 'list')) tellShell(call, command);
    else tellProgram(call, command);
    tellEndless(call, 'starts programs without an end');
  };

function tellEndless(call: SeenCall, reason: string): void {
  if (call.isEndless) call.tell({ category: 'resources', act: 'processes', severity: 'critical', reason });
}

/** `os.execl(path, arg0, …)` and `os.spawnl(mode, path, …)`: words one by one, or in a list. */
export const executes =
  (from: number): Effect =>
  (call) => {
    const rest = call.args.positional.slice(from);
    const [second] = rest[1] ?? [];
    if (second?.kind === 'list') tellProgram(call, rest[1] as Values);
    else
      tellProgram(call, [
        { kind: 'list', items: rest.length > 1 ? [rest[0] as Values, ...rest.slice(2)] : rest, from: [] },
      ]);
  };

export const forks: Effect = (call) => {
  call.tell({ category: 'processes', act: 'fork', severity: 'medium', reason: 'makes a copy of its process' });
  tellEndless(call, 'makes processes without an end');
};

export const starts: Effect = (call) => {
  call.tell({ category: 'processes', act: 'fork', severity: 'low', reason: 'starts threads or processes of its own' });
  tellEndless(call, 'starts threads or processes without an end');
};

export const socketConnects: Effect = (call) => {
  const target = addressIn(argument(call, 0, 'address'));
  call.tell({
    category: 'network',
    act: 'connect',
    severity: 'medium',
    target,
    reason: 'connects to another machine or program',
  });
};

export const socketListens: Effect = (call) => {
  call.tell({
    category: 'network',
    act: 'listen',
    severity: 'medium',
    target: addressIn(argument(call, 0, 'address', 'server_address')),
    reason: 'waits for connections',
  });
};

export const sends: Effect = (call) => {
  tellSent(call, call.args.positional[0] ?? [], null);
  if (call.name.endsWith('sendto')) {
    const target = addressIn(call.args.positional.at(-1) ?? []);
    call.tell({ category: 'network', act: 'connect', severity: 'medium', target, reason: 'sends datagrams' });
  }
  if (call.isEndless && !call.name.includes('accept()'))
    call.tell({ category: 'resources', act: 'network', severity: 'medium', reason: 'sends without an end' });
};

export const deserialises =
  (what: string): Effect =>
  (call) => {
    const values = argument(call, 0, 'data', 'file', 'str');
    const labels = labelsOf(values);
    const isOut = labels.includes('network') || labels.includes('input');
    const known = values.filter(isKnownText);
    call.tell({
      category: 'injection',
      act: 'deserialise',
      severity:
        isOut || known.some((one) => /^c|\n?c?(?:posix|os|nt|builtins|__builtin__|subprocess)\n/.test(one.text))
          ? 'high'
          : 'medium',
      reason: `${what} can run any code that whoever made the data put there`,
    });
    for (const one of known)
      for (const inner of one.text.matchAll(/[SVX]?'([^'\n]{3,200})'/g)) {
        const code = inner[1] as string;
        call.read(
          /^[\w./-]+(?: |$)/.test(code) && !code.includes('(') ? 'bash' : 'python',
          code,
          'a call in serialised data',
        );
      }
  };

export const loadsYaml: Effect = (call) => {
  const loader = argument(call, 1, 'Loader');
  if (loader.some((one) => one.kind === 'name' && /Safe|Base|CSafe/.test(one.name))) return;
  call.tell({
    category: 'injection',
    act: 'deserialise',
    severity: 'medium',
    reason: 'YAML that is loaded without SafeLoader can make any object',
  });
};

export const changesMode: Effect = (call) => {
  const path = argument(call, 0, 'path');
  const [mode] = argument(call, 1, 'mode');
  const bits = mode?.kind === 'number' ? mode.number : null;
  tellMode(call, path, bits);
};

export function tellMode(call: SeenCall, path: Values, bits: number | null): void {
  const target = textsOf(path)[0] ?? null;
  const place = target === null ? 'unknown' : placeOf(target);
  const isOpen = bits !== null && (bits & 0o002) !== 0;
  const isSet = bits !== null && (bits & 0o6000) !== 0;
  const isOut = place !== 'inside' && place !== 'temporary' && place !== 'unknown';
  call.tell({
    category: 'privileges',
    act: 'chmod',
    severity: isSet || (isOut && place !== 'outside') ? 'critical' : isOpen || isOut ? 'high' : 'low',
    target,
    reason: isSet
      ? 'gives a file the rights of its owner to whoever runs it'
      : isOpen
        ? 'lets everyone write'
        : 'changes the rights of a file',
  });
}

export const setsVariable: Effect = (call) =>
  tellVariable(call, 'write', textOf((call.args.positional[0] ?? [])[0] ?? { kind: 'unknown', from: [] }));
export const readsVariable: Effect = (call) => tellVariable(call, 'read', textsOf(argument(call, 0, 'key'))[0] ?? null);

export const kills: Effect = (call) => {
  const [pid] = argument(call, 0, 'pid');
  const isOwn = pid?.kind === 'name' && /os\.(?:getpid|fork)\(\)/.test(pid.name);
  call.tell({
    category: 'processes',
    act: 'kill',
    severity: isOwn ? 'low' : 'high',
    target: pid === undefined ? null : textOf(pid),
    reason: isOwn ? 'ends or signals itself or its child' : 'ends or signals another process',
  });
};

export const archives: Effect = (call) =>
  tellFile(
    call,
    'read',
    call.args.positional.length > 2 ? argument(call, 2, 'root_dir') : argument(call, 0, 'name', 'file'),
  );

export const makesMemory: Effect = (call) => {
  const [size] = call.args.positional[0] ?? [];
  if (size?.kind === 'number') tellSize(call, size.number);
};

export const imports: Effect = (call) => {
  const values = argument(call, 0, 'name');
  if (tellImport(call, values, 'imports')) return;
  const known = values.filter(isKnownText);
  call.tell({
    category: 'obfuscation',
    act: 'import',
    severity: known.some((one) => /^(?:os|subprocess|sys|socket|ctypes|pty|shutil|builtins|posix)$/.test(one.text))
      ? 'medium'
      : 'low',
    target: known[0]?.text ?? null,
    reason: 'imports a module by a text',
  });
};

export const fetches: Effect = (call) => {
  connect(0, 'url')(call);
  const to = argument(call, 1, 'filename');
  tellFile(call, 'write', to);
  call.tell({
    category: 'network',
    act: 'download',
    severity: 'medium',
    target: addressIn(argument(call, 0, 'url')),
    reason: 'stores what came over the network',
  });
};

export const http = connect(0, 'url', ['data', 'json', 'files', 'params', 'body', 'content']);
const verbs = 'get post put patch delete head options request'.split(' ');
/** `requests.request(method, url)`. */
const requestOf = connect(1, 'url', ['data', 'json', 'files', 'params', 'body', 'content']);
export const httpRows = [
  'requests',
  'requests.Session()',
  'requests.session()',
  'requests.sessions.Session()',
  'httpx',
  'httpx.Client()',
  'httpx.AsyncClient()',
  'aiohttp.ClientSession()',
  'requests.api',
].flatMap((base) => verbs.map((verb) => [`${base}.${verb}`, verb === 'request' ? requestOf : http] as const));

export const monitors = (reason: string, severity: 'medium' | 'high' = 'medium'): Effect =>
  tells('monitoring', 'watch', severity, reason);

export function tellsRandom(call: SeenCall): void {
  const [value] = call.args.positional[0] ?? [];
  if (
    call.name === 'random.seed' &&
    value !== undefined &&
    value.kind !== 'unknown' &&
    labelsOf([value]).includes('random') === false &&
    isKnownSeed(value)
  )
    call.tell({
      category: 'weakness',
      act: 'seed',
      severity: 'low',
      reason: 'seeds random numbers with a constant, so that they can be foretold',
    });
}

const isKnownSeed = (value: { readonly kind: string }): boolean => value.kind === 'number' || value.kind === 'text';
