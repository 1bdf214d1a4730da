// tries: to run for ever, catching everything
// endings: timed-out
// limits: {"wallMs": 500}
for (;;) try { for (;;) try { (function deep() { deep(); })(); } finally { continue; } } catch {}
