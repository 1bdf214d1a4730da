// tries: one regular expression that takes for ever, within the engine
// endings: timed-out
// limits: {"wallMs": 500}
/^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(60));
for (;;) /(a*)*b/.test('a'.repeat(40));
