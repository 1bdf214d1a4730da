/**
 * What functions of Node and of common packages do. Sources: nodejs.org/api, and the packages' own pages.
 */
import {
  addressIn,
  argument,
  connect,
  type Effect,
  evaluates,
  file,
  type SeenCall,
  tellFile,
  tellImport,
  tellProgram,
  tellSent,
  tellShell,
  tellSize,
  tells,
  transfer,
  tree,
} from '../effects.ts';
import { placeOf } from '../places.ts';
import { isKnownText, labelsOf, textsOf, unknown, type Values } from '../values.ts';
import { canonical } from './knowledge.ts';

const all = (names: string, effect: Effect): (readonly [string, Effect])[] =>
  names.split(' ').map((name) => [name, effect] as const);
const both = (names: string, effect: Effect): (readonly [string, Effect])[] =>
  names.split(' ').flatMap((name) => [[name, effect] as const, [`${name}Sync`, effect] as const]);

const writesFile: Effect = (call) => {
  const path = argument(call, 0, 'path');
  tellFile(call, 'write', path);
  const content = argument(call, 1, 'data');
  if (labelsOf(content).includes('network'))
    call.tell({
      category: 'network',
      act: 'download',
      severity: 'medium',
      target: textsOf(path)[0] ?? null,
      reason: 'stores what came over the network',
    });
  const name = textsOf(path)[0] ?? '';
  for (const one of content) {
    if (!isKnownText(one) || one.text.length < 8) continue;
    if (/\.[cm]?js$/.test(name)) call.read('javascript', one.text, 'a program that it writes');
    else if (/\.sh$/.test(name) || one.text.startsWith('#!') || placeOf(name) === 'startup')
      call.read('bash', one.text, 'a script that it writes');
    else if (name.endsWith('.py')) call.read('python', one.text, 'a program that it writes');
  }
};

const removesTree: Effect = (call) => {
  const isTree = argument(call, 1, 'options').some((one) => one.kind === 'map' && one.entries.has('recursive'));
  tellFile(call, 'delete', argument(call, 0, 'path'), { isTree });
};

const programWith: Effect = (call) => {
  const [name = unknown, words] = call.args.positional;
  const options = call.args.positional.at(-1) ?? [];
  const isShell = options.some((one) => one.kind === 'map' && one.entries.has('shell'));
  if (isShell) {
    tellShell(call, name);
    return;
  }
  const rest = words?.[0]?.kind === 'list' ? words[0].items : [];
  tellProgram(call, [{ kind: 'list', items: [name, ...rest], from: [] }]);
  tellEndless(call);
};

const shells: Effect = (call) => {
  tellShell(call, argument(call, 0, 'command'));
  tellEndless(call);
};

function tellEndless(call: SeenCall): void {
  if (call.isEndless)
    call.tell({
      category: 'resources',
      act: 'processes',
      severity: 'critical',
      reason: 'starts programs without an end',
    });
}

const http: Effect = (call) => {
  connect(0, 'url', ['data', 'body'])(call);
  for (const options of call.args.positional.slice(1, 3))
    for (const one of options)
      if (one.kind === 'map')
        tellSent(
          call,
          [...(one.entries.get('body') ?? []), ...(one.entries.get('data') ?? [])],
          addressIn(argument(call, 0, 'url')),
        );
};

const timed: Effect = (call) => {
  const given: Values = (call.args.positional[0] ?? []).filter((one) => one.kind === 'text');
  if (given.length > 0) evaluates('javascript', 0)({ ...call, args: { ...call.args, positional: [given] } });
};

const imports: Effect = (call) => {
  tellImport(call, argument(call, 0, 'module'), 'loads');
};

