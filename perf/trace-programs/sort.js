// Merge sort and insertion sort of numbers made by a linear congruential generator.
const size = Number(process.argv[2] ?? 700_000);
let state = 12345;
const next = () => {
  state = (state * 1103515245 + 12345) % 2147483648;
  return state;
};
function merge(left, right) {
  const out = [];
  let i = 0;
  let j = 0;
  while (i < left.length && j < right.length) {
    if (left[i] <= right[j]) out.push(left[i++]);
    else out.push(right[j++]);
  }
  while (i < left.length) out.push(left[i++]);
  while (j < right.length) out.push(right[j++]);
  return out;
}
function sorted(list) {
  if (list.length < 16) {
    const copy = list.slice();
    for (let i = 1; i < copy.length; i++) {
      const one = copy[i];
      let at = i - 1;
      while (at >= 0 && copy[at] > one) {
        copy[at + 1] = copy[at];
        at--;
      }
      copy[at + 1] = one;
    }
    return copy;
  }
  const middle = list.length >> 1;
  return merge(sorted(list.slice(0, middle)), sorted(list.slice(middle)));
}
const numbers = Array.from({ length: size }, next);
const result = sorted(numbers);
console.log(result[0], result[size >> 1], result[size - 1]);
