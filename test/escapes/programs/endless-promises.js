// tries: to keep the queue of promises busy for ever
// endings: timed-out, out-of-memory
// limits: {"wallMs": 500}
const again = () => Promise.resolve().then(again);
again();
