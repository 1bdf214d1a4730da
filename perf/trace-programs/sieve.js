// The sieve of Eratosthenes.
const limit = Number(process.argv[2] ?? 20_000_000);
const composite = new Uint8Array(limit + 1);
let count = 0;
for (let n = 2; n <= limit; n++) {
  if (composite[n] === 1) continue;
  count++;
  for (let m = n * n; m <= limit; m += n) {
    composite[m] = 1;
  }
}
console.log(count);
