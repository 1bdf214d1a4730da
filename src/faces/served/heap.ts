/**
 * How far the heap of a process that answers for long grows beyond what is alive in it. Left alone V8 lets it grow to four times that, and the
 * young generation to 3 × 32 MB, while many answers are under way; a server keeps that room for good. Numbers: docs/measurements/faces.md.
 *
 * V8 takes limits at its start, and this process is started without flags; but both factors are looked at each time something grows.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';

/** Percent that the old generation grows by until it is looked for garbage. */
const growsBy = 100;
/** Bytes of the young generation past which it grows no more. */
const mostYoungBytes = 32 * 1024 * 1024;

/** To be called now and then, as when an answer begins: opening a graph has its own factor, and leaves V8's behind. */
export function holdHeap(): void {
  const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
  setFlagsFromString(`--heap-growing-percent=${growsBy}`);
  setFlagsFromString(`--semi-space-growth-factor=${(young?.space_size ?? 0) < mostYoungBytes ? 2 : 1}`);
}
