// Texts built, cut and turned around.
const rounds = Number(process.argv[2] ?? 200_000);
function turned(text) {
  let out = '';
  for (let i = text.length - 1; i >= 0; i--) out += text[i];
  return out;
}
function squeezed(text) {
  const parts = [];
  let at = 0;
  while (at < text.length) {
    let end = at;
    while (end < text.length && text[end] === text[at]) end++;
    parts.push(text[at], String(end - at));
    at = end;
  }
  return parts.join('');
}
let total = 0;
for (let round = 0; round < rounds; round++) {
  const text = `${'ab'.repeat(round % 7)}${round}${'c'.repeat(round % 11)}`;
  total += squeezed(turned(text)).length;
}
console.log(total);
