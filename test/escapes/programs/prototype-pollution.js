// tries: to change the prototypes of everything, so that its host or the next run trips over them
// endings: exited
// prints: done
// runs: 3
if ({}.winnow !== undefined || [].winnow !== undefined || globalThis.winnow !== undefined) console.log('escaped: traces of the run before');
console.log('done');
const trap = { get() { return 'forged'; }, set() {}, configurable: true };
globalThis.winnow = 1;
Object.prototype.winnow = 1;
Array.prototype.winnow = 1;
for (const name of ['then', 'toJSON', 'kind', 'code', 'ending', 'value', 'error', 'length', 'stdout', 'get', 'set', 'constructor', 'dispose'])
  try { Object.defineProperty(Object.prototype, name, trap); } catch {}
for (const name of ['push', 'map', 'join', 'slice', 'concat']) Array.prototype[name] = () => { throw 'forged'; };
for (const name of ['toString', 'charCodeAt', 'replace', 'slice']) String.prototype[name] = () => 'forged';
Function.prototype.call = Function.prototype.apply = () => 'forged';
Promise.prototype.then = () => 'forged';
JSON.stringify = JSON.parse = () => '{"ending":{"kind":"exited","code":0}}';
Symbol.prototype[Symbol.toPrimitive] = undefined;