const table: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ...both('fs.readFile fs.open fs.readlink fs.access', file('read', 0, 'path')),
  ...all('fs.createReadStream Bun.file Deno.readTextFile Deno.readFile', file('read', 0, 'path')),
  ...both('fs.writeFile fs.appendFile', writesFile),
  ...all('fs.createWriteStream Deno.writeTextFile Deno.writeFile Bun.write', writesFile),
  ...both('fs.mkdir fs.mkdtemp fs.utimes', file('write', 0, 'path')),
  ...both('fs.unlink fs.truncate', file('delete', 0, 'path')),
  ...both('fs.rm fs.rmdir', removesTree),
  ...all('fs.remove fs.removeSync fs.emptyDir rimraf rimraf.sync rimraf.rimraf Deno.remove', tree('delete', 0, 'path')),
  ...both('fs.readdir fs.opendir fs.glob', file('list', 0, 'path')),
  ...all('glob.glob glob.globSync glob.sync fs.watch fs.watchFile', file('list', 0, 'path')),
  ...both('fs.copyFile fs.cp fs.symlink fs.link', transfer('read', 'src', 'dest')),
  ...both('fs.rename', transfer('delete', 'oldPath', 'newPath')),
  ...both('fs.chmod fs.lchmod', (call) => {
    const [mode] = argument(call, 1, 'mode');
    const bits = mode?.kind === 'number' ? mode.number : mode?.kind === 'text' ? Number.parseInt(mode.text, 8) : 0;
    const path = textsOf(argument(call, 0, 'path'))[0] ?? null;
    const isOut = path !== null && !['inside', 'temporary', 'unknown'].includes(placeOf(path));
    call.tell({
      category: 'privileges',
      act: 'chmod',
      severity: (bits & 0o6000) !== 0 ? 'critical' : (bits & 2) !== 0 || isOut ? 'high' : 'low',
      target: path,
      reason: 'changes the rights of a file',
    });
  }),
  ...both('fs.chown fs.lchown', tells('privileges', 'chown', 'high', 'gives a file to another user', 0)),
  ...all('child_process.exec child_process.execSync shelljs.exec', shells),
  ...all(
    'child_process.spawn child_process.spawnSync child_process.execFile child_process.execFileSync cross-spawn execa execa.execa',
    programWith,
  ),
  ...all('child_process.fork cluster.fork worker_threads.Worker', (call) => {
    call.tell({
      category: 'processes',
      act: 'fork',
      severity: 'low',
      reason: 'starts processes or threads of its own',
    });
    tellEndless(call);
  }),
  ...all('process.kill', tells('processes', 'kill', 'high', 'ends or signals another process', 0)),
  ...all(
    'process.setuid process.setgid process.seteuid process.setgroups',
    tells('privileges', 'become', 'high', 'becomes another user or group'),
  ),
  ...all(
    'fetch axios axios.get axios.post axios.put axios.delete axios.request http.get http.request https.get https.request got got.get got.post request request.get request.post node-fetch undici.request undici.fetch superagent.get superagent.post needle http2.connect WebSocket ws ws.WebSocket EventSource navigator.sendBeacon',
    http,
  ),
  ...all(
    'net.connect net.createConnection net.Socket().connect tls.connect dgram.createSocket().send',
    connect(0, 'host'),
  ),
  ...all(
    'net.createServer().listen http.createServer().listen https.createServer().listen express().listen Deno.serve Bun.serve ws.Server dgram.createSocket().bind',
    tells('network', 'listen', 'medium', 'waits for connections', 0),
  ),
  ...all('dns.lookup dns.resolve dns.promises.lookup', connect(0, 'host', [], 'resolve')),
  ...all(
    'eval vm.runInThisContext vm.runInNewContext vm.runInContext vm.Script module._compile',
    evaluates('javascript', 0),
  ),
  ...all('Function', evaluates('javascript', -1)),
  ...all('setTimeout setInterval setImmediate', timed),
  ...all('require import module.createRequire() process.getBuiltinModule getBuiltinModule', imports),
  ...all(
    'process.dlopen process.binding process._linkedBinding',
    tells('injection', 'native', 'high', 'calls native code, which this reading cannot follow'),
  ),
  ...all(
    'serialize-javascript.deserialize node-serialize.unserialize v8.deserialize serialize.unserialize',
    tells('injection', 'deserialise', 'high', 'data that is read this way can hold code'),
  ),
  ...all('Buffer.alloc Buffer.allocUnsafe', (call) => {
    const [size] = call.args.positional[0] ?? [];
    if (size?.kind === 'number') tellSize(call, size.number);
  }),
  ...all(
    'os.networkInterfaces os.userInfo os.hostname os.cpus os.release',
    tells('monitoring', 'identify', 'low', 'asks who the user is or what machine this is'),
  ),
  ...all(
    'clipboardy.read clipboardy.readSync navigator.clipboard.readText electron.clipboard.readText',
    tells('monitoring', 'watch', 'high', 'reads the clipboard'),
  ),
  ...all(
    'screenshot-desktop robotjs.screen.capture iohook.start iohook.on',
    tells('monitoring', 'watch', 'high', 'records the screen or what is typed'),
  ),
]);

export const ecmascriptEffect = (name: string): Effect | null => table.get(canonical(name)) ?? null;
