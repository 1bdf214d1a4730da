/** What the server counts, as Prometheus reads it: text format 0.0.4, written by hand because it is a page of text. */

/** Upper ends of the histogram's buckets, in seconds: from a look into an index to a test suite. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

interface Series {
  readonly counts: number[];
  sum: number;
  count: number;
}

/** Series that are kept; names come from the operations table, so there are never as many. */
const mostSeries = 1_000;

export class Metrics {
  readonly #requests = new Map<string, number>();
  readonly #seconds = new Map<string, Series>();
  readonly #refused = new Map<string, number>();
  /** Requests that are being answered. */
  running = 0;
  /** Requests that wait for their turn. */
  waiting = 0;
  /** Event streams that are open. */
  streams = 0;

  /** @param way `http` or `mcp` @param status as HTTP has it; of MCP `ok` or an error's code */
  answered(way: string, operation: string, status: string, seconds: number): void {
    const key = labels({ way, operation, status });
    if (this.#requests.size < mostSeries || this.#requests.has(key)) add(this.#requests, key);
    const series = this.#seconds.get(labels({ way, operation })) ?? { counts: buckets.map(() => 0), sum: 0, count: 0 };
    buckets.forEach((end, at) => {
      if (seconds <= end) series.counts[at] = (series.counts[at] ?? 0) + 1;
    });
    series.sum += seconds;
    series.count++;
    if (this.#seconds.size < mostSeries) this.#seconds.set(labels({ way, operation }), series);
  }

  /** A request that no operation saw. @param code of the error table */
  refused(code: string): void {
    add(this.#refused, labels({ code }));
  }

  text(): string {
    const { heapUsed, rss } = process.memoryUsage();
    const { user, system } = process.cpuUsage();
    const lines = [
      ...head('winnow_requests_total', 'counter', 'Requests answered, by way, operation and status.'),
      ...[...this.#requests].map(([key, value]) => `winnow_requests_total{${key}} ${value}`),
      ...head('winnow_refused_total', 'counter', 'Requests refused before an operation saw them, by error code.'),
      ...[...this.#refused].map(([key, value]) => `winnow_refused_total{${key}} ${value}`),
      ...head('winnow_request_seconds', 'histogram', 'Time until an answer was ready, by way and operation.'),
      ...[...this.#seconds].flatMap(([key, { counts, sum, count }]) => [
        ...buckets.map((end, at) => `winnow_request_seconds_bucket{${key},le="${end}"} ${counts[at] ?? 0}`),
        `winnow_request_seconds_bucket{${key},le="+Inf"} ${count}`,
        `winnow_request_seconds_sum{${key}} ${sum}`,
        `winnow_request_seconds_count{${key}} ${count}`,
      ]),
      ...gauge('winnow_requests_running', 'Requests that are being answered.', this.running),
      ...gauge('winnow_requests_waiting', 'Requests that wait for their turn.', this.waiting),
      ...gauge('winnow_event_streams', 'Event streams that are open.', this.streams),
      ...head('process_cpu_seconds_total', 'counter', 'Processor time of the process.'),
      `process_cpu_seconds_total ${(user + system) / 1e6}`,
      ...gauge('process_resident_memory_bytes', 'Memory of the process.', rss),
      ...gauge('nodejs_heap_used_bytes', 'Memory of its JavaScript objects.', heapUsed),
      ...gauge('process_uptime_seconds', 'Time since its start.', Math.round(process.uptime())),
    ];
    return `${lines.join('\n')}\n`;
  }
}

const add = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

const head = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

const gauge = (name: string, help: string, value: number): string[] => [
  ...head(name, 'gauge', help),
  `${name} ${value}`,
];

function labels(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')}"`)
    .join(',');
}
