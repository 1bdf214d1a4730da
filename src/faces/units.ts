/** Durations and sizes as people write and read them: `1.5s`, `512MB`. */

const durations = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
/** SI for `MB`, IEC for `MiB`, as storage and memory are sold and measured. */
const sizes = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
} as const;

export const durationPattern = /^\d+(\.\d+)?(ms|s|m|h)$/;
export const sizePattern = /^\d+(\.\d+)?([kmg]i?)?b$|^\d+$/i;

/** @param text that fits `durationPattern` @returns whole milliseconds */
export function milliseconds(text: string): number {
  return Math.round(Number.parseFloat(text) * durations[text.replace(/[\d.]/g, '') as keyof typeof durations]);
}

/** @param text that fits `sizePattern`; a number alone is bytes */
export function bytesIn(text: string): number {
  const unit = text.replace(/[\d.]/g, '').toLowerCase() || 'b';
  return Math.round(Number.parseFloat(text) * sizes[unit as keyof typeof sizes]);
}

/** `850 ms`, `10 s`, `2 min`, `1.5 h`: three digits at most. */
export function durationText(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${short(ms / 1000)} s`;
  return ms < 7_200_000 ? `${short(ms / 60_000)} min` : `${short(ms / 3_600_000)} h`;
}

/** `900 bytes`, `64 MiB`, `1.5 GiB`. */
export function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} byte${bytes === 1 ? '' : 's'}`;
  const step = bytes < 1024 ** 2 ? 1 : bytes < 1024 ** 3 ? 2 : 3;
  return `${short(bytes / 1024 ** step)} ${['KiB', 'MiB', 'GiB'][step - 1]}`;
}

function short(number: number): string {
  return String(number < 100 ? Number(number.toPrecision(3)) : Math.round(number));
}
