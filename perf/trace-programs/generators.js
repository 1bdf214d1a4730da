// Values that come one at a time.
const limit = Number(process.argv[2] ?? 6_000_000);
function* numbers() {
  let n = 0;
  for (;;) {
    yield n++;
  }
}
function* filtered(source, wanted) {
  for (const one of source) {
    if (wanted(one)) yield one;
  }
}
function* taken(source, count) {
  let left = count;
  for (const one of source) {
    if (left-- === 0) return;
    yield one;
  }
}
let sum = 0;
for (const n of taken(
  filtered(numbers(), (one) => one % 3 === 0),
  Math.floor(limit / 3),
)) {
  sum += n;
}
console.log(sum);
