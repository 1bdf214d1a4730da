// Words counted in a map, and links followed in another.
const words = Number(process.argv[2] ?? 2_500_000);
const counts = new Map();
let state = 7;
for (let i = 0; i < words; i++) {
  state = (state * 48271) % 2147483647;
  const word = `w${state % 5000}`;
  const known = counts.get(word);
  if (known === undefined) {
    counts.set(word, 1);
  } else {
    counts.set(word, known + 1);
  }
}
const seen = new Set();
let at = 0;
while (!seen.has(at)) {
  seen.add(at);
  at = (at * 31 + 17) % 4096;
}
let most = '';
for (const [word, count] of counts) {
  if (most === '' || count > counts.get(most)) most = word;
}
console.log(counts.size, most, counts.get(most), seen.size);
