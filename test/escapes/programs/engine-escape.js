// tries: every known way out of a JavaScript engine into the program that hosts it
// backends: embedded (natively it is given Node, and the sandbox holds that)
// prints: done
// harmless: yes
const attempt = (name, act) => {
  try {
    const value = act();
    console.log(name, '->', String(value).slice(0, 200));
    return value;
  } catch (error) {
    console.log(name, 'x', String(error).slice(0, 100));
  }
};

const escapes = (name, act) => {
  const value = attempt(name, act);
  if (value && (typeof value.dlopen === 'function' || typeof value.binding === 'function' || value.mainModule)) console.log('escaped by', name);
};
const get = 'return typeof process === "object" ? process : undefined';
escapes('global', () => globalThis.process);
escapes('this', () => this.constructor.constructor(get)());
for (const [name, thing] of Object.entries({ f: () => 1, a: async () => 1, g: function* () {}, e: new Error('x'), log: console.log, json: JSON.parse, p: Promise.resolve() }))
  escapes(name, () => thing.constructor.constructor(get)());
if (typeof require === 'function') {
  escapes('require', () => require.constructor.constructor(get)());
  for (const name of ['child_process', 'node:child_process', 'worker_threads', 'vm', 'net', 'http', 'v8', 'inspector', 'cluster', 'dgram', 'repl', 'wasi'])
    attempt(name, () => { require(name); console.log('escaped: required', name); });
  escapes('fs', () => require('fs').constructor.constructor(get)());
  escapes('read', () => require('fs').readFileSync.constructor(get)());
  for (const path of ['/etc/passwd', '/proc/self/environ', '../../../../etc/passwd', '/tmp/winnow-bait.txt', 'file:///etc/passwd'])
    attempt(path, () => { console.log('escaped: read', require('fs').readFileSync(path, 'utf8').length); });
}
try { null.f(); } catch (error) { escapes('thrown', () => error.constructor.constructor(get)()); }
try { (function deep() { deep(); })(); } catch (error) { escapes('range', () => error.constructor.constructor(get)()); }
Error.prepareStackTrace = (error, frames) => frames;
try { null.f(); } catch (error) { escapes('frames', () => error.stack[0].getThis().constructor.constructor(get)()); }
attempt('std', () => { std.loadFile('/etc/passwd'); console.log('escaped: std'); });
attempt('os', () => { os.exec(['id']); console.log('escaped: os'); });
attempt('wasm', () => { new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])); });
for (const name of ['std', 'os', 'qjs:std', 'qjs:os', 'fs', 'node:fs', '/etc/passwd', 'https://127.0.0.1/x.js'])
  import(name).then((module) => console.log('imported', name, Object.keys(module).slice(0, 5)), (error) => console.log(name, String(error)));
console.log(Object.getOwnPropertyNames(globalThis).join(' '));
console.log('done');
