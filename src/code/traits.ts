/**
 * How a file was made, told from its path and its first lines: test, vendored,
 * generated, example, documentation. Ranking lowers such files and people filter by
 * them, so a wrong trait costs places, never a hit.
 *
 * The lists are conventions of the languages and tools named beside them. What
 * projects agree on only loosely (`external`, `deps`, `testing`) counts at the top of
 * a repository alone. Below `src/main/` (Maven, Gradle) neither `test` nor `example`
 * is a convention but a package name: `spring-test/src/main/…/test/` is a product.
 */
import { decodeUtf8 } from './encoding.ts';
import type { FileTraits } from './facts.ts';

const set = (names: string): ReadonlySet<string> => new Set(names.split(/\s+/));

const testFolders = set(
  `test tests __tests__ __mocks__ __fixtures__ spec specs e2e fixture fixtures testdata testsuite
   unittest unittests test-data test_data test-resources testutil testutils testfixtures __snapshots__`,
);
const testFolderSuffix = /[-_.](tests?|specs?|it)$/;
const topTestFolders = set('testing t');
const testFile =
  /(^tests?[-_.].*|^(tests?|conftest)|[-_.](tests?|spec|e2e|cy))\.[a-z0-9]+$|(Tests?|TestCase|IT|Spec)\.(java|kt|scala|groovy|cs|swift|php)$/;

const vendorFolders = set(
  `vendor vendored _vendor _vendored node_modules third_party third-party thirdparty 3rdparty bower_components
   jspm_packages pods carthage site-packages godeps .yarn .venv venv`,
);
const topVendorFolders = set('external externals extern deps');
const vendorFile = /\.min\.(js|mjs|cjs|css)$|^jquery([-.][\d.]+)?(\.slim)?\.js$/;

const generatedFolders = set('generated __generated__ generated-sources generated-src src-gen __snapshots__');
const lockFiles = set(
  `package-lock.json npm-shrinkwrap.json yarn.lock pnpm-lock.yaml bun.lock deno.lock cargo.lock poetry.lock uv.lock
   pipfile.lock pdm.lock gemfile.lock composer.lock go.sum go.work.sum flake.lock mix.lock podfile.lock packages.lock.json
   .terraform.lock.hcl gradle.lockfile`,
);
// protobuf, gRPC, Dart, Kubernetes, go-bindata, source maps, test snapshots
const generatedFile =
  /\.pb\.(go|cc|h|gw\.go)$|_pb2(_grpc)?\.pyi?$|\.g\.dart$|[._-]gen(erated)?\.[a-z]+$|^zz_generated|^bindata\.go$|\.(js|css|mjs)\.map$|\.snap$/;
const builtFolders = set('dist build out');
const builtFile = /\.(js|mjs|cjs|css|map)$/;

const exampleFolders = set('example examples _examples sample samples demo demos cookbook playground playgrounds');
const exampleFile = /^example_.*_test\.go$|^examples?\.[a-z]+$/;

const documentationFolders = set('doc docs documentation website');
const documentationFile =
  /\.(md|markdown|mdx|rst|adoc|asciidoc|org|pod|texi|tex)$|^(readme|changelog|changes|news|authors|contributing|licen[cs]e|copying|notice)([-_.].*)?$/;

/** Only a file's head is looked at: a licence, then the marker. The longest licence header we met has 1.8 KB. */
const headBytes = 4096;
const commentLine = /^\s*(\/\/|\/?\*|#|<!--|--|;|"|%|@)/;
const generatedMarker =
  /(^|[^\w`'"])@generated\b|\bcode generated\b.*\bdo not edit\b|\bdo not (edit|modify)\b.*\bgenerated\b|\bgenerated\b.*\bdo not (edit|modify)\b|\b(this|the) (file|code|source|class|header|document|page)\b.{0,40}\b(is|was|has been) (auto(matically)?|machine)?[- ]?generated\b|^\W*(auto(matically)?|machine)[- ]?generated (by|from|file|code|with|using)\b/i;

/** Traits of the file at `path` (relative, forward slashes) that starts with `head`; more of it than 4 KB is not looked at. */
export function traitsOf(path: string, head: Uint8Array): FileTraits {
  const segments = path.toLowerCase().split('/');
  const name = path.slice(path.lastIndexOf('/') + 1);
  const folded = segments.pop() as string;
  const top = segments[0] ?? '';
  const main = segments.findIndex((segment, at) => segment === 'src' && segments[at + 1] === 'main');
  const conventional = main === -1 ? segments : segments.slice(0, main);
  const inside = (folders: ReadonlySet<string>, within = segments): boolean => within.some((s) => folders.has(s));
  return {
    test:
      inside(testFolders, conventional) ||
      topTestFolders.has(top) ||
      (main === -1 && conventional.some((segment) => testFolderSuffix.test(segment))) ||
      (main === -1 && (testFile.test(name) || testFile.test(folded))),
    vendored: inside(vendorFolders) || topVendorFolders.has(top) || vendorFile.test(folded),
    generated:
      inside(generatedFolders) ||
      lockFiles.has(folded) ||
      generatedFile.test(folded) ||
      (inside(builtFolders) && builtFile.test(folded)) ||
      saysGenerated(head),
    example: inside(exampleFolders, conventional) || exampleFile.test(folded),
    documentation: inside(documentationFolders) || documentationFile.test(folded),
  };
}

/** Whether a comment among the first lines says that the file is generated; code that mentions the marker does not count. */
function saysGenerated(head: Uint8Array): boolean {
  const text = decodeUtf8(head, 0, Math.min(head.length, headBytes));
  // One cheap search settles most files.
  if (!/generated/i.test(text)) return false;
  let previous = '';
  for (const line of text.split('\n')) {
    const inComment = commentLine.test(line);
    if (inComment && generatedMarker.test(line)) return true;
    // "generated by x" and "do not edit" often stand on neighbouring lines.
    const both = `${previous} ${line}`;
    if (inComment && previous !== '' && /\bdo not (edit|modify)\b/i.test(both) && /\bgenerated\b/i.test(both))
      return true;
    previous = inComment ? line : '';
  }
  return false;
}
