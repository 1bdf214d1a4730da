// tries: to throw something whose every property is a trap for whoever reports it
// endings: exited 1, exited 7, crashed
const trap = new Proxy(function () {}, {
  get() { throw trap; },
  has() { throw trap; },
  ownKeys() { for (;;); },
  getPrototypeOf() { throw trap; },
  apply() { throw trap; },
});
const error = new Error('x');
Object.defineProperties(error, {
  message: { get() { throw trap; } },
  stack: { get() { throw error; } },
  name: { get() { return { toString() { throw trap; } }; } },
});
throw error;
