/**
 * Tells what a Node program does: functions of the modules that reach out are wrapped, and each call is a row of JSON.
 *
 * Node loads this first (`--require`). Rows are words of the program's own process, so whoever reads them believes them no more than its output. What was taken
 * from a module in another way (`process.binding`, native code) is not seen, and neither are files that Node itself reads.
 */
'use strict';
const fs = require('node:fs');
const out = process.env.WINNOW_RISK_OUT;
if (out !== undefined) {
  const write = fs.writeSync;
  let descriptor = -1;
  try {
    descriptor = fs.openSync(out, 'a');
  } catch {
    descriptor = -1;
  }
  let left = 5000;
  const seen = new Set();
  const tell = (event, target, mode) => {
    if (descriptor < 0 || left <= 0) return;
    const text = typeof target === 'string' ? target : target instanceof URL ? target.href : '';
    const row = JSON.stringify({ event, target: text.slice(0, 400), mode: mode ?? null });
    if (seen.has(row)) return;
    seen.add(row);
    left--;
    try {
      write(descriptor, `${row}\n`);
    } catch {
      left = 0;
    }
  };
  const wrap = (module, name, event, targetOf, mode) => {
    const original = module[name];
    if (typeof original !== 'function') return;
    const wrapped = function (...args) {
      tell(event, targetOf(args), mode);
      return Reflect.apply(original, this, args);
    };
    Object.defineProperties(wrapped, Object.getOwnPropertyDescriptors(original));
    module[name] = wrapped;
  };
  const first = (args) =>
    typeof args[0] === 'object' && args[0] !== null && Buffer.isBuffer(args[0]) ? args[0].toString() : args[0];
  const files = [
    ['readFile', 'open', 'r'],
    ['createReadStream', 'open', 'r'],
    ['writeFile', 'open', 'w'],
    ['appendFile', 'open', 'a'],
    ['createWriteStream', 'open', 'w'],
    ['unlink', 'os.remove'],
    ['rm', 'os.remove'],
    ['rmdir', 'os.rmdir'],
    ['mkdir', 'os.mkdir'],
    ['readdir', 'os.listdir'],
    ['chmod', 'os.chmod'],
    ['chown', 'os.chown'],
    ['copyFile', 'shutil.copyfile'],
  ];
  for (const [name, event, mode] of files)
    for (const [module, suffix] of [
      [fs, ''],
      [fs, 'Sync'],
      [fs.promises, ''],
    ])
      wrap(module, name + suffix, event, first, mode);
  const second = (args) => args[1];
  for (const module of [fs, fs.promises])
    for (const name of ['rename', 'symlink', 'link']) wrap(module, name, `os.${name}`, second);
  for (const name of ['rename', 'symlink', 'link']) wrap(fs, `${name}Sync`, `os.${name}`, second);
  const processes = require('node:child_process');
  for (const name of ['exec', 'execSync']) wrap(processes, name, 'os.system', first);
  for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork'])
    wrap(processes, name, 'subprocess.Popen', first);
  const { Socket, Server } = require('node:net');
  const address = (args) => {
    const [one] = Array.isArray(args[0]) ? args[0] : args;
    return typeof one === 'object' && one !== null
      ? `${one.host ?? one.path ?? 'localhost'}:${one.port ?? ''}`
      : `localhost:${one ?? ''}`;
  };
  wrap(Socket.prototype, 'connect', 'socket.connect', address);
  wrap(Server.prototype, 'listen', 'socket.bind', address);
  wrap(require('node:dns'), 'lookup', 'socket.getaddrinfo', first);
  wrap(process, 'kill', 'os.kill', () => '');
  require('node:module').syncBuiltinESMExports();
}
