// Functions made by functions.
const rounds = Number(process.argv[2] ?? 8_000_000);
function counter(step) {
  let count = 0;
  return {
    more() {
      count += step;
      return count;
    },
    get: () => count,
  };
}
const compose =
  (...functions) =>
  (value) => {
    let result = value;
    for (let i = 0; i < functions.length; i++) result = functions[i](result);
    return result;
  };
const counters = [counter(1), counter(2), counter(3)];
const chain = compose(
  (n) => n + 1,
  (n) => n * 2,
  (n) => n % 1000,
);
let sum = 0;
for (let i = 0; i < rounds; i++) {
  const one = counters[i % 3];
  one.more();
  sum += chain(i);
}
console.log(sum, counters.map(({ get }) => get()).join(' '));
