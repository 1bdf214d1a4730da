/** The person's view of a map: the text that the budget counted, in colours on a terminal. */
import { type MapAnswer, mapText } from '../../search/mod.ts';
import type { MapOutput } from '../operations/map.ts';
import type { Settings } from '../operations/types.ts';
import { harmless } from '../paint.ts';
import { inkOf } from './graph.ts';

export function mapView(output: MapOutput, settings: Settings): string {
  if (output.files.length === 0) return 'Nothing in this repository can be mapped: the index has no file.\n';
  // Nothing is added or cut here: what is printed is what was counted.
  return mapText(output as unknown as MapAnswer, { ...inkOf(settings), code: harmless });
}
