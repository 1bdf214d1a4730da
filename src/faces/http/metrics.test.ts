import { expect, test } from 'vitest';
import { Metrics } from './metrics.ts';

test('a page of text as Prometheus reads it', () => {
  const metrics = new Metrics();
  metrics.answered('http', 'search', 'ok', 0.02);
  metrics.answered('http', 'search', 'ok', 3);
  metrics.answered('mcp', 'we"ird\\\n', 'bug', 100);
  metrics.refused('origin-refused');
  metrics.running = 2;
  const text = metrics.text();
  const lines = text.split('\n');
  expect(lines).toContain('winnow_requests_total{way="http",operation="search",status="ok"} 2');
  expect(lines).toContain('winnow_refused_total{code="origin-refused"} 1');
  expect(lines).toContain('winnow_request_seconds_bucket{way="http",operation="search",le="0.025"} 1');
  expect(lines).toContain('winnow_request_seconds_bucket{way="http",operation="search",le="2.5"} 1');
  expect(lines).toContain('winnow_request_seconds_bucket{way="http",operation="search",le="5"} 2');
  expect(lines).toContain('winnow_request_seconds_bucket{way="http",operation="search",le="+Inf"} 2');
  expect(lines).toContain('winnow_request_seconds_sum{way="http",operation="search"} 3.02');
  expect(lines).toContain('winnow_requests_running 2');
  expect(text).toContain('operation="we\\"ird\\\\\\n"');
  const sample = /^[a-z_]+(\{[a-z]+="(\\.|[^"\\\n])*"(,[a-z]+="(\\.|[^"\\\n])*")*\})? \S+$/;
  expect(lines.filter((line) => line !== '' && !line.startsWith('# ') && !sample.test(line))).toEqual([]);
});
