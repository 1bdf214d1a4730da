// tries: to overflow the stack of the engine that runs it, in the parser, in JSON, in sorting, in destructors
// endings: exited, crashed, out-of-memory
// limits: {"wallMs": 8000}
const attempts = [
  () => eval('('.repeat(200000) + ')'.repeat(200000)),
  () => eval('['.repeat(200000)),
  () => JSON.parse('['.repeat(500000)),
  () => { let deep = []; for (let i = 0; i < 500000; i++) deep = [deep]; return JSON.stringify(deep); },
  () => new RegExp('('.repeat(100000) + ')'.repeat(100000)),
  () => { const proxy = new Proxy({}, { get: (target, key, self) => self[key] }); return proxy.x; },
  () => [1, 2].sort(function compare() { return [1, 2].sort(compare); }),
  () => 'x'.replace(/x/, function again() { return 'x'.replace(/x/, again); }),
];
for (const attempt of attempts) try { attempt(); } catch (error) { console.log(String(error).slice(0, 60)); }
console.log('done');
