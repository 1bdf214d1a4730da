/** The order of test files: those that take longest first, so that no worker is left with one of them at the end. */
import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Beginnings of paths, slowest first; from the times of a run on two cores with all toolchains. A file that is not here comes after, as vitest orders it. */
const slowest = [
  'src/run/conformance/',
  'test/escapes/escapes',
  'test/run.test',
  'src/run/trace/wasm/',
  'test/graph.test',
  'test/repos',
  'src/run/trace/ruby/',
  'perf/run-harnesses',
  'src/code/languages/conformance',
  'src/code/links/conformance',
];

export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const path = relative(this.ctx.config.root, moduleId).replaceAll('\\', '/');
      const at = slowest.findIndex((beginning) => path.startsWith(beginning));
      return at < 0 ? slowest.length : at;
    };
    const usual = await super.sort(files);
    return usual.toSorted((a, b) => rank(a) - rank(b));
  }
}
