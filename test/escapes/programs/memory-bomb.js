// tries: to fill memory with arrays, strings and buffers, catching every refusal
// endings: out-of-memory, exited, crashed, timed-out
// limits: {"wallMs": 4000, "memoryBytes": 134217728}
const kept = [];
for (let size = 1 << 28; ; )
  try {
    kept.push(new Uint8Array(size).fill(1), 'x'.repeat(size) + kept.length, new Array(size).fill(kept));
  } catch {
    size = Math.max(16, size >> 1);
  }
